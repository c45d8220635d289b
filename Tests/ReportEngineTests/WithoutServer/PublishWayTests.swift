import ReportModel
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

extension WithoutServer {
  @Suite struct PublishWayTests {
    struct Case: Sendable, CustomTestStringConvertible {
      var name: String
      var expected: PublishWay
      var report = Sample.report("sale", .table, period: .none, key: ["id"])
      var change: @Sendable (inout PublishWay.Facts) -> Void = { _ in }

      var testDescription: String { name }
    }

    static let published = PublishedTable(
      relation: "1", file: "2", bytes: 1 << 30, isReadable: true, newestAttempt: nil)
    static let columns = [ColumnShape(name: "id", type: "integer", category: "N")]
    static let table = TableShape(
      kind: "r", columns: columns,
      indexes: [.init(name: "sale_key", columns: ["id"], isUnique: true, nullsNotDistinct: true)], grants: [],
      comment: nil, viewDefinition: nil)

    static func checked(_ rule: Check.Rule, _ severity: Check.Severity = .error) -> Report {
      let check = Check(rule: rule, severity: severity, place: SourcePlace(line: 1, column: 1))
      return Sample.report("sale", .table, period: .none, key: ["id"], checks: [check])
    }

    private static func several(_ facts: inout PublishWay.Facts) {
      let days = Sample.days("2026-01-01", "2026-01-02")
      facts.portion = Portion(spans: days.map { Span(intervals: [$0]) }, replacesAll: false)
      facts.history = PublishHistory(rows: [days[0]: 50, days[1]: 50])
    }

    static let cases: [Case] = [
      Case(name: "many rows of a table with a key", expected: .difference),
      Case(name: "an append", expected: .fullStaging(.kind(.append)), report: Sample.report("sale", .append)),
      Case(name: "a view", expected: .fullStaging(.kind(.view)), report: Sample.report("sale", .view)),
      Case(name: "a dry run", expected: .fullStaging(.publishesNothing)) { $0.publishes = false },
      Case(name: "no table", expected: .fullStaging(.newTable)) { $0.exists = false },
      Case(name: "few rows", expected: .fullStaging(.fewRows(99, minimum: 100))) {
        $0.history.wholeRows = 99
      },
      Case(
        name: "no key", expected: .fullStaging(.noKey),
        report: Sample.report("sale", .table, period: .none)),
      Case(name: "a full refresh", expected: .fullStaging(.fullRefresh)) { $0.isFullRefresh = true },
      Case(name: "a rebuild", expected: .fullStaging(.columns)) { $0.portion.isRebuild = true },
      Case(
        name: "checks of single rows", expected: .difference, report: checked(.notNull(columns: ["id"]))),
      Case(
        name: "a unique check of the key", expected: .difference, report: checked(.unique(columns: ["id"]))),
      Case(
        name: "a unique check of the key that only warns", expected: .fullStaging(.check("unique")),
        report: checked(.unique(columns: ["id"]), .warn)),
      Case(
        name: "a unique check of other columns", expected: .fullStaging(.check("unique")),
        report: checked(.unique(columns: ["day"]))),
      Case(
        name: "a check with SQL", expected: .fullStaging(.check("sql")),
        report: checked(.sql(Sample.query("select 1")))),
      Case(name: "a check that failed", expected: .fullStaging(.failedCheck)) {
        $0.history.last = .init(updated: 0, deleted: 0, unchanged: 1, hasFailedCheck: true)
      },
      Case(name: "half of the rows changed", expected: .difference) {
        $0.history.last = .init(updated: 40, deleted: 10, unchanged: 50)
      },
      Case(name: "more than half changed", expected: .fullStaging(.manyChanges(percent: 51))) {
        $0.history.last = .init(updated: 40, deleted: 11, unchanged: 49)
      },
      Case(name: "the first publish changed none", expected: .difference) {
        $0.history.last = .init(updated: 0, deleted: 0, unchanged: 0)
      },
      Case(name: "triggers", expected: .fullStaging(.others)) { $0.table?.othersWrite = true },
      Case(name: "a new column", expected: .fullStaging(.columns)) {
        $0.table?.columns.append(ColumnShape(name: "more", type: "text", category: "S"))
      },
      Case(name: "very many columns", expected: .fullStaging(.wide)) {
        let columns = (1...801).map { ColumnShape(name: "c\($0)", type: "text", category: "S") }
        $0.table?.columns = columns
        $0.table?.existing.columns = columns
      },
      Case(
        name: "several reads without an index", expected: .fullStaging(.severalReads),
        report: Sample.report(key: ["id"])
      ) { several(&$0) },
      Case(
        name: "several reads by an index", expected: .difference, report: Sample.report(key: ["id"])
      ) {
        several(&$0)
        $0.table?.existing.indexes.append(
          .init(name: "i", columns: ["day", "id"], isUnique: false, nullsNotDistinct: false))
      },
      Case(
        name: "several reads of a merge", expected: .fullStaging(.severalReads),
        report: Sample.report("sale", .merge, key: ["id"])
      ) { several(&$0) },
      Case(name: "no index", expected: .fullStaging(.noIndex)) { $0.table?.existing.indexes = [] },
      Case(name: "a collation", expected: .fullStaging(.collation("id"))) {
        $0.table?.existing.columns[0].collation = "pg_catalog.\"C\""
      },
      Case(name: "not readable", expected: .fullStaging(.unreadable)) { $0.published?.isReadable = false },
      Case(name: "too large", expected: .fullStaging(.large(bytes: 40 << 30 + 4000))) {
        $0.published?.bytes = 20 << 30
      },
    ]

