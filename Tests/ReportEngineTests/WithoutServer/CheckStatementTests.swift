import ReportModel
import TestSupport
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

extension WithoutServer {
  /// What checks ask of the staged rows, and what their answers mean.
  @Suite struct CheckStatementTests {
    static let place = SourcePlace(line: 1)
    static let checks: [Check] = [
      Check(rule: .notNull(columns: ["day", "currency"]), place: place),
      Check(rule: .range(column: "amount", min: "0", max: nil), severity: .warn, place: place),
      Check(rule: .range(column: "amount", min: "-1", max: "it's"), place: place),
      Check(rule: .acceptedValues(column: "currency", values: ["RUB", "O'Neill"]), place: place),
      Check(rule: .rows(min: 1, max: nil), place: place),
      Check(rule: .unique(columns: ["day", "a b"]), place: place),
    ]

    @Test("what is asked of the staged rows")
    func checks() throws {
      let report = Sample.report(key: ["id"], checks: Self.checks)
      let scan = StagedScan(report: report, intervals: StatementTests.intervals, timezone: "UTC")
      let whole = Sample.report("sale", .table, period: .none, checks: Self.checks)
      let wholeScan = StagedScan(report: whole, intervals: [], timezone: "UTC")
      let query = Sample.query("select day from :staging where day > :start order by 1")
      func overStaging(isOnlySpan: Bool) -> String {
        CheckQueries.overStaging(
          query, report: report, span: Span(intervals: Sample.days("2026-01-01")), isOnlySpan: isOnlySpan,
          values: [:],
          staging: StatementTests.staging, timezone: "UTC", limit: CheckQueries.limit)
      }
      var texts = [
        ("scan of three days", scan.sql(StatementTests.staging)),
        ("scan of the whole", wholeScan.sql(StatementTests.staging)),
      ]
      texts += scan.conditions.map {
        (
          "offenders",
          CheckQueries.offenders($0, report: report, staging: StatementTests.staging) ?? "no statement"
        )
      }
      texts += wholeScan.conditions.prefix(3).map {
        (
          "offenders without a key",
          CheckQueries.offenders($0, report: whole, staging: StatementTests.staging) ?? "no statement"
        )
      }
      texts += [
        ("duplicates", CheckQueries.duplicates(["day", "a b"], staging: StatementTests.staging)),
        (
          "orphans",
          CheckQueries.orphans(
            column: "currency", to: Sample.qualified("c"), field: "code", staging: StatementTests.staging)
        ),
        ("a check's own statement", overStaging(isOnlySpan: true)),
        ("a check's own statement, one span of several", overStaging(isOnlySpan: false)),
      ]
      try expectGoldenSQL(texts.map { "-- \($0.0)\n\($0.1);\n" }.joined(separator: "\n"), "engine/checks.sql")
    }

    @Test("the scan's rows are counted for the interval of their bucket")
    func finding() {
      // Buckets are the spaces between the edges 01-01, 01-02, 01-03, 01-05 and 01-06; the fourth is day 01-05.
      let report = Sample.report(checks: [Self.checks[3]])
      let scan = StagedScan(report: report, intervals: StatementTests.intervals, timezone: "UTC")
      let finding = scan.finding([
        ["1", "10", "0"], ["2", "20", "2"], ["4", "40", "4"], ["0", "1", "1"], ["3", "2", "2"],
        ["5", "4", "0"],
        [nil, "8", "0"],
      ])
      #expect(finding.rowCounts == [10, 20, 40])
      #expect(finding.outside == 15)
      #expect(finding.violations == [[1: 2, 2: 4]])
      #expect(scan.finding([]).rowCounts == [0, 0, 0])
      let whole = StagedScan(
        report: Sample.report("sale", .table, period: .none), intervals: [], timezone: "UTC")
      #expect(!whole.needsScan)
      #expect(whole.finding([["1", "7"]]).rowCounts == [7])
    }
  }
}
