import Foundation
import ReportModel
import TestSupport
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

@Suite struct TestOutcomeTests {
  @Test(
    "a number is its value, a char its text; anything else is compared as it is written",
    arguments: [
      ("1.50", "numeric(10,2)", "1.5"), ("100", "numeric", "100"), ("0.00", "numeric", "0"),
      ("-10.10", "numeric", "-10.1"), ("NaN", "numeric", "NaN"), ("-Infinity", "numeric", "-Infinity"),
      ("{1.0,NULL,20.50}", "numeric[]", "{1,NULL,20.5}"), ("[1.50,2.00)", "numrange", "[1.5,2)"),
      ("1.50", "text", "1.50"), ("1.50", "double precision", "1.50"), ("ab  ", "character(4)", "ab"),
      ("ab  ", "bpchar", "ab"), ("ab  ", "character varying(4)", "ab  "),
      (" \u{301} ", "character(3)", " \u{301}"),
    ])
  func compared(_ text: String, _ type: String, _ expected: String) {
    #expect(ComparedText.of(text, type: type) == expected)
  }

  @Test("a value that could be taken for another is shown in quotes")
  func shown() {
    let values: [(String?, String)] = [
      (nil, "null"), ("null", "\"null\""), ("", "\"\""), (" a", "\" a\""), ("a\nb", "\"a\\nb\""),
      ("say \"a\"", "say \"a\""), ("\"a\"", "\"\\\"a\\\"\""), ("a\u{A0}b", "\"a\\u{a0}b\""),
      ("a\u{200B}", "\"a\\u{200b}\""), ("Чай 👩‍👩‍👧", "Чай 👩‍👩‍👧"), ("\u{1B}[31m", "\"\\u{1b}[31m\""),
    ]
    for (value, expected) in values { #expect(DifferenceTable.shown(value) == expected) }
  }

  // MARK: Differences

  private static let null = String?.none
  private static let columns = ["day", "currency", "units", "amount", "note"]

  private func comparison(
    key: [Int] = [0, 1], wanted: [[Int: String?]], rows: [[String?]]
  ) -> ResultComparison {
    ResultComparison(
      columns: Self.columns, key: key,
      wanted: wanted.enumerated().map { WantedRow(line: 10 + $0, shown: $1, compared: $1) }, rows: rows,
      compared: rows)
  }

  private func outcome(_ comparison: ResultComparison, isOrdered: Bool = false) -> TestOutcome {
    let difference = comparison.difference(isOrdered: isOrdered)
    return TestOutcome(
      report: "sales-daily", name: "a sale", file: "reports/sales-daily.test.yaml",
      place: SourcePlace(line: 7, column: 3), state: difference == nil ? .passed : .failed,
      rows: comparison.rows.count, difference: difference, diagnostics: [])
  }

  private static let rows: [[String?]] = [
    ["2024-01-01", "RUB", "3", "330.00", "ok"], ["2024-01-01", nil, "1", nil, ""],
    ["2024-01-02", "USD", "2", "9.98", "Чай\nи кофе"],
  ]

  private var sample: [TestOutcome] {
    let long = String(repeating: "а", count: 60)
    return [
      outcome(comparison(wanted: Self.rows.map { [0: $0[0], 1: $0[1]] }, rows: Self.rows)),
      outcome(
        comparison(
          wanted: [
            [0: "2024-01-01", 1: "RUB", 2: "3", 3: "300"], [0: "2024-01-01", 1: Self.null, 3: Self.null],
            [0: "2024-01-05", 1: "EUR", 2: "7"],
          ], rows: Self.rows)),
      outcome(
        comparison(
          key: [], wanted: [[0: "2024-01-01", 4: long + "x" + long]],
          rows: [["2024-01-01", nil, nil, nil, long + "y" + long]])),
      outcome(comparison(wanted: [], rows: Self.rows)),
      outcome(
        comparison(
          wanted: (0..<12).map { [0: "2024-02-0\($0)"] }, rows: [])),
      outcome(
        comparison(wanted: [[1: "RUB"], [1: "USD"], [1: Self.null]], rows: Self.rows), isOrdered: true),
    ]
  }

  @Test("the lines of tests, whole: rows that differ, lack, are too many, and are in another order")
  func text() throws {
    try expectGolden(
      sample.map { TestSummary.text($0) + "\n" }.joined() + TestSummary.total(sample) + "\n",
      "engine/tests.txt")
  }

  @Test("the same as JSON")
  func json() throws {
    var sample = [sample[0], sample[1], sample[3]]
    sample[1].diagnostics = [
      Diagnostic("wrong", hint: "Mend it.", file: "x.yaml", place: SourcePlace(line: 3))
    ]
    sample.append(sample[0])
    sample[3].state = .wrong
    sample[3].rows = nil
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let text = String(decoding: try encoder.encode(TestDocument(sample)), as: UTF8.self)
    try expectGolden(text + "\n", "engine/tests.json")
  }

  @Test("a difference of one row is one row, however much of it differs in a row of one key")
  func pairs() {
    func kinds(_ comparison: ResultComparison) -> [ResultDifference.Item.Kind] {
      comparison.difference(isOrdered: false)?.items.map(\.kind) ?? []
    }
    let wanted: [Int: String?] = [0: "2024-01-01", 1: "RUB", 2: "9", 3: "9", 4: "9"]
    #expect(kinds(comparison(wanted: [wanted], rows: [Self.rows[0]])) == [.different])
    #expect(kinds(comparison(key: [], wanted: [wanted], rows: [Self.rows[0]])) == [.missing, .unexpected])
    #expect(
      kinds(comparison(key: [], wanted: [[0: "2024-01-01", 1: "EUR"]], rows: [Self.rows[0]])) == [.different])
    #expect(kinds(comparison(wanted: [[:]], rows: [])) == [.missing])
    #expect(kinds(comparison(wanted: [[:]], rows: Self.rows)) == [.unexpected, .unexpected])
  }

  @Test("rows in order need no other order than one that fits")
  func order() {
    let wanted: [[Int: String?]] = [[0: "2024-01-01"], [0: "2024-01-01", 1: Self.null], [2: "2"]]
    #expect(comparison(wanted: wanted, rows: Self.rows).difference(isOrdered: true) == nil)
    #expect(comparison(wanted: wanted.reversed(), rows: Self.rows).difference(isOrdered: false) == nil)
    let other = comparison(wanted: wanted.reversed(), rows: Self.rows).difference(isOrdered: true)
    #expect(other?.items.map(\.kind) == [.order] && other?.items[0].columns == ["units"])
  }
}
