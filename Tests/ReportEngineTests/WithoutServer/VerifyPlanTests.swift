import Foundation
import ReportModel
import TestSupport
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

extension WithoutServer {
  /// Which published intervals are compared, and by which statements.
  @Suite struct VerifyPlanTests {
    private static func facts(
      _ interval: Interval?, _ state: IntervalState = .confirmed, _ fingerprint: String = "f"
    )
      -> PublishedInterval
    {
      PublishedInterval(
        report: "sale", interval: interval, state: state, rowCount: 1, attemptID: UUID(), runID: UUID(),
        attempt: 1, fingerprint: fingerprint, sql: "", attemptState: .confirmed, position: "", asOf: "",
        timeline: 1, snapshot: "", replica: "", publishedAt: "")
    }

    static let days = Sample.days("2026-01-01", "2026-01-02", "2026-01-03", "2026-01-05")
    /// Newest first, as the ledger gives them.
    private static let published = days.reversed().map { facts($0) }

    private func text(_ plan: VerifyPlan) -> String {
      let spans = plan.spans.map { $0.bounds?.description ?? "whole" }.joined(separator: ", ")
      let skipped = plan.skipped.map { "\($0.reason.rawValue) \($0.interval?.start.description ?? "whole")" }
      let known = plan.knownIntervals.map { "; outside of \($0.count)" } ?? ""
      return ([spans] + skipped).joined(separator: "; ") + known
    }

    private func plan(
      _ report: Report, _ published: [PublishedInterval] = VerifyPlanTests.published,
      _ choice: VerifyChoice = VerifyChoice(), expired: [Interval] = [], readableSince: String? = nil
    ) -> String {
      text(
        VerifyPlan(
          report, published: published, expired: expired, changed: ["other"],
          firstReadableDay: readableSince.map(Definition.date), choice: choice))
    }

