/// A half-open span of days `[start, end)` that one run covers; two adjacent intervals share no row.
///
/// The project's time zone decides where a day begins; in SQL the bounds take the type of the report's time column.
package struct Interval: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
  /// The first day in it.
  package let start: CalendarDate
  /// The first day after it.
  package let end: CalendarDate

  /// - Returns: nil unless `start` is before `end`.
  package init?(start: CalendarDate, end: CalendarDate) {
    guard start < end else { return nil }
    self.start = start
    self.end = end
  }

  /// Whether the day lies in `[start, end)`.
  package func contains(_ day: CalendarDate) -> Bool { start <= day && day < end }

  /// `2026-11-22..2026-11-23`.
  package var description: String { "\(start)..\(end)" }

  /// By start, then by end.
  package static func < (left: Self, right: Self) -> Bool {
    (left.start, left.end) < (right.start, right.end)
  }
}
