import ReportModel

/// Columns of equal width, two spaces apart; the first row is the head.
public func textTable(_ rows: [[String]]) -> String {
  guard let columns = rows.first?.count else { return "" }
  let widths = (0..<columns).map { column in rows.map { $0[column].count }.max() ?? 0 }
  return rows.map { row in
    let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
    let line = cells.joined(separator: "  ")
    return String(line[..<(line.lastIndex { $0 != " " }.map(line.index(after:)) ?? line.startIndex)])
  }.joined(separator: "\n")
}

/// `1 row`, `2 rows`.
public func counted(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

extension Period {
  /// `2026-11-22`, or the first and the last of several: `2026-11-20..2026-11-22`.
  func names(of intervals: [Interval]) -> String? {
    guard let first = intervals.first, let last = intervals.last else { return nil }
    return first == last ? name(of: first) : "\(name(of: first))..\(name(of: last))"
  }
}
