import ReportModel

/// Which days the caller asked for.
package enum DateSelection: Hashable, Sendable {
  /// Every missing interval up to the last closed one, and the lookback.
  case missing
  /// The interval that contains the day, published or not.
  case day(CalendarDate)
  /// Every interval that shares a day with `[from, to)`; without `to`, up to the last closed one.
  case range(from: CalendarDate, to: CalendarDate?)
  /// Everything since the report's start.
  case fullRefresh
  /// The last closed interval, published or not.
  case newest
  /// As `missing`, and every published interval of an older definition that meant something else.
  case restate
}

extension DateSelection {
  /// Whether a published interval is meant; the whole of a report always is.
  package func chooses(_ interval: Interval?) -> Bool {
    guard let interval else { return true }
    switch self {
    case .missing, .fullRefresh, .newest, .restate: return true
    case .day(let day): return interval.contains(day)
    case .range(let from, let to): return interval.end > from && (to.map { interval.start < $0 } ?? true)
    }
  }
}
