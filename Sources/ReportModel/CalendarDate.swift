/// A day of the proleptic Gregorian calendar, without a time zone; what PostgreSQL calls `date`.
///
/// Years 1 to 9999, so that every value has ten characters, sorts as text and names a folder.
package struct CalendarDate: Hashable, Comparable, Sendable, Codable, LosslessStringConvertible {
  /// Days since 1970-01-01; negative before it.
  package let daysSinceEpoch: Int

  static let bounds = -719_162...2_932_896

  /// - Returns: nil outside of the years 1 to 9999.
  package init?(daysSinceEpoch: Int) {
    guard Self.bounds.contains(daysSinceEpoch) else { return nil }
    self.daysSinceEpoch = daysSinceEpoch
  }

  /// - Returns: nil when there is no such day, as for 2026-02-30.
  package init?(year: Int, month: Int, day: Int) {
    guard (1...9999).contains(year), (1...12).contains(month), (1...31).contains(day) else { return nil }
    // Days of the civil calendar: years begin in March, so that the leap day is the last one.
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = shiftedYear / 400
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    self.daysSinceEpoch = era * 146_097 + dayOfEra - 719_468
    guard components == (year, month, day) else { return nil }
  }

  /// Reads `2026-11-22`, exactly ten characters.
  package init?(_ description: String) {
    let bytes = Array(description.utf8)
    guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-") else { return nil }
    func number(_ range: Range<Int>) -> Int? {
      var value = 0
      for byte in bytes[range] {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
        value = value * 10 + Int(byte - UInt8(ascii: "0"))
      }
      return value
    }
    guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10) else { return nil }
    self.init(year: year, month: month, day: day)
  }

  /// Year (1 to 9999), month (1 to 12) and day of the month.
  package var components: (year: Int, month: Int, day: Int) {
    CivilDay.components(daysSinceEpoch: daysSinceEpoch)
  }

  /// 1 is Monday, 7 is Sunday, as in ISO 8601.
  package var isoWeekday: Int { ((daysSinceEpoch + 3) % 7 + 7) % 7 + 1 }

  /// - Returns: nil past the end of the calendar.
  package func adding(days: Int) -> CalendarDate? { CalendarDate(daysSinceEpoch: daysSinceEpoch + days) }

  /// The same day of another month, or that month's last day where it is shorter.
  ///
  /// - Returns: nil past the ends of the calendar.
  package func adding(months: Int) -> CalendarDate? {
    let (year, month, day) = components
    let index = year * 12 + month - 1 + months
    guard index >= 12 else { return nil }
    let (newYear, newMonth) = (index / 12, index % 12 + 1)
    return (0..<4).lazy.compactMap {
      CalendarDate(year: newYear, month: newMonth, day: day - $0)
    }.first
  }

  /// `2026-11-22`.
  package var description: String {
    let (year, month, day) = components
    return padded(year, 4) + "-" + padded(month, 2) + "-" + padded(day, 2)
  }

  package static func < (left: Self, right: Self) -> Bool { left.daysSinceEpoch < right.daysSinceEpoch }

  /// Decodes the text of `description`; throws `DecodingError.dataCorrupted` for any other text.
  package init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let value = CalendarDate(text) else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "\"\(text)\" is not a date"))
    }
    self = value
  }

  /// Encodes the text of `description`.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

/// The calendar's arithmetic, for any year; year 0 is 1 BC.
package enum CivilDay {
  /// Year (0 and negative before Christ), month (1 to 12) and day of the month of any day.
  package static func components(daysSinceEpoch: Int) -> (year: Int, month: Int, day: Int) {
    // From 0000-03-01: years begin in March, so that the leap day is the last one.
    let shifted = daysSinceEpoch + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let quarters = UInt32(truncatingIfNeeded: shifted - era * 146_097) * 4 + 3
    let century = quarters / 146_097
    let quartersOfCentury = quarters % 146_097 | 3
    let dayOfYear = quartersOfCentury % 1461 / 4
    // Months have 30.6 days on average: 65,536 / 2,141.
    let months = 2141 * dayOfYear + 197_913
    let month = Int(months >> 16)
    let year = era * 400 + Int(century * 100 + quartersOfCentury / 1461)
    let isNextYear = month > 12
    return (isNextYear ? year + 1 : year, isNextYear ? month - 12 : month, Int((months & 0xFFFF) / 2141) + 1)
  }
}

private func padded(_ number: Int, _ width: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
