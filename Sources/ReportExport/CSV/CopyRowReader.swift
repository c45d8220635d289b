/// A value in PostgreSQL's text format.
struct RowValue {
  /// The text; of one that had to be converted and is longer than `BinaryValue.room` its beginning.
  let text: UnsafeBufferPointer<UInt8>
  /// The letters that follow, as spreadsheets count them.
  let moreLetters: Int

  init(_ text: UnsafeBufferPointer<UInt8>, moreLetters: Int = 0) {
    self.text = text
    self.moreLetters = moreLetters
  }

  /// At least as many as letters.
  var maxLetters: Int { text.count + moreLetters }

  /// The length as spreadsheets count it.
  var letters: Int { TextLength.letters(text) + moreLetters }
}

/// Receives the values of rows, one after the other.
protocol RowVisitor {
  mutating func beginRow() throws
  /// - Parameter value: valid during the call; nil for NULL.
  mutating func value(_ value: RowValue?, _ column: Int) throws
  /// - Returns: false to stop.
  mutating func endRow() throws -> Bool
}

/// Reads rows of a COPY, in text or binary format, as values in PostgreSQL's text format. Needs constant memory, whatever
/// the length of a row.
struct CopyRowReader {
  private let source: CSVSource
  private let columns: Int
  private var scratch = [UInt8](repeating: 0, count: BinaryValue.room)

  init(source: CSVSource, columns: Int) {
    self.source = source
    self.columns = columns
  }

  /// - Throws: what the visitor throws; `CopyTextError` for a truncated row and for a row with another number of fields.
  mutating func visit(_ chunk: [UInt8], _ visitor: inout some RowVisitor) throws {
    let (source, columns) = (source, columns)
    try scratch.withUnsafeMutableBufferPointer { scratch in
      try chunk.withUnsafeBufferPointer { input in
        switch source {
        case .text: try Self.visitText(input, columns, scratch, &visitor)
        case .binary(let types): try Self.visitBinary(input, types, scratch.baseAddress!, &visitor)
        }
      }
    }
  }

  private static func visitText(
    _ input: UnsafeBufferPointer<UInt8>, _ columns: Int, _ scratch: UnsafeMutableBufferPointer<UInt8>,
    _ visitor: inout some RowVisitor
  ) throws {
    if let last = input.last, last != CopyText.lineFeed { throw CopyTextError.truncated }
    var start = 0
    while start < input.count {
      try visitor.beginRow()
      var column = 0
      while true {
        let (end, isEscaped) = try CopyText.fieldEnd(in: input, from: start)
        guard column < columns else { throw CopyTextError.fieldCount(found: column + 1, expected: columns) }
        let field = UnsafeBufferPointer(rebasing: input[start..<end])
        if !isEscaped {
          try visitor.value(RowValue(field), column)
        } else if CopyText.isNull(field) {
          try visitor.value(nil, column)
        } else {
          try visitor.value(unescaped(field, scratch), column)
        }
        column &+= 1
        start = end &+ 1
        if input[end] == CopyText.lineFeed { break }
      }
      guard column == columns else { throw CopyTextError.fieldCount(found: column, expected: columns) }
      guard try visitor.endRow() else { return }
    }
  }

  private static func unescaped(
    _ field: UnsafeBufferPointer<UInt8>, _ scratch: UnsafeMutableBufferPointer<UInt8>
  ) -> RowValue {
    var value = CopyValue(field, isEscaped: true).makeIterator()
    var count = 0
    while count < scratch.count, let byte = value.next() {
      scratch[count] = byte
      count &+= 1
    }
    let text = UnsafeBufferPointer(rebasing: UnsafeBufferPointer(scratch)[..<count])
    return RowValue(text, moreLetters: TextLength.letters(IteratorSequence(value)))
  }

  private static func visitBinary(
    _ bytes: UnsafeBufferPointer<UInt8>, _ types: [BinaryType], _ scratch: UnsafeMutablePointer<UInt8>,
    _ visitor: inout some RowVisitor
  ) throws {
    var input = BinaryReader(bytes)
    while !input.isAtEnd {
      let found = Int(try input.integer(Int16.self))
      guard found == types.count else { throw CopyTextError.fieldCount(found: found, expected: types.count) }
      try visitor.beginRow()
      for index in types.indices {
        let length = Int(try input.integer(Int32.self))
        if length < 0 {
          try visitor.value(nil, index)
        } else {
          let field = try input.field(length)
          var value = BinaryValue(into: scratch)
          let text = try value.text(of: field, types[index])
          let moreLetters = BinaryValue.moreLetters(of: field, types[index])
          try visitor.value(RowValue(text, moreLetters: moreLetters), index)
        }
      }
      guard try visitor.endRow() else { return }
    }
  }
}
