/// One chunk of COPY text on its way through a `CSVEncoder`.
///
/// Fields without anything special are copied while they are scanned; the first special byte sends the field to `slow`,
/// which looks at it as the server does. Tens of millions of fields pass here, so nothing allocates.
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

  /// - Returns: how many rows the chunk held.
  mutating func run() throws -> Int {
    if let last = input.last, last != CopyText.lineFeed { throw CopyTextError.cutOff }
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
      // Room for the bytes of one scan and for what ends the field.
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
        && !(careful && CSVFormat.beginsFormula(source[read]))
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
      try output.putNull()
    } else {
      try output.putValue(CopyValue(field, isEscaped: escaped))
    }
    read = end + 1
    if input[end] == CopyText.lineFeed { try output.endRow() } else { try output.endField() }
  }
}
