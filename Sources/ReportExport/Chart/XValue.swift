import ReportModel

/// What one text along x means.
enum XValue: Hashable {
  /// Days since 1970-01-01.
  case day(Int)
  /// Local seconds since 1970-01-01, and the offset of the time zone in seconds; 0 for a time without one.
  case moment(local: Double, offset: Double)
  case step(XStep, Int)
  case number(Double)
  /// An infinite time or number, NaN, or a day outside of the years 1 to 9999: has no place on an axis.
  case placeless
  case name

  init(_ text: String) {
    self = Self.time(text) ?? Self.step(text) ?? Self.number(text) ?? .name
  }

  /// Whether later values are newer ones, rather than begin again after a year or a week.
  var isTime: Bool {
    switch self {
    case .day, .moment, .step(.week, _), .step(.quarter, _), .step(.month, _): true
    case .step, .number, .placeless, .name: false
    }
  }

  private static func step(_ text: String) -> XValue? {
    XStep.read(text).map { .step($0.0, $0.1) }
  }

  private static func number(_ text: String) -> XValue? {
    if ["Infinity", "-Infinity", "NaN"].contains(text) { return .placeless }
    // Double also reads hexadecimal digits and "nan".
    guard text.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }), let value = Double(text) else {
      return nil
    }
    return value.isFinite && abs(value) <= 1e300 ? .number(value) : .placeless
  }

  /// Reads what PostgreSQL prints of `date`, `timestamp` and `timestamptz` with DateStyle ISO.
  private static func time(_ text: String) -> XValue? {
    if ["infinity", "-infinity"].contains(text) { return .placeless }
    let bytes = Array(text.utf8)
    guard bytes.count >= 10, bytes[0...3].allSatisfy(isDigit) else { return nil }
    if text.hasSuffix(" BC") || isBeyondYear9999(text) { return .placeless }
    guard let day = CalendarDate(String(decoding: bytes[..<10], as: UTF8.self)) else { return nil }
    if bytes.count == 10 { return .day(day.daysSinceEpoch) }
    guard bytes.count >= 16, bytes[10] == UInt8(ascii: " ") || bytes[10] == UInt8(ascii: "T"),
      let (clock, rest) = clock(bytes[11...]), let offset = offset(rest)
    else { return nil }
    return .moment(local: Double(day.daysSinceEpoch) * 86_400 + clock, offset: offset)
  }

  /// `10000-01-01` and later, with or without a time.
  private static func isBeyondYear9999(_ text: String) -> Bool {
    let date = text.prefix { $0 != " " }
    let parts = date.split(separator: "-", omittingEmptySubsequences: false)
    return parts.count == 3 && parts[0].count > 4 && parts.allSatisfy { $0.utf8.allSatisfy(isDigit) }
  }

  /// `10:30`, `10:30:00` or `10:30:00.25` in seconds, and what follows it.
  private static func clock(_ bytes: ArraySlice<UInt8>) -> (Double, ArraySlice<UInt8>)? {
    let time = bytes.prefix { isDigit($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") }
    let parts = String(decoding: time, as: UTF8.self).split(separator: ":", omittingEmptySubsequences: false)
    guard (2...3).contains(parts.count), let hour = Int(parts[0]), let minute = Int(parts[1]),
      let second = parts.count == 3 ? Double(parts[2]) : 0
    else { return nil }
    return (Double(hour * 3600 + minute * 60) + second, bytes[time.endIndex...])
  }

  /// `+03`, `-03:30` or nothing, in seconds.
  private static func offset(_ bytes: ArraySlice<UInt8>) -> Double? {
    guard let sign = bytes.first else { return 0 }
    guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { return nil }
    let parts = String(decoding: bytes.dropFirst(), as: UTF8.self).split(separator: ":").map { Int($0) }
    guard (1...3).contains(parts.count), parts.allSatisfy({ $0 != nil }) else { return nil }
    let seconds = zip(parts, [3600, 60, 1]).reduce(0) { $0 + $1.0! * $1.1 }
    return Double(sign == UInt8(ascii: "-") ? -seconds : seconds)
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}
