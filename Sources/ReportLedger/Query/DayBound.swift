import Foundation
import ReportModel

/// The first moment of a day in a time zone, as SQL.
///
/// A literal with the zone's name says it, but for one case: where clocks go back from one o'clock to midnight (Havana,
/// the Azores), that midnight comes twice, and PostgreSQL takes the second. The first is a second after 23:59:59, which
/// comes once. The server decides in any case; what is asked here is only whether the question can arise.
enum DayBound {
  package static func timestamptz(_ day: CalendarDate, timezone: String) -> String {
    let literal = SQLQuote.literal("\(day) 00:00:00 \(timezone)") + "::timestamptz"
    guard hasTwoMidnights(day, timezone: timezone), let before = day.adding(days: -1) else { return literal }
    let last = SQLQuote.literal("\(before) 23:59:59 \(timezone)") + "::timestamptz"
    return "least(\(literal), \(last) + '1 second'::interval)"
  }

  /// Whether two moments of the zone are both the day's 00:00.
  static func hasTwoMidnights(_ day: CalendarDate, timezone: String) -> Bool {
    guard let zone = TimeZone(identifier: timezone) else { return false }
    let midnight = Date(timeIntervalSince1970: Double(day.daysSinceEpoch) * 86_400)
    let offsets = Set([-86_400, 86_400].map { zone.secondsFromGMT(for: midnight.addingTimeInterval($0)) })
    let moments = offsets.filter { offset in
      zone.secondsFromGMT(for: midnight.addingTimeInterval(Double(-offset))) == offset
    }
    return moments.count > 1
  }
}
