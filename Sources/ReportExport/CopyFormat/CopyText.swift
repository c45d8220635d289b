/// Rows without the expected shape: the stream was truncated, or has other columns.
package enum CopyTextError: Error, Hashable, CustomStringConvertible {
  /// A row has another number of fields.
  case fieldCount(found: Int, expected: Int)
  /// A row or a value ends early.
  case truncated

  /// One lower-case line without values.
  package var description: String {
    switch self {
    case .fieldCount(let found, let expected): "a row has \(found) fields instead of \(expected)"
    case .truncated: "the last row is truncated"
    }
  }
}

/// The special bytes and escapes of COPY's text format.
enum CopyText {
  static let tab = UInt8(ascii: "\t")
  static let lineFeed = UInt8(ascii: "\n")
  static let backslash = UInt8(ascii: "\\")

  /// The byte that a backslash followed by this byte stands for.
  @inline(__always)
  static func unescaped(_ byte: UInt8) -> UInt8 {
    switch byte {
    case UInt8(ascii: "b"): 8
    case UInt8(ascii: "t"): 9
    case UInt8(ascii: "n"): 10
    case UInt8(ascii: "v"): 11
    case UInt8(ascii: "f"): 12
    case UInt8(ascii: "r"): 13
    default: byte
    }
  }

  /// The byte that follows the backslash in this byte's escape; nil when it is not escaped.
  @inline(__always)
  static func escaped(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 8: UInt8(ascii: "b")
    case 9: UInt8(ascii: "t")
    case 10: UInt8(ascii: "n")
    case 11: UInt8(ascii: "v")
    case 12: UInt8(ascii: "f")
    case 13: UInt8(ascii: "r")
    case backslash: backslash
    default: nil
    }
  }

  @inline(__always)
  static func isNull(_ field: UnsafeBufferPointer<UInt8>) -> Bool {
    field.count == 2 && field[0] == backslash && field[1] == UInt8(ascii: "N")
  }

  /// Encodes one row.
  static func row(_ fields: [String]) -> [UInt8] {
    var bytes: [UInt8] = []
    for (index, field) in fields.enumerated() {
      if index > 0 { bytes.append(tab) }
      for byte in field.utf8 {
        if let escape = escaped(byte) { bytes += [backslash, escape] } else { bytes.append(byte) }
      }
    }
    return bytes + [lineFeed]
  }
}
