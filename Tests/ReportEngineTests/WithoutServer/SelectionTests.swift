import ReportModel
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

extension WithoutServer {
  @Suite struct SelectionTests {
    static let graph = DependencyGraph([
      Sample.report("sales-daily", tags: ["nightly", "sales"]),
      Sample.report("sales-monthly", reads: ["sales_daily"], tags: ["sales"]),
      Sample.report("overview", .view, period: .none, reads: ["sales_monthly"]),
      Sample.report("prices", .table, period: .none, tags: ["nightly"]),
    ])

    struct Case: Sendable {
      var selection: Selection
      var names: [String]
    }

    @Test(
      "names, globs, + and tags add up; excluded ones are taken out at the end",
      arguments: [
        Case(selection: Selection(patterns: ["prices"]), names: ["prices"]),
        Case(selection: Selection(patterns: ["sales-*"]), names: ["sales-daily", "sales-monthly"]),
        Case(
          selection: Selection(patterns: ["*"]),
          names: ["overview", "prices", "sales-daily", "sales-monthly"]),
        Case(selection: Selection(patterns: ["price?"]), names: ["prices"]),
        Case(selection: Selection(patterns: ["+sales-monthly"]), names: ["sales-daily", "sales-monthly"]),
        Case(selection: Selection(patterns: ["sales-monthly+"]), names: ["overview", "sales-monthly"]),
        Case(
          selection: Selection(patterns: ["+sales-monthly+"]),
          names: ["overview", "sales-daily", "sales-monthly"]),
        Case(selection: Selection(tags: ["nightly"]), names: ["prices", "sales-daily"]),
        Case(
          selection: Selection(patterns: ["overview"], tags: ["sales"]),
          names: ["overview", "sales-daily", "sales-monthly"]),
        Case(selection: Selection(all: true, excluded: ["sales-*", "prices"]), names: ["overview"]),
        Case(selection: Selection(patterns: ["prices"], excluded: ["prices"]), names: []),
        Case(selection: Selection(), names: []),
      ])
    func selects(_ given: Case) throws {
      #expect(try given.selection.apply(to: Self.graph).map(\.name) == given.names)
    }

    @Test("what matches nothing is an error with a suggestion")
    func nothing() {
      func error(_ selection: Selection) -> String { diagnostic { _ = try selection.apply(to: Self.graph) } }
      #expect(
        error(Selection(patterns: ["sales-dayly"])) == """
          error: no report is named "sales-dayly"
            hint: Did you mean "sales-daily"?
          """)
      #expect(
        error(Selection(patterns: ["+x*+"])) == """
          error: no report is named "x*"
            hint: "reportgen list" shows every report.
          """)
      #expect(
        error(Selection(tags: ["nightly", "hourly"])) == """
          error: no report has the tag "hourly"
            hint: Tags in use: nightly, sales.
          """)
      #expect(
        error(Selection(all: true, excluded: ["price"])) == """
          error: no report is named "price"
            hint: Did you mean "prices"?
          """)
    }

    @Test(
      "* is any text and ? one character",
      arguments: [
        ("*", "", true), ("*", "abc", true), ("a*c", "abc", true), ("a*c", "abd", false),
        ("a?c", "abc", true),
        ("a?c", "ac", false), ("**", "a", true), ("", "a", false), ("sales-*-x*", "sales-by-day-x", true),
        ("*a*a*a*a*a*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false),
      ])
    func globs(_ pattern: String, _ name: String, _ expected: Bool) {
      #expect(globMatches(pattern, name) == expected)
    }
  }
}
