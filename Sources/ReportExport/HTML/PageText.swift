/// Replaces characters that HTML forbids, and those that reverse the order of others, by U+FFFD.
enum PageText {
  /// Fills `buffer` with the text and a terminating NUL.
  static func clean(_ bytes: UnsafeBufferPointer<UInt8>, into buffer: inout [UInt8]) {
    buffer.removeAll(keepingCapacity: true)
    guard isClean(bytes, markup: true) else {
      return cleanScalars(String(decoding: bytes, as: UTF8.self), into: &buffer)
    }
    buffer.append(contentsOf: bytes)
    buffer.append(0)
  }

  /// Whether a text needs no change: printable ASCII, line feeds and tabs, and characters of two bytes, such as Cyrillic
  /// ones. Others may need none either.
  ///
  /// - Parameter markup: whether `<`, `>`, `&` and `"` are allowed.
  static func isClean(_ bytes: UnsafeBufferPointer<UInt8>, markup: Bool) -> Bool {
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      switch byte {
      case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"), UInt8(ascii: "\""):
        guard markup else { return false }
      case 32..<127, 9, 10: break
      // Below are control characters of Latin-1.
      case 0xC3...0xDF:
        index += 1
        guard index < bytes.count, bytes[index] & 0xC0 == 0x80 else { return false }
      default: return false
      }
      index += 1
    }
    return true
  }

  static func clean(_ text: String, into buffer: inout [UInt8]) {
    var text = text
    text.withUTF8 { clean($0, into: &buffer) }
  }

  private static func cleanScalars(_ text: String, into buffer: inout [UInt8]) {
    var previousIsReturn = false
    for scalar in text.unicodeScalars {
      // CR LF is one line ending; a lone CR is a control character.
      if previousIsReturn, scalar != "\n" { buffer.append(contentsOf: [0xEF, 0xBF, 0xBD]) }
      previousIsReturn = scalar == "\r"
      if previousIsReturn { continue }
      buffer.append(contentsOf: UTF8.encode(isAllowed(scalar) ? scalar : "\u{FFFD}")!)
    }
    if previousIsReturn { buffer.append(contentsOf: [0xEF, 0xBF, 0xBD]) }
    buffer.append(0)
  }

  /// Whether this is neither a control character other than tab and line feed, nor an override of the direction of the
  /// text, nor a noncharacter of Unicode.
  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 9, 10: true
    case 0..<32, 0x7F..<0xA0, 0x202D, 0x202E, 0xFDD0...0xFDEF: false
    default: scalar.value & 0xFFFE != 0xFFFE
    }
  }

  /// A relative URL reference to a file in the same folder or below. Percent-encodes every byte except unreserved characters
  /// and `/`.
  static func reference(_ path: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in path.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"), UInt8(ascii: "/"):
        bytes.append(byte)
      default:
        bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
