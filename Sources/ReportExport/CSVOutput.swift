/// Where the fields of one chunk become CSV: quotes where the server would put them, in a buffer of fixed size.
struct CSVOutput<Sink: ByteSink> {
  let buffer: UnsafeMutableBufferPointer<UInt8>
  let format: CSVFormat
  let sink: Sink

  let columns: Int
  var written = 0
  var column = 0
  private(set) var rows = 0

  init(buffer: UnsafeMutableBufferPointer<UInt8>, format: CSVFormat, sink: Sink) {
    self.buffer = buffer
    self.format = format
    self.sink = sink
    columns = format.guarded.count
  }

  mutating func putNull() throws { for byte in format.null { try put(byte) } }

  mutating func putValue(_ field: CopyValue) throws {
    var value = field
    value.hasComma = column < columns && format.hasComma[column] && value.isNumber
    let guarded = column < columns && format.guarded[column]
    let apostrophe = guarded && (value.first.map(CSVFormat.beginsFormula) ?? false)
    guard needsQuotes(value, apostrophe: apostrophe) else {
      if apostrophe { try put(UInt8(ascii: "'")) }
      for byte in value { try put(byte) }
      return
    }
    try put(CSVFormat.quote)
    if apostrophe { try put(UInt8(ascii: "'")) }
    for byte in value {
      if byte == CSVFormat.quote { try put(byte) }
      try put(byte)
    }
    try put(CSVFormat.quote)
  }

  private func needsQuotes(_ value: CopyValue, apostrophe: Bool) -> Bool {
    if apostrophe {
      if format.delimiter == UInt8(ascii: "'") || format.null.first == UInt8(ascii: "'") { return true }
    } else if value.elementsEqual(format.null) {
      return true
    } else if columns == 1, value.elementsEqual([CopyText.backslash, UInt8(ascii: ".")]) {
      return true  // otherwise it would be the end of the data
    }
    return value.contains { $0 == format.delimiter || $0 == CSVFormat.quote || $0 == 10 || $0 == 13 }
  }

  mutating func endField() throws {
    try put(format.delimiter)
    column += 1
  }

  mutating func endRow() throws {
    for byte in format.rowEnd { try put(byte) }
    guard column + 1 == columns else {
      throw CopyTextError.fieldCount(found: column + 1, expected: columns)
    }
    column = 0
    rows += 1
  }

  @inline(__always)
  mutating func put(_ byte: UInt8) throws {
    if written == buffer.count { try flush() }
    buffer[written] = byte
    written += 1
  }

  mutating func flush() throws {
    guard written > 0 else { return }
    try sink.write(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<written]))
    written = 0
  }
}

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
