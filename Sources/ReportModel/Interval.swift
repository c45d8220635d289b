/// A half-open span of days `[start, end)` that one run covers; two adjacent intervals share no row.
///
/// The project's time zone decides where a day begins; in SQL the bounds take the type of the report's time column.
public struct Interval: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
  public let start: CalendarDate
  public let end: CalendarDate

  /// - Returns: nil unless `start` is before `end`.
  public init?(start: CalendarDate, end: CalendarDate) {
    guard start < end else { return nil }
    self.start = start
    self.end = end
  }

  public func contains(_ day: CalendarDate) -> Bool { start <= day && day < end }

  /// `2026-11-22..2026-11-23`.
  public var description: String { "\(start)..\(end)" }

  public static func < (left: Self, right: Self) -> Bool {
    (left.start, left.end) < (right.start, right.end)
  }
}
