/// Days as people name them: `2026-11-22`, `2026-11`, `yesterday`, `last month`.
package enum DayWords: Hashable, Sendable {
  case day(CalendarDate)
  /// A calendar month.
  case month(first: CalendarDate)
  /// So many days before today; negative for none.
  case daysAgo(Int)
  /// A week from Monday, a month or a year, so many before the one that today is in.
  case ago(Unit, Int)

  package enum Unit: String, Hashable, Sendable, CaseIterable {
    case week, month, year
  }

  /// For messages and help.
  package static let examples =
    "2026-11-22, 2026-11, today, yesterday, 3 days ago, this week, last month, last year"

  /// - Returns: nil for anything else.
  package init?(_ text: String) {
    if let day = CalendarDate(text) {
      self = .day(day)
      return
    }
    if text.utf8.count == 7, let first = CalendarDate(text + "-01") {
      self = .month(first: first)
      return
    }
    let words = text.lowercased().split(omittingEmptySubsequences: false) { $0 == " " || $0 == "-" }.map(
      String.init)
    switch (words.count, words.first, words.last) {
    case (1, "today", _): self = .daysAgo(0)
    case (1, "yesterday", _): self = .daysAgo(1)
    case (2, "this", let unit?):
      guard let unit = Unit(rawValue: unit) else { return nil }
      self = .ago(unit, 0)
    case (2, "last", let unit?):
      guard let unit = Unit(rawValue: unit) else { return nil }
      self = .ago(unit, 1)
    case (3, let count?, "ago"):
      guard ["day", "days"].contains(words[1]), let count = Int(count), (0...100_000).contains(count) else {
        return nil
      }
      self = .daysAgo(count)
    default: return nil
    }
  }

  /// - Parameter today: in the project's time zone.
  /// - Returns: nil beyond the calendar.
  package func interval(today: CalendarDate) -> Interval? {
    switch self {
    case .day(let day): return Period.day.interval(containing: day)
    case .month(let first): return Period.month.interval(containing: first)
    case .daysAgo(let count): return today.adding(days: -count).flatMap(Period.day.interval)
    case .ago(.week, let count):
      return today.adding(days: -7 * count).flatMap(Period.week.interval)
    case .ago(.month, let count):
      return Period.month.interval(containing: today)?.start.adding(months: -count).flatMap(
        Period.month.interval)
    case .ago(.year, let count):
      let year = today.components.year - count
      guard let start = CalendarDate(year: year, month: 1, day: 1),
        let end = CalendarDate(year: year + 1, month: 1, day: 1)
      else { return nil }
      return Interval(start: start, end: end)
    }
  }
}
