import Foundation
import ReportModel

/// The first moment of a day in a time zone, as SQL.
///
/// Usually a literal with the zone's name. Where clocks are set back from 01:00 to 00:00 (Havana, the Azores), that
/// midnight occurs twice and PostgreSQL takes the second; the first is one second after 23:59:59, which occurs once. The
/// server computes the moment in any case; Foundation's time zones only decide whether the longer form is needed.
enum DayBound {
  static func timestamptz(_ day: CalendarDate, timezone: String) -> String {
    let literal = SQLQuote.literal("\(day) 00:00:00 \(timezone)") + "::timestamptz"
    guard hasTwoMidnights(day, timezone: timezone), let before = day.adding(days: -1) else { return literal }
    let last = SQLQuote.literal("\(before) 23:59:59 \(timezone)") + "::timestamptz"
    return "least(\(literal), \(last) + '1 second'::interval)"
  }

  /// The first of two midnights as a literal without a type, which is the day for a `date`, midnight for a `timestamp`
  /// and that moment for a `timestamptz`; nil for a day with one.
  ///
  /// PostgreSQL takes a `date` that is compared with a `timestamptz` for the second midnight.
  static func untyped(_ day: CalendarDate, timezone: String) -> String? {
    let offsets = midnightOffsets(day, timezone: timezone)
    guard offsets.count > 1, let first = offsets.max() else { return nil }
    let (sign, seconds) = (first < 0 ? "-" : "+", abs(first))
    let parts = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { ($0 < 10 ? "0" : "") + String($0) }
    return SQLQuote.literal("\(day) 00:00:00\(sign)\(parts.joined(separator: ":"))")
  }

  /// Whether two moments of the zone are both the day's 00:00.
  static func hasTwoMidnights(_ day: CalendarDate, timezone: String) -> Bool {
    midnightOffsets(day, timezone: timezone).count > 1
  }

  /// The zone's seconds from UTC at each moment that is the day's 00:00.
  private static func midnightOffsets(_ day: CalendarDate, timezone: String) -> Set<Int> {
    guard let zone = TimeZone(identifier: timezone) else { return [] }
    let midnight = Date(timeIntervalSince1970: Double(day.daysSinceEpoch) * 86_400)
    let offsets = Set([-86_400, 86_400].map { zone.secondsFromGMT(for: midnight.addingTimeInterval($0)) })
    return offsets.filter { offset in
      zone.secondsFromGMT(for: midnight.addingTimeInterval(Double(-offset))) == offset
    }
  }
}
