import ReportModel

/// Dates in people's words.
extension Language {
  /// `Sunday, 22 November 2026`.
  func long(_ date: CalendarDate) -> String { filled(.dateLong, date, weekday: .weekdays, month: .months) }

  /// `Sun`.
  func shortWeekday(_ date: CalendarDate) -> String { list(.weekdaysShort)[date.isoWeekday - 1] }

  /// `Nov`, from 1 to 12.
  func shortMonth(_ month: Int) -> String { list(.monthsShort)[month - 1] }

  /// `22 Nov`.
  func dayMonth(_ date: CalendarDate) -> String {
    filled(.dayMonth, date, weekday: .weekdaysShort, month: .monthsShort)
  }

  /// In digits: `2026-11-22`.
  func digits(_ date: CalendarDate) -> String {
    let text = date.description
    return self.text(
      .date,
      [
        "year": String(text.prefix(4)), "month": String(text.dropFirst(5).prefix(2)),
        "day": String(text.suffix(2)),
      ])
  }

  /// A text of the data, with its date as people write it when it begins with one; the time behind it stays.
  func shown(_ text: String) -> String {
    guard let date = CalendarDate(String(text.prefix(10))) else { return text }
    let rest = text.dropFirst(10)
    return rest.isEmpty || rest.first == " " || rest.first == "T" ? digits(date) + rest : text
  }

  /// `Sunday, 22 November 2026`, `November 2026`, or the first and the last day.
  func name(of interval: Interval) -> String? {
    guard let last = interval.end.adding(days: -1) else { return nil }
    if last == interval.start { return long(last) }
    if isMonth(interval) { return filled(.month, interval.start, weekday: .weekdays, month: .monthsAlone) }
    return text(.range, ["first": long(interval.start), "last": long(last)])
  }

  /// `Sun 22 Nov`, `the week of 16 Nov`, `Nov 2026`; with the year where it is not that of `other`.
  func short(_ interval: Interval, from other: Interval) -> String {
    if isMonth(interval) { return month(interval.start) }
    let hasYear = interval.start.components.year != other.start.components.year
    if interval.start.adding(days: 1) == interval.end {
      return filled(
        hasYear ? .dateShortYear : .dateShort, interval.start, weekday: .weekdaysShort, month: .monthsShort)
    }
    let date = filled(
      hasYear ? .dayMonthYear : .dayMonth, interval.start, weekday: .weekdaysShort, month: .monthsShort)
    return text(.week, ["date": date])
  }

  /// `Nov 2026`.
  func month(_ date: CalendarDate) -> String {
    filled(.monthShort, date, weekday: .weekdaysShort, month: .monthsShort)
  }

  /// `Monday, 23 November 2026, 04:30:12 MSK` for what PostgreSQL prints of a moment; another text as it is.
  func moment(_ text: String) -> String {
    guard let day = CalendarDate(String(text.prefix(10))), text.count > 11 else { return text }
    var time = String(text.dropFirst(11))
    // A zone without an abbreviation is an offset.
    if let zone = time.split(separator: " ").last, zone.first == "+" || zone.first == "-" {
      time = String(time.dropLast(zone.count)) + "UTC" + String(zone)
    }
    return filled(.moment, day, weekday: .weekdays, month: .months, time: time)
  }

  private func isMonth(_ interval: Interval) -> Bool {
    interval.start.components.day == 1 && interval.start.adding(months: 1) == interval.end
  }

  private func filled(
    _ word: Word, _ date: CalendarDate, weekday: Word, month names: Word, time: String = ""
  ) -> String {
    let (year, month, day) = date.components
    return text(
      word,
      [
        "weekday": list(weekday)[date.isoWeekday - 1], "day": "\(day)", "month": list(names)[month - 1],
        "year": "\(year)", "time": time,
      ])
  }
}
