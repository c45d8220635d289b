import Foundation
import ReportModel
import TestSupport
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

extension WithoutServer {
  /// What people and programs read of a plan.
  @Suite struct PlanSummaryTests {
    private static func planned(
      _ report: Report, _ state: PlannedReport.State, _ change: (inout PlannedReport) -> Void = { _ in }
    ) -> PlannedReport {
      var planned = PlannedReport(report, state)
      if state == .run { (planned.portions, planned.reads) = (1, 1) }
      change(&planned)
      return planned
    }

    static let result: PlanResult = {
      let days = Sample.days("2026-01-06", "2026-01-07", "2026-01-08")
      var result = PlanResult()
      result.today = Definition.date("2026-01-08")
      result.levels = [
        [
          planned(Sample.report("customer-preferences", .table, period: .none), .run) {
            $0.makesTable = true
            $0.ways = [.fullStaging(.newTable)]
            $0.estimate = CostEstimate([(rows: 1_000_000, cost: 123_456.789)], reads: 1)
          },
          planned(Sample.report("done"), .upToDate) {
            $0.owedFiles = (1...3).map { "out/done/2026-01-0\($0)" }
          },
          planned(Sample.report("sales-daily"), .run) {
            $0.intervals = days
            $0.againIntervals = Array(days.prefix(1))
            $0.openIntervals = Array(days.suffix(1))
            $0.leftForLater = 7
            $0.reads = 1118
            $0.estimate = CostEstimate([(rows: 10, cost: 1), (rows: 30, cost: 2)], reads: 1118)
            $0.owedFiles = ["out/sales-daily/2026-01-06"]
            $0.rebuildsTable = true
            $0.ways = [.fullStaging(.columns)]
          },
          planned(Sample.report("wrong"), .cannotRun) {
            $0.status = .usage
            $0.diagnostics = [Diagnostic("interval 2030-01-01..2030-01-02 has not begun")]
          },
        ],
        [
          planned(Sample.report("sales-monthly", period: .month), .run) {
            $0.intervals = [Sample.interval("2025-12-01", "2026-01-01")]
            $0.ways = [.fullStaging(.fewRows(3, minimum: 50_000)), .difference]
            $0.temporaryBytes = 700 << 20
            $0.diagnostics = [Diagnostic(.warning, "no estimate for \"sales-monthly\": permission denied")]
          },
          planned(Sample.report("merged", .merge), .run) {
            $0.intervals = days
            ($0.portions, $0.reads) = (3, 3)
            ($0.report.materialization.uniqueKey, $0.report.materialization.timeColumn) = (["id"], "day")
          },
          planned(Sample.report("waits", reads: ["wrong"]), .skipped),
        ],
        [planned(Sample.report("view", .view, period: .none), .run) { $0.reads = 0 }],
      ]
      return result
    }()

    @Test("as text, a table of at most 100 columns")
    func text() throws {
      let text = PlanSummary.text(Self.result)
      try expectGolden(text, "engine/plan.txt")
      for line in text.split(separator: "\n") { #expect(line.count <= 100, "\(line)") }
      #expect(PlanSummary.text(PlanResult()) == "")
    }

    @Test("a plan as JSON, which programs rely on")
    func json() throws {
      try expectGolden(jsonText(PlanDocument(Self.result)), "engine/plan.json")
    }

    @Test("a dry run of the plan stands below it")
    func dryRun() {
      var result = Self.result
      result.dryRun = RunSummaryTests.result
      #expect(PlanSummary.text(result).hasSuffix("\n\n" + RunSummary.text(RunSummaryTests.result)))
      #expect(PlanDocument(result).dryRun == RunDocument(RunSummaryTests.result))
    }

    @Test("the worst outcome is the plan's; warnings are none")
    func status() {
      #expect(Self.result.status == .usage)
      var result = PlanResult()
      result.levels = [[Self.planned(Sample.report(), .cannotRun)]]
      #expect(result.status == .done)
      result.ownStatus = .tryAgain
      #expect(result.status == .tryAgain)
    }
  }
}
