import Foundation
import ReportModel
import TestSupport
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

extension WithoutServer {
  /// What a run and `reportgen plan` both take from the same planner.
  @Suite struct RunPlannerTests {
    private func planner(
      _ options: RunOptions = RunOptions(), published: [(Interval, IntervalState)] = [], maxCatchUp: Int = 31,
      output: String = "/nowhere", graph: DependencyGraph = DependencyGraph([])
    ) -> RunPlanner {
      let entries = published.map { interval, state in
        Ledger.Entry(interval: interval, state: state, attemptID: UUID(), runID: UUID(), rowCount: 1)
      }
      return RunPlanner(
        options: options, maxCatchUp: maxCatchUp, entries: ["sale": entries], graph: graph,
        today: Definition.date("2026-01-06"),
        owedFiles: OwedFiles(
          root: ExportRoot(path: output, shown: "out", host: "h", generator: "g")))
    }

    /// `2026-01-01 2026-01-02 | 1 portions 2 reads | again … | others 3`.
    private func text(_ plan: ReportPlan) -> String {
      func starts(_ intervals: [Interval]) -> String {
        intervals.map { $0.start.description.suffix(2) }.joined(separator: " ")
      }
      return
        "\(starts(plan.intervals.intervals)) | \(plan.portions.count) portions, \(plan.reads) reads"
        + " | again \(starts(plan.recomputed)) | later \(plan.intervals.leftForLater)"
    }

    static let days = Sample.days("2026-01-01", "2026-01-02", "2026-01-03", "2026-01-04", "2026-01-05")

    @Test("missing intervals up to the limit, and the lookback")
    func missing() throws {
      let report = Sample.report { $0.lookback = 2 }
      #expect(
        text(try planner().plan(report)) == "01 02 03 04 05 | 1 portions, 5 reads | again  | later 0")
      let published: [(Interval, IntervalState)] = [
        (Self.days[0], .confirmed), (Self.days[1], .published), (Self.days[3], .open),
      ]
      #expect(
        text(try planner(published: published).plan(report))
          == "01 02 03 04 05 | 1 portions, 5 reads | again 01 02 04 | later 0")
      #expect(
        text(try planner(published: published, maxCatchUp: 1).plan(report))
          == "01 02 03 | 1 portions, 3 reads | again 01 02 | later 2")
      #expect(
        text(try planner(RunOptions(backfill: true), published: published, maxCatchUp: 1).plan(report))
          == "01 02 03 04 05 | 1 portions, 5 reads | again 01 02 04 | later 0")
    }

    @Test("an up-to-date report has no portion")
    func upToDate() throws {
      let plan = try planner(published: Self.days.map { ($0, IntervalState.confirmed) }).plan(Sample.report())
      #expect(plan.intervals.isEmpty && plan.portions.isEmpty && plan.reads == 0)
    }

    @Test("what cannot be told apart is published interval by interval")
    func merge() throws {
      let plan = try planner(RunOptions(dates: Definition.range("2026-01-01", "2026-01-04")))
        .plan(Sample.report("sale", .merge, key: ["id"]))
      #expect(text(plan) == "01 02 03 | 3 portions, 3 reads | again  | later 0")
    }

    @Test("other parameters show the newest closed interval, in a portion of its own")
    func parameters() throws {
      let options = RunOptions(parameters: ["region": .scalar("EU")])
      #expect(
        text(try planner(options).plan(Sample.report())) == "05 | 1 portions, 1 reads | again  | later 0")
    }

    @Test("files alone that are missing are computed again")
    func filesMissing() throws {
      let report = Sample.report("sale", .none)
      let planner = planner(published: Self.days.prefix(4).map { ($0, IntervalState.confirmed) })
      #expect(
        text(try planner.plan(report)) == "01 02 03 04 05 | 5 portions, 5 reads | again 01 02 03 04 | later 0"
      )
      let noFiles = Sample.report("sale", .none, export: ExportSettings(csv: nil, html: nil))
      #expect(text(try planner.plan(noFiles)) == "05 | 1 portions, 1 reads | again  | later 0")
    }

    @Test("a wish that contradicts the definition is refused")
    func refused() {
      let planner = planner(RunOptions(dates: Definition.day("2030-01-01")))
      #expect(
        diagnostic { _ = try planner.plan(Sample.report()) } == """
          reports/sale.yaml: error: interval 2030-01-01..2030-01-02 has not begun
            hint: Today is 2026-01-06 by the primary's clock.
          """)
    }

    @Test("how many published intervals a new table would lack")
    func others() throws {
      let published = Self.days.map { ($0, IntervalState.confirmed) }
      let plan = try planner(RunOptions(dates: Definition.day("2026-01-02")), published: published)
        .plan(Sample.report())
      #expect(plan.othersPublished(.missing) == 4)
      #expect(plan.othersPublished(.fullRefresh) == 0)
      let kept = Sample.report { $0.retention = Retention("3 days") }
      let some = try planner(RunOptions(dates: Definition.day("2026-01-04")), published: published).plan(kept)
      #expect(some.expiring == Array(Self.days.prefix(2)))
      #expect(some.othersPublished(.missing) == 2)
    }

    @Test("expired intervals are not published, and what reads an expiring table begins with its rows")
    func expired() throws {
      let kept = Sample.report { $0.retention = Retention("3 days") }
      let entries = Self.days.map { ($0, $0 < Self.days[2] ? IntervalState.expired : .confirmed) }
      let plan = try planner(published: entries).plan(kept)
      #expect(plan.intervals.isEmpty && plan.expiring.isEmpty)
      #expect(plan.published == Set(Self.days.suffix(3)))
      let reader = Sample.report("reader", reads: ["sale"])
      let graph = DependencyGraph([kept, reader])
      #expect(
        text(try planner(graph: graph).plan(reader)) == "03 04 05 | 1 portions, 3 reads | again  | later 0")
    }
  }
}