    @Test("where new rows are compared with the published ones", arguments: cases)
    func decision(_ given: Case) {
      var facts = PublishWay.Facts(
        report: given.report, portion: Portion(spans: [.whole], replacesAll: true),
        history: PublishHistory(wholeRows: 100), minRows: 100)
      facts.table = (Self.table, false, Self.columns)
      facts.published = Self.published
      given.change(&facts)
      #expect(PublishWay(facts) == given.expected)
    }

    @Test("an interval's own published rows count, and of a table those of the newest interval")
    func expectedRows() {
      let days = Sample.days("2026-01-01", "2026-01-02", "2026-01-03")
      let history = PublishHistory(rows: [days[0]: 5, days[1]: 7])
      let portion = Portion(spans: [Span(intervals: days)], replacesAll: false)
      let first = Portion(spans: [Span(intervals: [days[0]])], replacesAll: false)
      #expect(history.expectedRows(of: Sample.report(), portion) == 12)
      #expect(history.expectedRows(of: Sample.report(), first) == 5)
      #expect(history.expectedRows(of: Sample.report("sale", .table), first) == 7)
      #expect(history.allRows(of: Sample.report()) == 12)
    }

    @Test("a share of a large table takes its share of the replica's disk")
    func temporaryBytes() {
      let days = Sample.days("2026-01-01", "2026-01-02")
      var facts = PublishWay.Facts(
        report: Sample.report(key: ["id"]),
        portion: Portion(spans: [Span(intervals: [days[0]])], replacesAll: false),
        history: PublishHistory(rows: [days[0]: 25, days[1]: 75]), minRows: 1)
      #expect(facts.temporaryBytes == nil)
      facts.published = Self.published
      #expect(facts.temporaryBytes == (1 << 30) / 2 + 25 * 40)
    }

    @Test("published rows that others changed make the next attempt stage all rows, once and without a pause")
    func otherWay() throws {
      let planned = PlannedPortion(
        report: Sample.report(), portion: Portion(spans: [.whole], replacesAll: true), tries: 1)
      let changed = Publisher.changedMeanwhile(Sample.qualified("sale"))
      guard case .retry(let retry) = AttemptEnd.decide(changed, of: planned, failedIntervals: 0) else {
        Issue.record("no retry")
        return
      }
      #expect(retry.portion.stagesAll && retry.portion.tries == 1)
      guard case .retry(let again) = AttemptEnd.decide(changed, of: retry.portion, failedIntervals: 0) else {
        Issue.record("no retry")
        return
      }
      #expect(again.portion.stagesAll && again.portion.tries == 2)
    }
  }
}
