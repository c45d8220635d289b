import ReportLedger
import ReportModel

extension Portion {
  /// A time column tells the intervals' rows apart in one staging table; without it each interval goes alone. So does
  /// each one of a `merge` whose key can come again in a later interval, which then has to win.
  ///
  /// - Parameter isApart: each interval goes alone in any case, since each gets files of its own from what is staged.
  package static func portions(
    of plan: IntervalPlan, report: Report, fullRefresh: Bool, isApart: Bool = false
  )
    -> [Portion]
  {
    if plan.isWhole { return [Portion(spans: [.whole], replacesAll: true)] }
    if plan.intervals.isEmpty { return [] }
    let materialization = report.materialization
    let isSeparable =
      [.incremental, .append].contains(materialization.kind) || materialization.mergesIntervalsApart
    let spans = Span.spans(of: plan.intervals, batch: isApart ? 1 : materialization.batch)
    if isSeparable, !isApart, materialization.timeColumn != nil {
      let replacesAll = fullRefresh && materialization.kind == .incremental
      return [
        Portion(spans: spans, replacesAll: replacesAll, keeping: replacesAll ? plan.unreadable : [])
      ]
    }
    return spans.map { Portion(spans: [$0], replacesAll: materialization.kind == .table) }
  }
}

extension Materialization {
  /// A `merge` whose key has the time column: no key comes in two intervals.
  var mergesIntervalsApart: Bool {
    kind == .merge && (timeColumn.map(uniqueKey.contains) ?? false)
  }
}
