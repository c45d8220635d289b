/// A date, a time of day or both, as the number that spreadsheets keep of it: days since 1899-12-30.
///
/// Before March 1900 their calendars differ from each other and from ours, after 9999 they end, and they show no more than
/// milliseconds; PostgreSQL's other values have no number.
struct MomentValue: Hashable {
  enum Kind: Hashable {
    case date, time, timestamp
  }

  let kind: Kind
  /// Of the local date, since 1970-01-01; 0 for a time of day.
  let day: Int
  /// Of the local day.
  let milliseconds: Int
  /// Of the time zone, in seconds; nil for none.
  let offset: Int?

  static let firstDay = -25_508  // 1900-03-01
  static let lastDay = 2_932_896  // 9999-12-31

  /// - Parameter text: as PostgreSQL writes it with `DateStyle` ISO.
  /// - Returns: nil for infinity, a year before Christ, a time of day with a zone, and what a spreadsheet cannot hold.
  init?(_ text: UnsafeBufferPointer<UInt8>) {
    var rest = Scanner(text)
    if text.count > 2, text[2] == UInt8(ascii: ":") {
      guard let time = rest.time(), rest.isAtEnd, time < 86_400_000 else { return nil }
      (kind, day, milliseconds, offset) = (.time, 0, time, nil)
      return
    }
    guard let day = rest.date(), (Self.firstDay...Self.lastDay).contains(day) else { return nil }
    self.day = day
    if rest.isAtEnd {
      (kind, milliseconds, offset) = (.date, 0, nil)
      return
    }
    guard rest.skip(UInt8(ascii: " ")), let time = rest.time() else { return nil }
    (kind, milliseconds) = (.timestamp, time)
    if rest.isAtEnd {
      offset = nil
    } else {
      guard let offset = rest.offset(), rest.isAtEnd else { return nil }
      self.offset = offset
    }
  }

  /// Whether milliseconds are shown.
  var hasFraction: Bool { milliseconds % 1000 != 0 }

  /// Seconds of the local time since 1970-01-01 00:00.
  var localSeconds: Int { day * 86_400 + milliseconds / 1000 }

  var wholeDays: Int { kind == .time ? 0 : day + 25_569 }

  var serial: Double { Double(wholeDays) + Double(milliseconds) / 86_400_000 }

  private struct Scanner {
    private let text: UnsafeBufferPointer<UInt8>
    private var index = 0

    init(_ text: UnsafeBufferPointer<UInt8>) { self.text = text }

    var isAtEnd: Bool { index == text.count }

    mutating func skip(_ byte: UInt8) -> Bool {
      guard index < text.count, text[index] == byte else { return false }
      index += 1
      return true
    }

    mutating func digits(_ count: Int) -> Int? {
      guard index + count <= text.count else { return nil }
      var number = 0
      for _ in 0..<count {
        let digit = text[index] &- UInt8(ascii: "0")
        guard digit < 10 else { return nil }
        number = number * 10 + Int(digit)
        index += 1
      }
      return number
    }

    /// - Returns: days since 1970-01-01.
    mutating func date() -> Int? {
      guard let year = digits(4), skip(UInt8(ascii: "-")), let month = digits(2), skip(UInt8(ascii: "-")),
        let day = digits(2)
      else { return nil }
      let shifted = month > 2 ? year : year - 1
      let era = shifted / 400
      let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
      let yearOfEra = shifted - era * 400
      return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// - Returns: milliseconds; nil when there are finer fractions.
    mutating func time() -> Int? {
      guard let hour = digits(2), skip(UInt8(ascii: ":")), let minute = digits(2), skip(UInt8(ascii: ":")),
        let second = digits(2)
      else { return nil }
      var milliseconds = ((hour * 60 + minute) * 60 + second) * 1000
      guard skip(UInt8(ascii: ".")) else { return milliseconds }
      var weight = 100
      while index < text.count, text[index] &- UInt8(ascii: "0") < 10 {
        let digit = Int(text[index] &- UInt8(ascii: "0"))
        guard weight > 0 || digit == 0 else { return nil }
        milliseconds += digit * weight
        weight /= 10
        index += 1
      }
      return milliseconds
    }

    /// `+03`, `-03:30` or `+02:30:17`, in seconds.
    mutating func offset() -> Int? {
      let isNegative = index < text.count && text[index] == UInt8(ascii: "-")
      guard isNegative || (index < text.count && text[index] == UInt8(ascii: "+")) else { return nil }
      index += 1
      guard var seconds = digits(2).map({ $0 * 3600 }) else { return nil }
      for weight in [60, 1] where skip(UInt8(ascii: ":")) {
        guard let part = digits(2) else { return nil }
        seconds += part * weight
      }
      return isNegative ? -seconds : seconds
    }
  }
}
