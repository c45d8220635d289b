/// What the text of a number shows: `-1234.50` has 5 significant digits, 2 decimals and 4 digits before the point.
struct NumberShape: Hashable {
  /// Spreadsheets compute and show that many.
  static let maxDigits = 15
  /// Of a number format.
  static let maxDecimals = 30
  /// Before the point; a greater number may be beyond a double's range.
  static let maxIntegerDigits = 300

  /// From the first digit that is not zero to the last one that is not.
  private(set) var significant = 0
  private(set) var decimals = 0
  private(set) var integerDigits = 0

  /// - Returns: nil unless the text is digits, with a sign and decimals or without.
  @inline(__always)
  init?(_ text: UnsafeBufferPointer<UInt8>) {
    var zeros = 0
    var hasPoint = false
    for (index, byte) in text.enumerated() {
      let digit = byte &- UInt8(ascii: "0")
      if digit < 10 {
        if hasPoint { decimals &+= 1 } else { integerDigits &+= 1 }
        if digit > 0 {
          significant &+= 1 &+ zeros
          zeros = 0
        } else if significant > 0 {
          zeros &+= 1
        }
      } else if byte == UInt8(ascii: "."), !hasPoint {
        hasPoint = true
      } else if byte != UInt8(ascii: "-") || index > 0 {
        return nil
      }
    }
    guard integerDigits > 0, !hasPoint || decimals > 0 else { return nil }
  }

  /// Whether a spreadsheet shows every digit.
  var isExact: Bool { significant <= Self.maxDigits && isInRange }

  /// Whether a double and a number format can take it.
  var isInRange: Bool { decimals <= Self.maxDecimals && integerDigits <= Self.maxIntegerDigits }

  /// Whether a text is a float with an exponent, `1e+20`; false for NaN and Infinity.
  static func hasExponent(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    text.contains(UInt8(ascii: "e"))
      && text.allSatisfy { byte in
        (48...57).contains(byte) || "e+-.".utf8.contains(byte)
      }
  }
}
