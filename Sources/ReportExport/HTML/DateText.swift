import ReportModel

/// Dates in people's words.
enum DateText {
  static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November",
    "December",
  ]
  static let shortMonths = months.map { String($0.prefix(3)) }
  static let weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

  /// `Sunday, 22 November 2026`.
  static func long(_ date: CalendarDate) -> String {
    let (year, month, day) = date.components
    return "\(weekdays[date.isoWeekday - 1]), \(day) \(months[month - 1]) \(year)"
  }

  /// `Sun`.
  static func shortWeekday(_ date: CalendarDate) -> String { String(weekdays[date.isoWeekday - 1].prefix(3)) }

  /// `Sun 22 Nov`, `the week of 16 Nov`, `Nov 2026`; with the year where it is not that of `other`.
  static func short(_ interval: Interval, from other: Interval) -> String {
    let (year, month, day) = interval.start.components
    let isMonth = day == 1 && interval.start.adding(months: 1) == interval.end
    if isMonth { return "\(shortMonths[month - 1]) \(year)" }
    let suffix = year == other.start.components.year ? "" : " \(year)"
    let date = "\(day) \(shortMonths[month - 1])\(suffix)"
    return interval.start.adding(days: 1) == interval.end
      ? "\(shortWeekday(interval.start)) \(date)" : "the week of \(date)"
  }

  /// `Monday, 23 November 2026, 04:30:12 MSK` for what PostgreSQL prints of a moment; another text as it is.
  static func moment(_ text: String) -> String {
    guard let day = CalendarDate(String(text.prefix(10))), text.count > 11 else { return text }
    return "\(long(day)), \(text.dropFirst(11))"
  }
}
