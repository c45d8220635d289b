/// The bytes of a field's value, unescaped one by one.
struct CopyValue: Sequence {
  struct Iterator: IteratorProtocol {
    let field: UnsafeBufferPointer<UInt8>
    let isEscaped: Bool
    let hasComma: Bool
    var index = 0

    @inline(__always)
    mutating func next() -> UInt8? {
      guard index < field.count else { return nil }
      let byte = field[index]
      index += 1
      if hasComma, byte == UInt8(ascii: ".") { return UInt8(ascii: ",") }
      guard isEscaped, byte == CopyText.backslash, index < field.count else { return byte }
      index += 1
      return CopyText.unescaped(field[index - 1])
    }

    /// The bytes up to the next escape, which `next` then gives; for values without a comma.
    mutating func run() -> UnsafeBufferPointer<UInt8> {
      let start = index
      index =
        isEscaped
        ? field.firstOffset(of: CopyText.backslash, from: index, to: field.count) ?? field.count : field.count
      return UnsafeBufferPointer(rebasing: field[start..<index])
    }
  }

  let field: UnsafeBufferPointer<UInt8>
  /// Whether the field contains escapes of COPY's text format.
  let isEscaped: Bool
  /// Whether each point is replaced by a comma.
  var hasComma = false

  init(_ field: UnsafeBufferPointer<UInt8>, isEscaped: Bool) {
    self.field = field
    self.isEscaped = isEscaped
  }

  var first: UInt8? {
    var iterator = makeIterator()
    return iterator.next()
  }

  /// Whether a value is worth being searched and copied in runs.
  var isLong: Bool { field.count > 256 && !hasComma }

  /// Whether one of the bytes occurs in a long value.
  func contains(anyOf bytes: [UInt8]) -> Bool {
    var rest = makeIterator()
    while true {
      let run = rest.run()
      if bytes.contains(where: { run.firstOffset(of: $0, from: 0, to: run.count) != nil }) { return true }
      guard let byte = rest.next() else { return false }
      if bytes.contains(byte) { return true }
    }
  }

  /// Whether the field contains only digits, signs, points and exponents; false for NaN and for `$1,234.50`.
  var isNumber: Bool {
    field.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
        UInt8(ascii: "+"), UInt8(ascii: "e"):
        true
      default: false
      }
    }
  }

  func makeIterator() -> Iterator { Iterator(field: field, isEscaped: isEscaped, hasComma: hasComma) }
}
