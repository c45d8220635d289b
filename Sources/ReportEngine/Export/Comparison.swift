import ReportModel

/// Which earlier interval the sums of a page are compared with. Pure.
enum Comparison {
  /// - Returns: nil without intervals, for `none`, and at the beginning of the calendar.
  static func interval(_ compare: HTMLSettings.Totals.Compare, of own: Interval, period: Period) -> Interval?
  {
    let day: CalendarDate? =
      switch compare {
      case .none: nil
      case .previous: own.start.adding(days: -1)
      case .weekday: own.start.adding(days: -7)
      // A week has no day of a year before: 52 weeks earlier begins on the same weekday.
      case .year: period == .week ? own.start.adding(days: -364) : own.start.adding(months: -12)
      }
    return day.flatMap { period.interval(containing: $0) }
  }

  /// The intervals of a history, the page's own as the last one.
  static func history(of own: Interval, period: Period, length: Int) -> [Interval] {
    var found = [own]
    while found.count < length, let day = found[0].start.adding(days: -1),
      let before = period.interval(containing: day)
    {
      found.insert(before, at: 0)
    }
    return found
  }
}
