import ReportModel

/// Neighbouring intervals that one query computes at once; nil bounds for a report without a period.
package struct Span: Hashable, Sendable {
  /// In the order of time, without gaps; empty for the whole of a report.
  package var intervals: [Interval]

  package init(intervals: [Interval]) {
    self.intervals = intervals
  }

  /// Of a report without a period.
  package static let whole = Span(intervals: [])

  /// Nil for the whole of a report.
  package var bounds: Interval? {
    guard let first = intervals.first, let last = intervals.last else { return nil }
    return Interval(start: first.start, end: last.end)
  }

  /// Cuts sorted intervals into runs of neighbours, each of at most `batch` intervals.
  package static func spans(of intervals: [Interval], batch: Int) -> [Span] {
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
