import ReportModel

/// `1 row`, `2 rows`.
package func counted(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

extension Period {
  /// `2026-11-22`, or the first and the last of several: `2026-11-20..2026-11-22`.
  package func names(of intervals: [Interval]) -> String? {
    guard let first = intervals.first, let last = intervals.last else { return nil }
    return first == last ? name(of: first) : "\(name(of: first))..\(name(of: last))"
  }

  /// Each span of neighbours by itself, `2026-11-20..2026-11-22, 2026-11-25`, and how many more there are.
  ///
  /// - Parameter intervals: in the order of time.
  package func list(of intervals: [Interval], maxSpans: Int = 5) -> String {
    let spans = Span.spans(of: intervals, batch: .max)
    let shown = spans.prefix(maxSpans).compactMap { names(of: $0.intervals) }
    let more = spans.dropFirst(maxSpans).map(\.intervals.count).reduce(0, +)
    return (shown + (more > 0 ? ["and \(more) more"] : [])).joined(separator: ", ")
  }
}
