import Foundation
import ReportModel
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

extension WithoutServer {
  @Suite struct KeptFolderTests {
    struct Case: CustomTestStringConvertible, Sendable {
      var name: String
      var report = Sample.report(export: ExportSettings(keep: 3))
      /// Newest first.
      var published: [Interval] = Sample.days("2026-01-06", "2026-01-05", "2026-01-04", "2026-01-03")
      var firstKeptDay: String?
      /// Newest first.
      var names = ["2026-01-06", "2026-01-05", "2026-01-04", "2026-01-03", "2026-01-01"]
      var stale: [String]
      var testDescription: String { name }
    }

    static func keeping(_ keep: Int, _ kind: Materialization.Kind, period: Period = .day) -> Report {
      Sample.report("sale", kind, period: period, export: ExportSettings(keep: keep))
    }

    static let cases = [
      Case(name: "older than the newest that are kept", stale: ["2026-01-03", "2026-01-01"]),
      Case(
        name: "fewer published than kept", published: Sample.days("2026-01-06", "2026-01-03"), stale: []),
      Case(name: "nothing published", published: [], stale: []),
      Case(
        name: "a hole among the newest is owed, not old",
        published: Sample.days("2026-01-06", "2026-01-04", "2026-01-03"), stale: ["2026-01-01"]),
      Case(
        name: "newer than anything published", names: ["2026-02-01", "2026-01-06", "2026-01-02"],
        stale: ["2026-01-02"]),
      Case(
        name: "expired, although fewer are published than kept",
        published: Sample.days("2026-01-06", "2026-01-05"), firstKeptDay: "2026-01-05",
        stale: ["2026-01-04", "2026-01-03", "2026-01-01"]),
      Case(
        name: "retained longer than files are kept", firstKeptDay: "2026-01-02",
        stale: ["2026-01-03", "2026-01-01"]),
      Case(
        name: "months, and days of an earlier period", report: keeping(2, .incremental, period: .month),
        published: [
          Sample.interval("2026-02-01", "2026-03-01"), Sample.interval("2026-01-01", "2026-02-01"),
        ],
        names: ["2026-02", "2026-01-15", "2026-01", "2025-12-31", "2025-12"],
        stale: ["2025-12-31", "2025-12"]),
      Case(
        name: "files of the whole relation are versions", report: keeping(2, .table, period: .none),
        stale: ["2026-01-04", "2026-01-03", "2026-01-01"]),
      Case(
        name: "files of the whole relation, by the newest interval", report: keeping(4, .merge),
        stale: ["2026-01-01"]),
    ]

    @Test("which folders may go", arguments: cases)
    func stale(_ given: Case) {
      let kept = KeptFolders(
        report: given.report, published: given.published.map(facts),
        firstKeptDay: given.firstKeptDay.map(Definition.date))
      #expect(kept.stale(among: given.names) == given.stale)
    }

    private func facts(_ interval: Interval) -> PublishedInterval {
      PublishedInterval(
        report: "sale", interval: interval, state: .confirmed, rowCount: 1, attemptID: UUID(), runID: UUID(),
        attempt: 1, fingerprint: "f", sql: "", attemptState: .confirmed, position: "0/1",
        asOf: "2026-01-07 04:30:12 MSK", timeline: 1, snapshot: "", replica: "", publishedAt: "")
    }
  }
}
