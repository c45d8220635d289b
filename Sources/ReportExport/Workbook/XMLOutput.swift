import Glibc

/// Collects the bytes of one part of a workbook in the caller's memory, and gives them to the archive when it is full.
///
/// Called for tens of millions of values: `put` after `reserve` copies and checks nothing.
struct XMLOutput {
  /// Bytes of the memory that it needs.
  static let bufferBytes = 64 * 1024

  private let buffer: UnsafeMutablePointer<UInt8>
  private let archive: ZIPArchive
  private var filled = 0

  /// - Parameter buffer: `bufferBytes` bytes.
  init(buffer: UnsafeMutablePointer<UInt8>, archive: ZIPArchive) {
    self.buffer = buffer
    self.archive = archive
  }

  /// Bytes of the part so far, before compression.
  var partBytes: Int { archive.entryBytes + filled }

  /// Makes room for at most `bufferBytes` bytes.
  @inline(__always)
  mutating func reserve(_ count: Int) throws {
    if Self.bufferBytes - filled < count { try flush() }
  }

  @inline(__always)
  mutating func put(_ byte: UInt8) {
    buffer[filled] = byte
    filled &+= 1
  }

  @inline(__always)
  mutating func put(_ text: StaticString) {
    memcpy(buffer + filled, text.utf8Start, text.utf8CodeUnitCount)
    filled &+= text.utf8CodeUnitCount
  }

  @inline(__always)
  mutating func put(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard let base = bytes.baseAddress else { return }
    memcpy(buffer + filled, base, bytes.count)
    filled &+= bytes.count
  }

  @inline(__always)
  mutating func put(_ bytes: [UInt8]) { bytes.withUnsafeBufferPointer { put($0) } }

  /// A number in decimal digits.
  @inline(__always)
  mutating func putNumber(_ number: Int) {
    var (width, rest) = (1, number / 10)
    while rest > 0 { (width, rest) = (width + 1, rest / 10) }
    var (index, value) = (filled + width, number)
    filled = index
    for _ in 0..<width {
      index &-= 1
      buffer[index] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value % 10)
      value /= 10
    }
  }

  mutating func flush() throws {
    guard filled > 0 else { return }
    try archive.write(UnsafeRawBufferPointer(start: buffer, count: filled))
    filled = 0
  }
}

/// Text inside of an element, as spreadsheets read it.
///
/// Characters that XML does not allow, and CR, which XML would turn into a line feed, become `_x000D_`; a text that has
/// such a sequence already keeps it by `_x005F_` in place of its first underscore.
enum CellText {
  /// Bytes of the longest escape of one byte.
  static let room = 8

  private static let special: [Bool] = (0..<256).map { byte in
    (byte < 32 && byte != 9 && byte != 10) || [38, 60, 62, 95, 0xEF].contains(byte)
  }

  static func put(_ bytes: UnsafeBufferPointer<UInt8>, into output: inout XMLOutput) throws {
    try special.withUnsafeBufferPointer { special in
      var index = 0
      while index < bytes.count {
        let end = min(bytes.count, index + 4096)
        try output.reserve((end - index) * room)
        while index < end {
          let byte = bytes[index]
          if special[Int(byte)] { putSpecial(byte, bytes, &index, into: &output) } else { output.put(byte) }
          index &+= 1
        }
      }
    }
  }

  private static func putSpecial(
    _ byte: UInt8, _ bytes: UnsafeBufferPointer<UInt8>, _ index: inout Int, into output: inout XMLOutput
  ) {
    switch byte {
    case UInt8(ascii: "&"): output.put("&amp;")
    case UInt8(ascii: "<"): output.put("&lt;")
    case UInt8(ascii: ">"): output.put("&gt;")
    case UInt8(ascii: "_"):
      if isEscape(bytes, at: index) { output.put("_x005F_") } else { output.put(byte) }
    case 0xEF:
      // U+FFFE and U+FFFF.
      guard index + 2 < bytes.count, bytes[index + 1] == 0xBF, bytes[index + 2] >= 0xBE else {
        return output.put(byte)
      }
      output.put(bytes[index + 2] == 0xBE ? "_xFFFE_" : "_xFFFF_")
      index += 2
    default:
      output.put("_x00")
      for digit in [byte >> 4, byte & 15] {
        output.put(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "A") + digit - 10)
      }
      output.put(UInt8(ascii: "_"))
    }
  }

  private static func isEscape(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> Bool {
    guard index + 6 < bytes.count, bytes[index + 1] == UInt8(ascii: "x"),
      bytes[index + 6] == UInt8(ascii: "_")
    else { return false }
    return bytes[index + 2..<index + 6].allSatisfy { isHexadecimal($0) }
  }

  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (97...102).contains(byte | 0x20)
  }

  /// Whether spreadsheets would drop a blank at either end.
  static func needsSpace(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let first = bytes.first, let last = bytes.last else { return false }
    return first <= 32 || last <= 32
  }

  /// The longest beginning of whole characters with at most so many letters.
  static func prefix(_ bytes: UnsafeBufferPointer<UInt8>, letters: Int) -> UnsafeBufferPointer<UInt8> {
    var (count, end) = (0, 0)
    for (index, byte) in bytes.enumerated() where byte & 0xC0 != 0x80 {
      end = index
      count += byte >= 0xF0 ? 2 : 1
      if count > letters { return UnsafeBufferPointer(rebasing: bytes[..<end]) }
    }
    return bytes
  }

  /// For attributes and for texts of our own.
  static func escaped(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "\n", "\t": escaped.unicodeScalars.append(scalar)
      case _ where scalar.value < 32 || scalar.value == 0xFFFE || scalar.value == 0xFFFF:
        escaped += "\u{FFFD}"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
