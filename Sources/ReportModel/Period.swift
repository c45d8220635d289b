/// The step in which a report's intervals follow each other.
package enum Period: String, Hashable, Sendable, Codable, CaseIterable {
  case day, week, month
  /// The report has no intervals: each run computes the whole of it.
  case none

  /// The interval that contains a day; a week begins on Monday.
  ///
  /// - Returns: nil for `none`, and at the very end of the calendar.
  package func interval(containing day: CalendarDate) -> Interval? {
    switch self {
    case .none:
      return nil
    case .day:
      guard let end = day.adding(days: 1) else { return nil }
      return Interval(start: day, end: end)
    case .week:
      guard let start = day.adding(days: 1 - day.isoWeekday), let end = start.adding(days: 7) else {
        return nil
      }
      return Interval(start: start, end: end)
    case .month:
      let (year, month, _) = day.components
      let next = month == 12 ? (year + 1, 1) : (year, month + 1)
      guard let start = CalendarDate(year: year, month: month, day: 1),
        let end = CalendarDate(year: next.0, month: next.1, day: 1)
      else { return nil }
      return Interval(start: start, end: end)
    }
  }

  /// Every interval that lies wholly inside `[first, end)` once `first` is moved back to the start of its interval.
  package func intervals(from first: CalendarDate, to end: CalendarDate) -> [Interval] {
    var found: [Interval] = []
    var next = interval(containing: first)
    while let interval = next, interval.end <= end {
      found.append(interval)
      next = self.interval(containing: interval.end)
    }
    return found
  }

  /// The interval's name in folders and messages: `2026-11-22`, `2026-11-16` (the Monday of a week), `2026-11`.
  package func name(of interval: Interval) -> String {
    self == .month ? String(interval.start.description.prefix(7)) : interval.start.description
  }
}
