import ReportModel
import Testing

@testable import ReportExport

@Suite struct AnswerTests {
  @Test(
    "a change is told in percent, with a sign",
    arguments: [
      ("110", "100", "+10.0\u{202F}%", "up"), ("90", "100", "−10.0\u{202F}%", "down"),
      ("100.01", "100", "±0\u{202F}%", "same"), ("567", "100", "+467\u{202F}%", "up"),
      ("1", "3", "−66.7\u{202F}%", "down"), ("0", "3", "−100\u{202F}%", "down"),
      ("999.9", "100", "+900\u{202F}%", "up"), ("1250", "100", "×12.5", "up"),
      ("1234567.10", "100", "×12\u{202F}346", "up"),
    ])
  func change(new: String, old: String, text: String, direction: String) {
    let change = ChangeText.change(new, from: old, in: .english)
    #expect(change?.text == text)
    #expect(change?.direction.rawValue == direction)
  }

  @Test(
    "there is no change from nothing, from 0, between losses, and of what is no number",
    arguments: [
      ("1", nil), (nil, "1"), ("1", "0"), ("NaN", "1"), ("x", "1"), ("1", "Infinity"), ("1e300", "1e-300"),
      ("-50", "-100"), ("50", "-100"), ("-50", "100"),
    ]
      as [(String?, String?)])
  func noChange(new: String?, old: String?) {
    #expect(ChangeText.change(new, from: old, in: .english) == nil)
  }

  @Test("intervals and moments have words")
  func words() throws {
    func interval(_ start: String, _ end: String) -> Interval {
      Interval(start: CalendarDate(start)!, end: CalendarDate(end)!)!
    }
    let own = interval("2026-11-22", "2026-11-23")
    #expect(Language.english.short(interval("2026-11-21", "2026-11-22"), from: own) == "Sat 21 Nov")
    #expect(Language.english.short(interval("2025-11-22", "2025-11-23"), from: own) == "Sat 22 Nov 2025")
    #expect(Language.english.short(interval("2026-11-16", "2026-11-23"), from: own) == "the week of 16 Nov")
    #expect(Language.english.short(interval("2026-10-01", "2026-11-01"), from: own) == "Oct 2026")
    #expect(Language.english.moment("2026-11-23 04:30:12 MSK") == "Monday, 23 November 2026, 04:30:12 MSK")
    #expect(Language.english.moment("yesterday") == "yesterday")
  }

  @Test("money has the sign of its currency, other columns their unit")
  func signs() async throws {
    let columns = [
      PageColumn(name: "currency", isNumeric: false),
      PageColumn(name: "amount", format: .money, isNumeric: true),
      PageColumn(name: "units", format: .integer, unit: "pcs", isNumeric: true),
    ]
    func html(_ code: String?) async throws -> String {
      let sums = [TotalsGroup.Measure(name: "amount", value: "-1234.50"), .init(name: "units", value: "7")]
      let group = TotalsGroup(label: [NamedValue("currency", code)], sums: sums)
      return try await page(
        Samples.plain(columns: columns, totalRows: 0, totals: PageTotals(groups: [group])), "")
    }
    #expect(try await html("RUB").contains("<span class=\"number\">-1\u{202F}234.50\u{202F}₽</span>"))
    #expect(try await html("RUB").contains("<span class=\"number\">7\u{202F}pcs</span>"))
    #expect(try await html("XYZ").contains("<span class=\"number\">-1\u{202F}234.50</span>"))
    #expect(try await html(nil).contains("<h2 dir=\"auto\">currency: —</h2>"))
  }

  @Test("five groups have a card, the others are in a table, and the page says how many there are")
  func manyGroups() async throws {
    let columns = [PageColumn(name: "grp", isNumeric: false), PageColumn(name: "n", isNumeric: true)]
    let groups = (0..<100).map {
      TotalsGroup(label: [NamedValue("grp", "g\($0)")], sums: [.init(name: "n", value: "\($0)")])
    }
    let html = try await page(
      Samples.plain(columns: columns, totalRows: 0, totals: PageTotals(groups: groups, count: 500)), "")
    #expect(html.components(separatedBy: "<div class=\"card total\">").count == 6)
    #expect(html.contains("<summary>495 more</summary>"))
    #expect(html.contains("<tr><td>g99</td><td class=\"right\">99</td></tr>"))
    #expect(html.contains("The 95 greatest of 495."))
  }

  @Test(
    "the table has words for truth values, weekdays for dates, a mark for negative numbers, and a sentence for no rows"
  )
  func table() async throws {
    let columns = [
      PageColumn(name: "day", format: .date, isNumeric: false),
      PageColumn(name: "ok", isNumeric: false, isBoolean: true),
      PageColumn(name: "n", format: .integer, isNumeric: true),
    ]
    let html = try await page(
      Samples.plain(columns: columns, totalRows: 3),
      "2026-11-22\tt\t-5\n2026-11-22\tf\t5\ninfinity\t\\N\t\\N\n")
    #expect(
      html.contains("<tr><td>2026-11-22 <i>Sun</i></td><td>yes</td><td class=\"neg\">-5</td></tr>"))
    #expect(html.contains("<tr><td>2026-11-22 <i>Sun</i></td><td>no</td><td>5</td></tr>"))
    #expect(html.contains("<tr><td>infinity</td><td><i>—</i></td><td><i>—</i></td></tr>"))
    let empty = try await page(Samples.plain(columns: columns, totalRows: 0), "")
    #expect(empty.contains("<tr><td class=\"none\" colspan=\"3\">There are no rows.</td></tr>"))
  }
}