    @Test("another fingerprint of the same meaning is compared, what cannot be computed any more is not")
    func sourceExpired() {
      let published = [
        Self.facts(Self.days[3], .confirmed, "same"), Self.facts(Self.days[2]), Self.facts(Self.days[1]),
      ]
      #expect(
        plan(Sample.report(), published, readableSince: "2026-01-03")
          == "2026-01-03..2026-01-04, 2026-01-05..2026-01-06; source_expired 2026-01-02; outside of 3")
      #expect(
        plan(Sample.report("whole", .table, period: .none), [Self.facts(nil)], readableSince: "2026-01-03")
          == "whole")
    }

    @Test("every published interval, as many at once as the definition allows")
    func everything() {
      let report = Sample.report { $0.batch = 31 }
      #expect(plan(report) == "2026-01-01..2026-01-04, 2026-01-05..2026-01-06; outside of 4")
      #expect(
        plan(Sample.report()).hasPrefix("2026-01-01..2026-01-02, 2026-01-02..2026-01-03, "))
      #expect(
        plan(report, expired: Sample.days("2025-01-01"))
          == "2026-01-01..2026-01-04, 2026-01-05..2026-01-06; outside of 5")
      #expect(plan(report, []) == "")
    }

    @Test("the newest, or those of some days")
    func chosen() {
      let report = Sample.report { $0.batch = 31 }
      #expect(
        plan(report, Self.published, .init(last: 2)) == "2026-01-03..2026-01-04, 2026-01-05..2026-01-06")
      #expect(
        plan(report, Self.published, .init(dates: Definition.day("2026-01-02"))) == "2026-01-02..2026-01-03")
      #expect(
        plan(report, Self.published, .init(dates: Definition.range("2026-01-02", "2026-01-04")))
          == "2026-01-02..2026-01-04")
      #expect(
        plan(report, Self.published, .init(dates: .range(from: Definition.date("2026-01-03"), to: nil)))
          == "2026-01-03..2026-01-04, 2026-01-05..2026-01-06")
      #expect(plan(report, Self.published, .init(dates: Definition.day("2030-01-01"))) == "")
    }

    @Test("what was published before its end, or by another definition, is named and not compared")
    func skipped() {
      let published = [
        Self.facts(Self.days[3], .open), Self.facts(Self.days[2], .published, "other"),
        Self.facts(Self.days[1], .open, "other"), Self.facts(Self.days[0]),
      ]
      #expect(
        plan(Sample.report(), published)
          == "2026-01-01..2026-01-02; open 2026-01-02; other_definition 2026-01-03; open 2026-01-05; outside of 4"
      )
    }

    @Test("a table is compared as a whole, and shows its newest interval only")
    func table() {
      #expect(plan(Sample.report("sale", .table)) == "2026-01-05..2026-01-06")
      #expect(
        plan(Sample.report("sale", .table), Self.published, .init(dates: Definition.day("2026-01-02"))) == "")
      let whole = Sample.report("sale", .table, period: .none)
      #expect(plan(whole, [Self.facts(nil)]) == "whole")
      #expect(plan(whole, [Self.facts(nil)], .init(last: 3)) == "whole")
      #expect(plan(whole, [Self.facts(nil, .confirmed, "other")]) == "; other_definition whole")
    }

    @Test("what cannot be verified says why")
    func obstacles() {
      func timeless(_ kind: Materialization.Kind, period: Period = .day) -> String? {
        VerifyPlan.obstacle(Sample.report("sale", kind, period: period) { $0.timeColumn = nil })
      }
      let timeless1 = "without a time_column the rows of its intervals cannot be told apart"
      #expect(timeless(.view) == "a view has no rows of its own")
      #expect(timeless(.none) == "\"as: none\" publishes no rows")
      #expect(timeless(.append) == timeless1 && timeless(.merge) == timeless1)
      #expect(timeless(.merge, period: .none) == nil && timeless(.table) == nil)
      #expect(VerifyPlan.obstacle(Sample.report("sale", .append)) == nil)
      #expect(VerifyPlan.obstacle(Sample.report("sale", .merge) { $0.timeColumn = "day" }) == nil)
    }

    @Test("the statements whose rows are compared")
    func statements() throws {
      let span = Span(intervals: Sample.days("2026-01-01", "2026-01-02"))
      func statements(_ report: Report, _ span: Span = span, isUTF8: Bool = true) -> String {
        let queries = VerifyQueries(
          report: report, columns: StatementTests.columns, timezone: "Europe/Moscow", isUTF8: isUTF8)
        let outside =
          span.intervals.isEmpty ? [] : [queries.outside(span.intervals, in: Sample.qualified("sale"))]
        return
          ([queries.computed(span).sql, queries.published(span, in: Sample.qualified("sale"))] + outside)
          .joined(separator: ";\n") + ";\n"
      }
      let cases = [
        ("incremental with a key", statements(Sample.report(key: ["day", "currency"]))),
        ("numeric of any scale in the key", statements(Sample.report(key: ["share"]))),
        ("without a key", statements(Sample.report())),
        (
          "table without a period, on a server of another encoding",
          statements(Sample.report("sale", .table, period: .none, key: ["currency"]), .whole, isUTF8: false)
        ),
        (
          "merge",
          statements(Sample.report("sale", .merge, key: ["currency"]) { $0.timeColumn = "day" })
        ),
      ]
      try expectGoldenSQL(cases.map { "-- \($0.0)\n\($0.1)" }.joined(separator: "\n"), "engine/verify.sql")
    }

    @Test("fields are named in their order, the key's first")
    func fields() {
      func queries(_ report: Report) -> VerifyQueries {
        VerifyQueries(report: report, columns: StatementTests.columns, timezone: "UTC", isUTF8: true)
      }
      let keyed = queries(Sample.report(key: ["share", "currency"]))
      #expect(keyed.fields == ["share", "currency", "day", "Сумма \"₽\"", "share"])
      #expect(keyed.keyFields == 2 && keyed.timeField == 2)
      let unkeyed = queries(Sample.report("sale", .table, period: .none))
      #expect(unkeyed.fields == StatementTests.columns.map(\.name) && unkeyed.keyFields == 4)
      #expect(unkeyed.timeField == nil)
    }

    @Test("an error's place is that of the file")
    func places() throws {
      let report = Sample.report(key: ["day"], sql: "select day,\n  nope as currency from src.sale")
      let queries = VerifyQueries(
        report: report, columns: StatementTests.columns, timezone: "UTC", isUTF8: true)
      let (sql, prefix, query) = queries.computed(Span(intervals: Sample.days("2026-01-01")))
      let at = sql.unicodeScalars.distance(
        from: sql.startIndex, to: try #require(sql.firstRange(of: "nope")).lowerBound)
      #expect(
        query.sourcePlace(serverPosition: at + 1, behind: prefix) == SourcePlace(line: 2, column: 3))
    }
  }
}
