import ReportModel

/// What one attempt reads, stages and publishes together.
package struct Portion: Hashable, Sendable {
  /// In the order of time; each is one query on the replica.
  package var spans: [Span]
  /// The rows replace everything that is published, not only the intervals' own.
  package var replacesAll: Bool
  /// With `replacesAll`, intervals whose rows stay: earlier portions published them, or they can no longer be computed.
  package var keeping: [Interval] = []
  /// The table's columns change, too: it is published whole or not at all.
  package var isRebuild = false

  package init(spans: [Span], replacesAll: Bool, keeping: [Interval] = [], isRebuild: Bool = false) {
    self.spans = spans
    self.replacesAll = replacesAll
    self.keeping = keeping
    self.isRebuild = isRebuild
  }

  /// Of all spans, in the order of time; empty for the whole of a report.
  package var intervals: [Interval] { spans.flatMap(\.intervals) }

  /// From the first start to the last end; nil for the whole of a report.
  package var bounds: Interval? {
    let intervals = intervals
    guard let first = intervals.first, let last = intervals.last else { return nil }
    return Interval(start: first.start, end: last.end)
  }

  /// The intervals in two portions; nil for a single interval or the whole of a report.
  ///
  /// Neither replaces more than its own intervals: what is published of the other's has to stay.
  package func halves(of report: Report) -> [Portion]? {
    let intervals = intervals
    guard intervals.count > 1 else { return nil }
    let middle = intervals.count / 2
    return [intervals[..<middle], intervals[middle...]].map { half in
      Portion(
        spans: Span.spans(of: Array(half), batch: report.materialization.batch), replacesAll: false)
    }
  }

  /// The spans that have been read, and the rest, which another attempt reads; no rest when all have been read.
  ///
  /// Only the rest may replace what lies outside of both.
  package func split(afterSpans count: Int) -> (read: Portion, rest: Portion?) {
    guard count < spans.count else { return (self, nil) }
    let read = Portion(spans: Array(spans[..<count]), replacesAll: false)
    let rest = Portion(
      spans: Array(spans[count...]), replacesAll: replacesAll,
      keeping: replacesAll ? keeping + read.intervals : [])
    return (read, rest)
  }

  /// Everything that is published, and what the run was asked for.
  package static func rebuild(of report: Report, intervals: Set<Interval>) -> Portion {
    let spans = Span.spans(of: intervals.sorted(), batch: report.materialization.batch)
    return Portion(spans: spans, replacesAll: true, isRebuild: true)
  }
}
