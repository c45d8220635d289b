import ReportModel

/// Formats numbers with a narrow no-break space between thousands, which is a decimal sign in no language.
///
/// Works on the digits of the data, without conversion to a binary number: sign, digits and decimals are kept.
enum NumberText {
  static let separator = "\u{202F}"

  /// - Parameter format: of the column. Values that are not plain digits (`NaN`, `Infinity`, `1e+20`) are not changed.
  static func text(_ value: String, format: Column.Format?) -> String {
    var value = value
    return value.withUTF8 { bytes in
      var output: [UInt8] = []
      append(bytes, format: format, to: &output)
      return String(decoding: output, as: UTF8.self)
    }
  }

  static func text(_ number: Int) -> String { text(String(number), format: .integer) }

  static func append(_ bytes: UnsafeBufferPointer<UInt8>, format: Column.Format?, to output: inout [UInt8]) {
    guard format.map(isNumeric) ?? false, let digits = integerDigits(of: bytes) else {
      output.append(contentsOf: bytes)
      return
    }
    output.append(contentsOf: bytes[..<digits.lowerBound])
    for index in digits {
      if index > digits.lowerBound, (digits.upperBound - index) % 3 == 0 {
        output.append(contentsOf: separator.utf8)
      }
      output.append(bytes[index])
    }
    output.append(contentsOf: bytes[digits.upperBound...])
    if format == .percent { output.append(contentsOf: "\u{202F}%".utf8) }
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
