import Foundation
import ReportModel
import TestSupport
import Testing

@testable import ReportEngine

extension WithoutServer {
  /// What people and programs read of a verification.
  @Suite struct VerifySummaryTests {
    private static func verified(
      _ report: Report, _ state: VerifiedReport.State, _ change: (inout VerifiedReport) -> Void = { _ in }
    ) -> VerifiedReport {
      var verified = VerifiedReport(report, state)
      if state == .equal || state == .drift {
        verified.asOf = RunSummaryTests.asOf
        (verified.computedRows, verified.publishedRows) = (9, 9)
      }
      change(&verified)
      return verified
    }

    private static func sample(_ values: String?..., changes: [RowSample.Change] = []) -> RowSample {
      var sample = RowSample(columns: ["day", "currency"], values: values)
      sample.changes = changes
      return sample
    }

    private static func drift(_ interval: Interval?, _ change: (inout IntervalDrift) -> Void) -> IntervalDrift
    {
      var drift = IntervalDrift(interval)
      change(&drift)
      return drift
    }

    static let result: VerifyResult = {
      let days = Sample.days("2026-01-06", "2026-01-07", "2026-01-08", "2026-01-09")
      var result = VerifyResult()
      result.reports = [
        verified(Sample.report("equal"), .equal) { $0.intervals = [days[0]] },
        verified(Sample.report("sales-daily"), .drift) {
          $0.status = .failed
          $0.intervals = Array(days.prefix(3))
          $0.skipped = [
            SkippedInterval(interval: days[3], reason: .open),
            SkippedInterval(interval: Sample.days("2026-01-04")[0], reason: .otherDefinition),
            SkippedInterval(interval: Sample.days("2026-01-05")[0], reason: .otherDefinition),
          ]
          $0.drift = [
            drift(days[0]) {
              $0.rows.missing = 1
              $0.rows.different = 2
              $0.samples.missing = [sample("2026-01-06", nil)]
              $0.samples.different = [
                sample("2026-01-06", "", changes: [.init(column: "amount", old: "1.0", new: "1.00")]),
                sample(
                  "2026-01-06", "two\nlines",
                  changes: [
                    .init(column: "amount", old: nil, new: "2"), .init(column: "note", old: "null", new: nil),
                  ]),
              ]
            },
            drift(nil) {
              $0.rows.extra = 1
              $0.samples.extra = [sample("2030-01-01", "EUR")]
            },
          ]
        },
        verified(Sample.report("whole", .table, period: .none), .drift) {
          $0.status = .failed
          $0.drift = [
            drift(nil) {
              $0.rows.extra = 12
              $0.samples.extra = [sample("2030-01-01", "EUR")]
            }
          ]
        },
        verified(Sample.report("merged", .merge, period: .month), .equal) {
          $0.intervals = [Sample.interval("2025-12-01", "2026-01-01")]
          $0.drift = [drift(Sample.interval("2025-12-01", "2026-01-01")) { $0.rows.gone = 3 }]
        },
        verified(Sample.report("changed", .table, period: .none), .nothingToCompare) {
          $0.skipped = [SkippedInterval(interval: nil, reason: .otherDefinition)]
        },
        verified(Sample.report("view", .view, period: .none), .notVerifiable) {
          $0.reason = "a view has no rows of its own"
        },
        verified(Sample.report("broken"), .failed) {
          $0.status = .tryAgain
          $0.diagnostics = [Diagnostic("replica \"pg1\" has not replayed 0/5C0000A8")]
        },
        verified(Sample.report("last"), .skipped),
      ]
      return result
    }()

    @Test("a verification's summary as text")
    func text() throws { try expectGolden(VerifySummary.text(Self.result), "engine/verify.txt") }

    @Test("a verification's summary as JSON, which programs rely on")
    func json() throws { try expectGolden(jsonText(VerifyDocument(Self.result)), "engine/verify.json") }

    @Test("drift ends 1, a wait alone 75, and neither without drift")
    func status() {
      #expect(Self.result.status == .failed)
      var result = VerifyResult()
      #expect(result.status == .done)
      result.reports = Self.result.reports.filter { $0.status != .failed }
      #expect(result.status == .tryAgain)
      result.ownStatus = .unavailable
      #expect(result.status == .unavailable)
    }
  }
}
