import ReportModel

/// Formats numbers with a narrow no-break space between thousands, which is a decimal sign in no language.
///
/// Works on the digits of the data, without conversion to a binary number: sign, digits and decimals are kept, and money
/// has at least two decimals.
enum NumberText {
  static let separator = "\u{202F}"
  private static let separatorBytes = Array(separator.utf8)

  /// - Parameters:
  ///   - format: of the column; nil changes only the decimal sign. Values that are not plain digits (`NaN`, `Infinity`,
  ///     `1e+20`) are not changed.
  ///   - decimal: stands before the fraction, where the data have a point.
  static func text(_ value: String, format: Column.Format?, decimal: String = ".") -> String {
    var value = value
    return value.withUTF8 { bytes in
      var output: [UInt8] = []
      append(bytes, format: format, decimal: Array(decimal.utf8), to: &output)
      return String(decoding: output, as: UTF8.self)
    }
  }

  static func text(_ number: Int) -> String { text(String(number), format: .integer) }

  static func append(
    _ bytes: UnsafeBufferPointer<UInt8>, format: Column.Format?, decimal: [UInt8], to output: inout [UInt8]
  ) {
    guard format.map(isNumeric) ?? true, let digits = integerDigits(of: bytes) else {
      output.append(contentsOf: bytes)
      return
    }
    if digits.count <= 3 || format == nil {
      output.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[..<digits.upperBound]))
    } else {
      output.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[..<digits.lowerBound]))
      var left = digits.count
      for index in digits {
        if left % 3 == 0, index > digits.lowerBound { output.append(contentsOf: separatorBytes) }
        output.append(bytes[index])
        left -= 1
      }
    }
    var decimals = bytes.count - digits.upperBound - 1
    if decimals > 0 {
      output.append(contentsOf: decimal)
      output.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[(digits.upperBound + 1)...]))
    } else {
      decimals = 0
    }
    if format == .money, decimals < 2 {
      if decimals == 0 { output.append(contentsOf: decimal) }
      for _ in decimals..<2 { output.append(UInt8(ascii: "0")) }
    }
    if format == .percent { output.append(contentsOf: "\u{202F}%".utf8) }
  }

  /// Whether a value has nothing that markup would have to escape.
  static func isPlain(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    bytes.allSatisfy { $0 > 0x2A && $0 < 0x7F && $0 != UInt8(ascii: "<") && $0 != UInt8(ascii: ">") }
  }

  static func isNumeric(_ format: Column.Format) -> Bool {
    switch format {
    case .integer, .number, .money, .percent: true
    case .text, .date: false
    }
  }

  /// The range of the digits before the point; nil unless the value has the form `-123.45`, sign and decimals optional.
  private static func integerDigits(of bytes: UnsafeBufferPointer<UInt8>) -> Range<Int>? {
    let start = bytes.first == UInt8(ascii: "-") ? 1 : 0
    var end = start
    while end < bytes.count, isDigit(bytes[end]) { end += 1 }
    guard end > start else { return nil }
    if end == bytes.count { return start..<end }
    guard bytes[end] == UInt8(ascii: "."), bytes[(end + 1)...].allSatisfy(isDigit) else { return nil }
    return start..<end
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}

extension Language {
  /// A number of the data by the format of its column.
  func number(_ value: String, _ format: Column.Format?) -> String {
    NumberText.text(value, format: format, decimal: self[.decimal])
  }
}
