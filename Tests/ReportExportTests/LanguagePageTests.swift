import Foundation
import FoundationXML
import ReportModel
import TestSupport
import Testing

@testable import ReportExport

@Suite struct LanguagePageTests {
  static let interval = Interval(start: CalendarDate("2026-11-22")!, end: CalendarDate("2026-11-23")!)!

  /// Everything that a page can say, with Russian data.
  static let russian: (PageContent, String) = {
    func column(_ name: String, _ title: String, _ format: Column.Format?, _ isNumeric: Bool = true)
      -> PageColumn
    {
      PageColumn(name: name, title: title, description: "Описание.", format: format, isNumeric: isNumeric)
    }
    var columns = [
      column("день", "День", .date, false), column("валюта", "Валюта", nil, false),
      column("штук", "Штуки", .integer), column("сумма", "Выручка", .money), column("доля", "Доля", .percent),
      column("код", "Код", nil),
    ]
    columns.append(PageColumn(name: "есть", title: "Есть", isNumeric: false, isBoolean: true))
    columns[3].unit = "₽"
    let days = (1...22).map { "2026-11-\($0 < 10 ? "0" : "")\($0)" }
    func chart(_ type: HTMLSettings.Chart.Mark, x: String = "день", _ points: [ChartPoint]) -> ChartContent {
      ChartContent(
        spec: .init(type: type, x: x, y: "сумма", series: type == .pie ? nil : "валюта"), points: points,
        xCount: 3000, interval: x == "день" ? interval : nil, period: x == "день" ? .day : .none)
    }
    let points = days.enumerated().map {
      ChartPoint(x: $0.element, y: "\($0.offset * 9_000_000).5", series: "А")
    }
    let many =
      points + [
        ChartPoint(x: nil, y: "1", series: "А"), ChartPoint(x: "infinity", y: "1", series: "А"),
        ChartPoint(x: days[0], y: "12", series: nil, otherSeries: 9),
      ]
    var logarithmic = chart(.line, points + [ChartPoint(x: "2026-10-31", y: "-1", series: "А")])
    logarithmic.spec.logarithmic = true
    let names =
      ["Книги", "Сад"].map { ChartPoint(x: $0, y: "1.5") } + [ChartPoint(x: nil, y: "3", otherX: 7)]
    let sums = [
      TotalsGroup.Measure(name: "штук", value: "1893", base: "12", history: ["12", "1893"]),
      .init(name: "сумма", value: "-1383783.3", base: "5", history: [nil, "-1383783.3"]),
      .init(name: "доля", value: "12.5", base: "12", history: []),
    ]
    let groups = (0..<7).map { TotalsGroup(label: [NamedValue("валюта", "В\($0)")], sums: sums) }
    let content = PageContent(
      title: "Продажи", description: "Описание.", owner: "Отдел продаж", reportName: "отчёт",
      intervalName: "2026-11-22", interval: interval,
      asOf: .init(
        time: "2026-11-23 04:30:12 МСК", position: "0/50", timeline: 1, replica: "реплика",
        unproven: ["курсы"]),
      parameters: [NamedValue("регион", "РФ")], columns: columns, totalRows: 30_002,
      charts: [
        chart(.line, many), logarithmic, chart(.area, points), chart(.stacked, points), chart(.bar, points),
        chart(.pie, x: "код", names), chart(.list, x: "код", names), chart(.line, []),
      ],
      totals: PageTotals(
        groups: groups, count: 200,
        comparison: Interval(start: CalendarDate("2025-11-22")!, end: CalendarDate("2025-11-23")!),
        intervals: [Interval(start: CalendarDate("2026-11-21")!, end: interval.start)!, interval]),
      downloads: [PageDownload(name: "отчёт.таблица", mediaType: "text/csv", contents: Array("да".utf8))],
      run: "0", fingerprint: "0", generator: "0", language: Language("ru"))
    let rows = """
      2026-11-22\tКниги\t1893\t-1383783.3\t12.25\t1.5\tt
      2026-11-21\t\(String(repeating: "ж", count: 5000))\t5\t5\t\\N\t\\N\tf

      """
    return (content, rows)
  }()

  @Test("a Russian page has no English word, whatever it shows")
  func russianWords() async throws {
    let (content, rows) = Self.russian
    let html = try await page(content, rows, limit: 2)
    #expect(html.contains("<html lang=\"ru\">"))
    let text = try VisibleText(html)
    let known: Set = ["WAL", "CSV"]
    let english = Set(text.all.matches(of: /[A-Za-z]{2,}/).map { String($0.output) }).subtracting(known)
    #expect(english == [], "\(english)")
  }

