/// Encodes one chunk of COPY's text format as CSV.
///
/// Copies fields while scanning them. A field with a special byte is encoded by `slow`, with the rules of the server. Called
/// for tens of millions of fields, so it does not allocate.
struct CSVPass<Sink: ByteSink> {
  let input: UnsafeBufferPointer<UInt8>
  let classes: UnsafeBufferPointer<UInt8>
  private var output: CSVOutput<Sink>
  private var read = 0

  init(
    input: UnsafeBufferPointer<UInt8>, classes: UnsafeBufferPointer<UInt8>, output: CSVOutput<Sink>
  ) {
    self.input = input
    self.classes = classes
    self.output = output
  }

  /// - Returns: the number of rows in the chunk.
  mutating func run() throws -> Int {
    if let last = input.last, last != CopyText.lineFeed { throw CopyTextError.truncated }
    let source = input.baseAddress
    let target = output.buffer.baseAddress!
    let size = output.buffer.count
    let table = classes.baseAddress!
    let nullCount = output.format.null.count
    let careful = output.format.anyGuarded
    let delimiter = output.format.delimiter
    while read < input.count, let source {
      if size - output.written < 64 { try output.flush() }
      let start = output.written
      // Room for the bytes of one scan and for the end of the field.
      let limit = min(input.count, read + size - start - 2)
      var from = read
      var to = start
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
        && !(careful && CSVFormat.mayBeginFormula(source[read]))
      if isPlain, source[from] == CopyText.tab {
        target[to] = delimiter
        output.written = to + 1
        read = from + 1
        output.column &+= 1
      } else if isPlain, source[from] == CopyText.lineFeed {
        output.written = to
        read = from + 1
        try output.endRow()
      } else if from == limit, limit < input.count, start > 0 {
        try output.flush()
      } else {
        try slow()
      }
    }
    try output.flush()
    return output.rows
  }

  /// Encodes one field that is empty, NULL, longer than the buffer, or contains a special byte.
  private mutating func slow() throws {
    let (end, escaped) = try CopyText.fieldEnd(in: input, from: read)
    let field = UnsafeBufferPointer(rebasing: input[read..<end])
    if escaped, CopyText.isNull(field) {
      try output.putNull()
    } else {
      try output.putValue(CopyValue(field, isEscaped: escaped))
    }
    read = end + 1
    if input[end] == CopyText.lineFeed { try output.endRow() } else { try output.endField() }
  }
}
