import Glibc

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

  /// Fields up to this length are read byte by byte, longer ones by `memchr`.
  private static let shortBytes = 64

  /// Where the field that begins at `start` ends: at a tab or a line feed that no backslash precedes.
  ///
  /// - Throws: `CopyTextError.truncated` where none follows.
  static func fieldEnd(in input: UnsafeBufferPointer<UInt8>, from start: Int) throws -> (
    end: Int, isEscaped: Bool
  ) {
    var end = start
    var isEscaped = false
    let short = min(input.count, start + shortBytes)
    while end < short {
      let byte = input[end]
      if byte == tab || byte == lineFeed { return (end, isEscaped) }
      if byte == backslash {
        isEscaped = true
        end += 1
      }
      end += 1
    }
    // The next of each, at or behind `end`.
    var (nextLineFeed, nextTab) = (-1, -1)
    while true {
      if nextLineFeed < end {
        guard let found = input.firstOffset(of: lineFeed, from: end, to: input.count) else {
          throw CopyTextError.truncated
        }
        nextLineFeed = found
      }
      if nextTab < end { nextTab = input.firstOffset(of: tab, from: end, to: nextLineFeed) ?? nextLineFeed }
      guard let escape = input.firstOffset(of: backslash, from: end, to: nextTab) else {
        return (nextTab, isEscaped)
      }
      isEscaped = true
      end = escape + 2
    }
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

extension UnsafeBufferPointer<UInt8> {
  /// The place of the first such byte in a part of the buffer, by the C library's fast search.
  func firstOffset(of byte: UInt8, from start: Int, to end: Int) -> Int? {
    guard start < end, let base = baseAddress, let found = memchr(base + start, Int32(byte), end - start)
    else { return nil }
    return UnsafeRawPointer(found) - UnsafeRawPointer(base)
  }
}