  @Test("numbers, dates, truth values and plurals are Russian")
  func russianForms() async throws {
    let (content, rows) = Self.russian
    let html = try await page(content, rows, limit: 2)
    let thin = "\u{202F}"
    #expect(
      html.contains(
        "<tr><td>22.11.2026 <i>вс</i></td><td>Книги</td><td>1\(thin)893</td>"
          + "<td class=\"neg\">-1\(thin)383\(thin)783,30</td><td>12,25\(thin)%</td><td>1,5</td><td>да</td></tr>"
      ))
    #expect(html.contains(">воскресенье, 22 ноября 2026 г.</span>"))
    #expect(html.contains("Учтено всё, что записано до 23 ноября 2026 г. (понедельник), 04:30:12 МСК."))
    #expect(html.contains("Первые 2 из 30\(thin)002 строк; все строки — в CSV"))
    #expect(html.contains("<b class=\"up\">×158</b> к итогу за сб 22 ноя 2025"))
    #expect(html.contains(">-1\(thin)383\(thin)783,30\(thin)₽</span>"))
    #expect(
      html.contains(
        ">01.11.2026 – 22.11.2026; у каждого ряда свой масштаб; последние 24 из 3\(thin)000; "
          + "не показано 1 значение без «День»; не показано 1 значение с бесконечным «День»<"))
    #expect(html.contains("; млн ₽; "))
    #expect(html.contains("<i>… первые 8\(thin)192 из 10\(thin)000 байт</i>"))
    // A word of the data file with two rows.
    var short = content
    short.totalRows = 2
    #expect(try await page(short, rows).contains(">2 строки · <"))
    short.totalRows = 0
    #expect(
      try await page(short, "").contains("Строк за этот период нет: воскресенье, 22 ноября 2026 г.</td>"))
    let month = Interval(start: CalendarDate("2026-10-01")!, end: CalendarDate("2026-11-01")!)!
    #expect(Language("ru").name(of: month) == "Октябрь 2026 г.")
  }

  @Test("the catalogue is Russian, too")
  func russianCatalogue() async throws {
    let small = CatalogueSamples.small
    let russian = Catalogue(
      reports: small.reports, dashboards: small.dashboards, sources: small.sources, readAt: small.readAt,
      generator: "0", language: Language("ru"))
    try await temporaryDirectory { root in
      try CatalogueSamples.write(russian, to: root)
      let index = try String(contentsOfFile: "\(root)/index.html", encoding: .utf8)
      #expect(index.contains("<html lang=\"ru\">"))
      #expect(index.contains("3 отчёта, 1 дашборд. Состояния на 23.11.2026"))
      let words = [
        "подтверждён", "таблица пуста", "ничего не опубликовано", "опаздывает", "не хватает интервалов",
      ]
      for word in words { #expect(index.contains(word), "\(word)") }
      let report = try String(contentsOfFile: "\(root)/sales-daily/index.html", encoding: .utf8)
      for word in ["пройдена", "не меньше: 11 строк", "каждый день", "ранних интервалов", "Происхождение"] {
        #expect(report.contains(word), "\(word)")
      }
      for english in [
        "Reports", "State", "Newest", "Freshness", "As of", "Rows", "Files", "Checks", "Columns",
      ] {
        #expect(!(index + report).contains(">\(english)<"), "\(english)")
      }
    }
  }

  @Test("characters that reverse others are replaced, and data have a direction of their own")
  func directions() async throws {
    let columns = [PageColumn(name: "x", title: "שלום!", isNumeric: false)]
    var content = Samples.plain(columns: columns, totalRows: 1)
    content.title = "a\u{202E}b\u{202D}c"
    let html = try await page(content, "\u{202E}gpj.exe\n")
    #expect(!html.contains("\u{202E}") && !html.contains("\u{202D}"))
    #expect(html.contains("<td>\u{FFFD}gpj.exe</td>"))
    #expect(html.contains("<h1 dir=\"auto\">a\u{FFFD}b\u{FFFD}c</h1>"))
    #expect(html.contains("<th scope=\"col\" dir=\"auto\">שלום!</th>"))
  }
}

/// What people read or hear of a page: texts, and the attributes that are shown or spoken.
private final class VisibleText: NSObject, XMLParserDelegate {
  private(set) var all = ""
  private var isHidden = false
  private static let shown: Set = [
    "title", "aria-label", "data-filter", "data-filter-rows", "data-label", "placeholder", "alt",
  ]

  init(_ html: String) throws {
    super.init()
    let parser = XMLParser(data: Data(html.utf8))
    parser.delegate = self
    #expect(parser.parse())
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    isHidden = name == "style" || name == "script"
    for (key, value) in attributes where Self.shown.contains(key) { all += value + "\n" }
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) { if !isHidden { all += string } }

  func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?)
  {
    isHidden = false
    all += "\n"
  }
}
