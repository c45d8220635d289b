import ReportModel
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

extension WithoutServer {
  @Suite struct PortionTests {
    static let intervals = Sample.days("2026-01-01", "2026-01-02", "2026-01-03", "2026-01-05", "2026-01-06")

    private func text(_ portions: [Portion]) -> [String] {
      portions.map { portion in
        portion.spans.map { $0.bounds?.description ?? "whole" }.joined(separator: ", ")
          + (portion.replacesAll ? " replaces all" : "")
      }
    }

    @Test("neighbours are read at once, as many as the batch allows; a gap begins a new span")
    func spans() {
      let bounds = { (batch: Int) in
        Span.spans(of: Self.intervals, batch: batch).map { $0.bounds?.description ?? "" }
      }
      #expect(bounds(31) == ["2026-01-01..2026-01-04", "2026-01-05..2026-01-07"])
      #expect(bounds(2) == ["2026-01-01..2026-01-03", "2026-01-03..2026-01-04", "2026-01-05..2026-01-07"])
      #expect(bounds(1).count == 5)
      #expect(Span.spans(of: [], batch: 5) == [])
      #expect(Span.whole.bounds == nil)
    }

    @Test("intervals that a time column tells apart are published together, others one by one")
    func portions() {
      let plan = IntervalPlan(intervals: Array(Self.intervals.prefix(2)), isWhole: false, leftForLater: 0)
      func portions(_ kind: Materialization.Kind, refresh: Bool = false) -> [String] {
        text(Portion.portions(of: plan, report: Sample.report("sale", kind), fullRefresh: refresh))
      }
      let days = ["2026-01-01..2026-01-02", "2026-01-02..2026-01-03"]
      #expect(portions(.incremental) == [days.joined(separator: ", ")])
      #expect(portions(.incremental, refresh: true) == [days.joined(separator: ", ") + " replaces all"])
      #expect(portions(.append, refresh: true) == [days.joined(separator: ", ")])
      #expect(portions(.merge) == days)
      #expect(portions(.none) == days)
      #expect(portions(.table) == days.map { $0 + " replaces all" })
    }

    @Test("the whole of a report is one portion, and nothing is none")
    func wholeAndNothing() {
      let report = Sample.report("sale", .table, period: .none)
      #expect(
        text(Portion.portions(of: .whole, report: report, fullRefresh: false)) == ["whole replaces all"])
      let nothing = IntervalPlan(intervals: [], isWhole: false, leftForLater: 3)
      #expect(Portion.portions(of: nothing, report: report, fullRefresh: false) == [])
    }

    @Test("halves hold each interval once and replace no more than their own")
    func halves() throws {
      let report = Sample.report { $0.batch = 31 }
      let plan = IntervalPlan(intervals: Self.intervals, isWhole: false, leftForLater: 0)
      let portion = try #require(Portion.portions(of: plan, report: report, fullRefresh: true).first)
      let halves = try #require(portion.halves(of: report))
      #expect(text(halves) == ["2026-01-01..2026-01-03", "2026-01-03..2026-01-04, 2026-01-05..2026-01-07"])
      #expect(halves.flatMap(\.intervals) == Self.intervals)
      let single = Portion(spans: [Span(intervals: [Self.intervals[0]])], replacesAll: false)
      #expect(single.halves(of: report) == nil)
      #expect(Portion(spans: [.whole], replacesAll: true).halves(of: report) == nil)
    }

    @Test("what was read is published, and the rest keeps it")
    func split() throws {
      let plan = IntervalPlan(intervals: Self.intervals, isWhole: false, leftForLater: 0)
      let report = Sample.report { $0.batch = 2 }
      let all = try #require(Portion.portions(of: plan, report: report, fullRefresh: true).first)
      let (first, later) = all.split(afterSpans: 1)
      let rest = try #require(later)
      #expect(text([first]) == ["2026-01-01..2026-01-03"])
      #expect(text([rest]) == ["2026-01-03..2026-01-04, 2026-01-05..2026-01-07 replaces all"])
      #expect(rest.keeping == first.intervals)
      let (second, last) = rest.split(afterSpans: 1)
      #expect(try #require(last).keeping == first.intervals + second.intervals)
      #expect(all.split(afterSpans: 3) == (all, nil))
      let plain = try #require(Portion.portions(of: plan, report: report, fullRefresh: false).first)
      #expect(plain.split(afterSpans: 2).rest?.keeping == [])
      #expect(plain.split(afterSpans: 2).rest?.replacesAll == false)
    }

    @Test("a full refresh keeps what cannot be computed any more")
    func unreadable() throws {
      let plan = IntervalPlan(
        intervals: Array(Self.intervals.suffix(2)), isWhole: false, leftForLater: 0,
        unreadable: [Self.intervals[0]])
      let report = Sample.report()
      #expect(
        Portion.portions(of: plan, report: report, fullRefresh: true).map(\.keeping) == [[Self.intervals[0]]])
      #expect(Portion.portions(of: plan, report: report, fullRefresh: false).map(\.keeping) == [[]])
    }

    @Test(
      "a portion ends with the read that reaches a limit",
      arguments: [(9, 9, false), (10, 0, true), (11, 0, true), (0, 59, false), (0, 60, true)])
    func limit(_ rows: Int, _ seconds: Int, _ isReached: Bool) {
      let limit = PortionLimit(rows: 10, duration: .seconds(60))
      #expect(limit.isReached(rows: rows, after: .seconds(seconds)) == isReached)
    }
  }
}
