/// The text of a `bytea` as `bytea_output = hex` writes it: `\x`, then two digits for each byte.
struct HexText: Sequence {
  struct Iterator: IteratorProtocol {
    let text: HexText
    var index = 0

    mutating func next() -> UInt8? {
      guard index < text.count else { return nil }
      defer { index += 1 }
      guard index >= HexText.prefix.count else { return HexText.prefix[index] }
      let place = index - HexText.prefix.count
      let byte = text.bytes[place / 2]
      return HexText.digit(place % 2 == 0 ? byte >> 4 : byte & 15)
    }
  }

  static let prefix = Array("\\x".utf8)

  let bytes: UnsafeBufferPointer<UInt8>

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  /// Of the whole text.
  var count: Int { Self.prefix.count + 2 * bytes.count }

  func makeIterator() -> Iterator { Iterator(text: self) }

  /// - Parameter value: from 0 to 15.
  @inline(__always)
  static func digit(_ value: UInt8) -> UInt8 {
    value &+ (value < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") &- 10)
  }

  static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) || (97...102).contains(byte) }

  /// Writes the digits of bytes.
  ///
  /// - Parameter target: has room for two for each of them.
  @inline(__always)
  static func put(_ bytes: Slice<UnsafeBufferPointer<UInt8>>, into target: UnsafeMutablePointer<UInt8>) {
    let source = UnsafeBufferPointer(rebasing: bytes)
    for index in 0..<source.count {
      target[2 &* index] = digit(source[index] >> 4)
      target[2 &* index &+ 1] = digit(source[index] & 15)
    }
  }
}
