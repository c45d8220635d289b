import ReportModel

/// `1 row`, `2 rows`.
package func counted(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

extension Period {
  /// `2026-11-22`, or the first and the last of several: `2026-11-20..2026-11-22`.
  package func names(of intervals: [Interval]) -> String? {
    guard let first = intervals.first, let last = intervals.last else { return nil }
    return first == last ? name(of: first) : "\(name(of: first))..\(name(of: last))"
  }
}
