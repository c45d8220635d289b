import ReportModel

/// Neighbouring intervals that one query computes at once; nil bounds for a report without a period.
struct Span: Hashable, Sendable {
  /// In the order of time, without gaps; empty for the whole of a report.
  var intervals: [Interval]

  static let whole = Span(intervals: [])

  var bounds: Interval? {
    guard let first = intervals.first, let last = intervals.last else { return nil }
    return Interval(start: first.start, end: last.end)
  }

  /// Cuts sorted intervals into runs of neighbours, each of at most `batch` intervals.
  static func spans(of intervals: [Interval], batch: Int) -> [Span] {
    var spans: [Span] = []
    for interval in intervals {
      if let last = spans.last, last.intervals.count < batch, last.bounds?.end == interval.start {
        spans[spans.count - 1].intervals.append(interval)
      } else {
        spans.append(Span(intervals: [interval]))
      }
    }
    return spans
  }
}

/// What one attempt reads, stages and publishes together.
struct Portion: Hashable, Sendable {
  var spans: [Span]
  /// The rows replace everything that is published, not only the intervals' own.
  var replacesAll: Bool
  /// Intervals whose rows stay all the same: earlier portions brought them, or they cannot be computed any more.
  var keeping: [Interval] = []
  /// The columns of the table change with its rows: it is published whole or not at all.
  var isRebuild = false

  var intervals: [Interval] { spans.flatMap(\.intervals) }

  /// From the first start to the last end; nil for the whole of a report.
  var bounds: Interval? {
    let intervals = intervals
    guard let first = intervals.first, let last = intervals.last else { return nil }
    return Interval(start: first.start, end: last.end)
  }

  /// The intervals in two portions; nil for a single interval or the whole of a report.
  ///
  /// Neither replaces more than its own intervals: what is published of the other's has to stay.
  func halves(of report: Report) -> [Portion]? {
    let intervals = intervals
    guard intervals.count > 1 else { return nil }
    let middle = intervals.count / 2
    return [intervals[..<middle], intervals[middle...]].map { half in
      Portion(
        spans: Span.spans(of: Array(half), batch: report.materialization.batch), replacesAll: false)
    }
  }

  /// What has been read of it so far, and the rest, which another attempt reads.
  ///
  /// Only the rest may replace what lies outside of both.
  func split(afterSpans count: Int) -> (read: Portion, rest: Portion?) {
    guard count < spans.count else { return (self, nil) }
    let read = Portion(spans: Array(spans[..<count]), replacesAll: false)
    let rest = Portion(
      spans: Array(spans[count...]), replacesAll: replacesAll,
      keeping: replacesAll ? keeping + read.intervals : [])
    return (read, rest)
  }

  /// Everything that is published, and what the run was asked for.
  static func rebuild(of report: Report, intervals: Set<Interval>) -> Portion {
    let spans = Span.spans(of: intervals.sorted(), batch: report.materialization.batch)
    return Portion(spans: spans, replacesAll: true, isRebuild: true)
  }

  /// A time column tells the intervals' rows apart in one staging table; without it each interval goes alone.
  ///
  /// - Parameter isApart: each interval goes alone in any case, since each gets files of its own from what is staged.
  static func portions(of plan: IntervalPlan, report: Report, fullRefresh: Bool, isApart: Bool = false)
    -> [Portion]
  {
    if plan.isWhole { return [Portion(spans: [.whole], replacesAll: true)] }
    if plan.intervals.isEmpty { return [] }
    let materialization = report.materialization
    let isSeparable = materialization.kind == .incremental || materialization.kind == .append
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
