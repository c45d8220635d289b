import Glibc

/// Writes the fields of one chunk as CSV into a buffer of fixed size, with the quotes that the server would write.
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
    let apostrophe = guarded && FormulaGuard.isFormula(value)
    guard needsQuotes(value, apostrophe: apostrophe) else {
      if apostrophe { try put(UInt8(ascii: "'")) }
      return try put(value, quoted: false)
    }
    try put(CSVFormat.quote)
    if apostrophe { try put(UInt8(ascii: "'")) }
    try put(value, quoted: true)
    try put(CSVFormat.quote)
  }

  /// Writes a `bytea`, whose text is twice as long, piece by piece.
  mutating func putHex(_ bytes: UnsafeBufferPointer<UInt8>) throws {
    let text = HexText(bytes)
    let delimiter = format.delimiter
    let mayHaveDelimiter = HexText.prefix.contains(delimiter) || HexText.isDigit(delimiter)
    let quoted = text.elementsEqual(format.null) || (mayHaveDelimiter && text.contains(delimiter))
    if quoted { try put(CSVFormat.quote) }
    for byte in HexText.prefix { try put(byte) }
    var rest = bytes[...]
    while !rest.isEmpty {
      if buffer.count - written < 2 { try flush() }
      let piece = rest.prefix((buffer.count - written) / 2)
      HexText.put(piece, into: buffer.baseAddress! + written)
      written += 2 * piece.count
      rest = rest.dropFirst(piece.count)
    }
    if quoted { try put(CSVFormat.quote) }
  }

  /// - Parameter quoted: quotes in the value are doubled.
  private mutating func put(_ value: CopyValue, quoted: Bool) throws {
    var rest = value.makeIterator()
    if value.isLong { try put(rest.run(), quoted: quoted) }
    while let byte = rest.next() {
      if quoted, byte == CSVFormat.quote { try put(byte) }
      try put(byte)
      if value.isLong { try put(rest.run(), quoted: quoted) }
    }
  }

  private mutating func put(_ run: UnsafeBufferPointer<UInt8>, quoted: Bool) throws {
    var start = 0
    while quoted, let quote = run.firstOffset(of: CSVFormat.quote, from: start, to: run.count) {
      try copy(UnsafeBufferPointer(rebasing: run[start...quote]))
      try put(CSVFormat.quote)
      start = quote + 1
    }
    try copy(UnsafeBufferPointer(rebasing: run[start...]))
  }

  /// What does not fit into the buffer goes past it.
  private mutating func copy(_ bytes: UnsafeBufferPointer<UInt8>) throws {
    guard let source = bytes.baseAddress, !bytes.isEmpty else { return }
    if bytes.count > buffer.count - written { try flush() }
    guard bytes.count <= buffer.count else { return try sink.write(UnsafeRawBufferPointer(bytes)) }
    memcpy(buffer.baseAddress! + written, source, bytes.count)
    written += bytes.count
  }

  private func needsQuotes(_ value: CopyValue, apostrophe: Bool) -> Bool {
    if apostrophe {
      if format.delimiter == UInt8(ascii: "'") || format.null.first == UInt8(ascii: "'") { return true }
    } else if value.elementsEqual(format.null) {
      return true
    } else if columns == 1, value.elementsEqual([CopyText.backslash, UInt8(ascii: ".")]) {
      return true  // without quotes it would mark the end of the data
    }
    if value.isLong { return value.contains(anyOf: [format.delimiter, CSVFormat.quote, 10, 13]) }
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
