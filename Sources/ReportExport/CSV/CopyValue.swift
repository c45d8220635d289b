/// The bytes that a field stands for.
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
  }

  let field: UnsafeBufferPointer<UInt8>
  /// Has COPY text's backslashes.
  let isEscaped: Bool
  /// A comma stands for each point.
  var hasComma = false

  init(_ field: UnsafeBufferPointer<UInt8>, isEscaped: Bool) {
    self.field = field
    self.isEscaped = isEscaped
  }

  var first: UInt8? {
    var iterator = makeIterator()
    return iterator.next()
  }

  /// Digits, signs and an exponent: no word such as NaN, no amount of a type of its own such as `$1,234.50`.
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
