/// One chunk on its way through a `CSVEncoder`.
///
/// Fields without anything special are copied while they are scanned; the first special byte sends the field to `slow`,
/// which looks at it as the server does. Tens of millions of fields pass here, so nothing allocates.
struct CSVPass<Sink: ByteSink> {
  let input: UnsafeBufferPointer<UInt8>
  let output: UnsafeMutableBufferPointer<UInt8>
  let classes: UnsafeBufferPointer<UInt8>
  let format: CSVFormat
  let sink: Sink

  private let columns: Int
  private var read = 0
  private var written = 0
  private var column = 0
  private var rows = 0

  init(
    input: UnsafeBufferPointer<UInt8>, output: UnsafeMutableBufferPointer<UInt8>,
    classes: UnsafeBufferPointer<UInt8>, format: CSVFormat, sink: Sink
  ) {
    self.input = input
    self.output = output
    self.classes = classes
    self.format = format
    self.sink = sink
    columns = format.guarded.count
  }

  /// - Returns: how many rows the chunk held.
  mutating func run() throws -> Int {
    if let last = input.last, last != CopyText.lineFeed { throw CopyTextError.cutOff }
    let source = input.baseAddress
    let target = output.baseAddress!
    let table = classes.baseAddress!
    let nullCount = format.null.count
    let careful = format.anyGuarded
    let delimiter = format.delimiter
    while read < input.count, let source {
      if output.count - written < 64 { try flush() }
      let start = written
      // Room for the bytes of one scan and for what ends the field.
      let limit = min(input.count, read + output.count - written - 2)
      var from = read
      var to = written
      while from < limit {
        let byte = source[from]
        if table[Int(byte)] != CSVFormat.Class.ordinary { break }
        target[to] = byte
        from &+= 1
        to &+= 1
      }
      let count = from - read
      let isPlain =
        from < limit && count > 0 && count != nullCount
        && !(careful && CSVFormat.beginsFormula(source[read]))
      if isPlain, source[from] == CopyText.tab {
        target[to] = delimiter
        written = to + 1
        read = from + 1
        column &+= 1
      } else if isPlain, source[from] == CopyText.lineFeed {
        written = to
        read = from + 1
        try endRow()
      } else if from == limit, limit < input.count, start > 0 {
        try flush()
      } else {
        try slow()
      }
    }
    try flush()
    return rows
  }

  /// One field that is empty, NULL, too long for the buffer, or holds something special.
  private mutating func slow() throws {
    var end = read
    var escaped = false
    while input[end] != CopyText.tab, input[end] != CopyText.lineFeed {
      if input[end] == CopyText.backslash {
        escaped = true
        end += 1
      }
      end += 1
      if end >= input.count { throw CopyTextError.cutOff }
    }
    let field = UnsafeBufferPointer(rebasing: input[read..<end])
    if escaped, CopyText.isNull(field) {
      for byte in format.null { try put(byte) }
    } else {
      try putValue(field)
    }
    read = end + 1
    if input[end] == CopyText.lineFeed { return try endRow() }
    try put(format.delimiter)
    column += 1
  }

  private mutating func putValue(_ field: UnsafeBufferPointer<UInt8>) throws {
    var value = CopyValue(field)
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

  private mutating func endRow() throws {
    for byte in format.rowEnd { try put(byte) }
    guard column + 1 == columns else {
      throw CopyTextError.fieldCount(found: column + 1, expected: columns)
    }
    column = 0
    rows += 1
  }

  @inline(__always)
  private mutating func put(_ byte: UInt8) throws {
    if written == output.count { try flush() }
    output[written] = byte
    written += 1
  }

  private mutating func flush() throws {
    guard written > 0 else { return }
    try sink.write(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(output)[..<written]))
    written = 0
  }
}

/// The bytes that an escaped field stands for.
struct CopyValue: Sequence {
  struct Iterator: IteratorProtocol {
    let field: UnsafeBufferPointer<UInt8>
    let hasComma: Bool
    var index = 0

    @inline(__always)
    mutating func next() -> UInt8? {
      guard index < field.count else { return nil }
      let byte = field[index]
      index += 1
      if hasComma, byte == UInt8(ascii: ".") { return UInt8(ascii: ",") }
      guard byte == CopyText.backslash, index < field.count else { return byte }
      index += 1
      return CopyText.unescaped(field[index - 1])
    }
  }

  let field: UnsafeBufferPointer<UInt8>
  /// A comma stands for each point.
  var hasComma = false

  init(_ field: UnsafeBufferPointer<UInt8>) { self.field = field }

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

  func makeIterator() -> Iterator { Iterator(field: field, hasComma: hasComma) }
}
