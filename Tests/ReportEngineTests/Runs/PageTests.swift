import Foundation
import ReportLedger
import ReportModel
import TestSupport
import Testing

@testable import ReportEngine

/// What the server adds up for a page: series and names for which there is no room, sums of earlier intervals.
@Suite struct PageTests {
  /// 20 currencies on three days; the amount is the number of the currency times ten times that of the day.
  static let rows = """
    insert into src.sale (id, day, currency, amount)
    select day * 100 + n, date '2023-12-31' + day, 'C' || n, n * 10 * day
    from generate_series(1, 20) n, generate_series(1, 3) day
    """

  @Test("nothing is lost of many series and names: the others are added up and counted")
  func others() async throws {
    try await page(
      """
      html:
            charts:
              - {type: line, x: day, y: amount, series: currency}
              - {type: list, x: currency, y: amount, limit: 3}
              - {type: pie, x: currency, y: amount, limit: 7}
              - {type: bar, x: currency, y: amount, sort: x}
      """
    ) { html in
      let figures = html.components(separatedBy: "<figure")
      let legend = figures[1].components(separatedBy: "</svg><span dir=\"auto\">").dropFirst().map {
        $0.prefix { $0 != "<" }
      }
      #expect(legend.map(String.init) == ["C14", "C15", "C16", "C17", "C18", "C19", "C20", "other (13)"])
      // 10 × (1 + … + 13) on the first day, three times as much on the third.
      #expect(figures[1].contains("<th scope=\"row\">2024-01-01</th>"))
      let last = try #require(figures[1].components(separatedBy: "<tr>").dropFirst(2).first)
      #expect(
        last.hasPrefix(
          "<th scope=\"row\">2024-01-03</th><td class=\"right\">420</td>"))
      #expect(last.contains(">2\u{202F}730</td></tr>"))
      // 30 × (1 + … + 17) of the page's own day.
      #expect(figures[2].contains(">other (17)</text>") && figures[2].contains(">4\u{202F}590</text>"))
      #expect(
        figures[3].contains("<span dir=\"auto\">other (13)</span><span class=\"number\">2\u{202F}730</span>"))
      #expect(
        figures[3].contains("<span dir=\"auto\">Total</span><span class=\"number\">6\u{202F}300</span>"))
      // In the order of the rows, which is that of the key.
      let names = figures[4].components(separatedBy: "class=\"name\"").dropFirst().map {
        $0.drop { $0 != ">" }.dropFirst().prefix { $0 != "<" }
      }
      #expect(names.map(String.init) == (1...20).map { "C\($0)" })
    }
  }

  @Test("the greatest groups come first, with their change; the rest is counted")
  func answer() async throws {
    try await page("html: {totals: {sum: [amount], by: [currency]}}") { html in
      let cards = html.components(separatedBy: "<div class=\"card total\">").dropFirst().map {
        $0.components(separatedBy: "</h2>")[0]
      }
      #expect(cards == (16...20).reversed().map { "<h2 dir=\"auto\">currency: C\($0)" })
      #expect(html.contains("<b class=\"up\">+50.0\u{202F}%</b> against Tue 2 Jan"))
      #expect(html.contains("<summary>15 more</summary>"))
      // Three days make a small line from the lowest to the highest.
      #expect(html.contains("<path class=\"ln s0\" d=\"M931 220L966 120L1000 20\"/>"))
    }
  }

  @Test("rows have bars and small lines by key, the history is a table, and the page holds its CSV file")
  func rowHistory() async throws {
    try await page(
      "csv: {}\n    html: {totals: {sum: [amount]}, bars: [amount], sparklines: [amount]}",
      key: "[day, currency]"
    ) { html in
      // The greatest of the day is 600; it was 200 and 400 on the days before.
      #expect(
        html.contains(
          "<td style=\"--b:100%\"><svg class=\"spark\" viewBox=\"0 0 1000 240\" preserveAspectRatio=\"none\" "
            + "aria-hidden=\"true\"><path class=\"ln s0\" d=\"M931 220L966 120L1000 20\"/></svg>600</td>"),
        "\(html)")
      #expect(html.components(separatedBy: "<svg class=\"spark\"").count == 22)
      #expect(html.components(separatedBy: "style=\"--b:50%\"").count == 2)
      let history = try #require(
        html.firstMatch(of: /<summary>History<\/summary>.*?<\/details>/.dotMatchesNewlines()))
      let days = history.output.matches(of: /<th scope="row">([^<]*)<\/th><td class="right">([^<]*)</)
        .map { "\($0.output.1) \($0.output.2)" }
      #expect(
        days == ["2024-01-03 Wed 6300", "2024-01-02 Tue 4200", "2024-01-01 Mon 2100"])
      let data = try #require(html.firstMatch(of: /href="data:text\/csv;charset=utf-8;base64,([^"]*)"/))
        .output.1
      let csv = try #require(Data(base64Encoded: String(data))).map { $0 }
      #expect(
        String(decoding: csv, as: UTF8.self).hasPrefix("id,day,currency,amount\n301,2024-01-03,C1,30\n"))
    }
  }

  @Test("a page is in the language of its report, others in that of the project")
  func languages() async throws {
    try await withProject { project in
      for (name, locale) in [("sale", "locale: ru\n"), ("other", "")] {
        try await project.define(
          name,
          locale
            + Definition.daily("unique_key: [id]", export: "html: {}")
            .replacing("reports.sale", with: "reports.\(name)"),
          sql: """
            select sale.id, sale.day, sale.currency, sale.amount from src.sale as sale
            where sale.day >= :start and sale.day < :end
            """)
      }
      var configuration = project.configuration(
        RunOptions(dates: Definition.range("2024-01-01", "2024-01-02")))
      configuration.output.languages = Languages(
        others: ["ru": Language("ru", texts: Texts(locale: "ru", ["sale": "Продажи", "amount": "Сумма"]))])
      let graph = DependencyGraph(try project.reports())
      _ = await RunEngine(configuration).run(graph.reports, graph: graph)
      func page(_ name: String) throws -> String {
        try String(contentsOfFile: "\(project.output)/\(name)", encoding: .utf8)
      }
      let russian = try page("sale/2024-01-01/sale.html")
      #expect(russian.contains("<html lang=\"ru\">") && russian.contains(">Об этих числах<"))
      #expect(russian.contains("<h1 dir=\"auto\">Продажи</h1>"))
      let english = try page("other/2024-01-01/other.html")
      #expect(english.contains("<html lang=\"en\">") && english.contains(">About these numbers<"))
    }
  }

  @Test(
    "sums are compared with the interval that the key names",
    arguments: [
      ("day", "weekday", "2024-03-08", "2024-03-15"), ("day", "year", "2023-02-28", "2024-02-29"),
      ("week", "year", "2023-01-16", "2024-01-15"), ("month", "year", "2023-05-01", "2024-05-01"),
      ("month", "previous", "2023-12-01", "2024-01-01"), ("week", "previous", "2024-01-08", "2024-01-15"),
    ])
  func comparison(period: String, compare: String, expected: String, own: String) throws {
    let period = try #require(Period(rawValue: period))
    let interval = try #require(period.interval(containing: Definition.date(own)))
    let found = Comparison.interval(try #require(.init(rawValue: compare)), of: interval, period: period)
    #expect(found?.start.description == expected)
    #expect(Comparison.history(of: interval, period: period, length: 3).last == interval)
  }

  private func page(
    _ export: String, key: String = "[id]", _ check: @escaping @Sendable (String) throws -> Void
  ) async throws {
    try await withProject { project in
      try await project.execute(Self.rows)
      try await project.define(
        "sale",
        Definition.daily("unique_key: \(key)", export: "csv: {}, html: {}").replacing(
          "export: {csv: {}, html: {}}", with: "export:\n    \(export)"),
        sql: """
          select sale.id, sale.day, sale.currency, sale.amount from src.sale as sale
          where sale.day >= :start and sale.day < :end
          """)
      try await project.publish("sale", Definition.range("2024-01-01", "2024-01-04"))
      try check(String(contentsOfFile: project.output + "/sale/2024-01-03/sale.html", encoding: .utf8))
    }
  }
}
