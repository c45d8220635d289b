/// How far back the intervals of a report are kept: `3 years`, `90 days`.
package struct Retention: Hashable, Sendable, LosslessStringConvertible {
  /// The word behind the number, in the singular.
  package enum Unit: String, Hashable, Sendable, CaseIterable {
    case day, week, month, year
  }

  static let maxCount = 10_000

  /// From 1 to `maxCount`.
  package let count: Int
  package let unit: Unit

  /// - Returns: nil unless `count` is from 1 to `maxCount`.
  package init?(_ count: Int, _ unit: Unit) {
    guard (1...Self.maxCount).contains(count) else { return nil }
    self.count = count
    self.unit = unit
  }

  /// Reads `1 year` and `3 years`: a number, one space, a unit.
  package init?(_ description: String) {
    let parts = description.split(separator: " ", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let count = Int(parts[0]),
      let unit = Unit(rawValue: String(parts[1].hasSuffix("s") ? parts[1].dropLast() : parts[1]))
    else { return nil }
    self.init(count, unit)
  }

  /// `1 year`, `90 days`: what `init(_:)` reads.
  package var description: String { "\(count) \(unit.rawValue)\(count == 1 ? "" : "s")" }

  /// The first day that is kept when the last closed interval ends before `end`.
  ///
  /// Months and years end on the last day of a shorter month, as PostgreSQL's intervals do.
  /// - Returns: nil before the beginning of the calendar: everything is kept.
  package func firstDay(before end: CalendarDate) -> CalendarDate? {
    switch unit {
    case .day: end.adding(days: -count)
    case .week: end.adding(days: -7 * count)
    case .month: end.adding(months: -count)
    case .year: end.adding(months: -12 * count)
    }
  }
}
