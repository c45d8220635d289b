/// Receives the values of rows, one after the other.
protocol RowVisitor {
  mutating func beginRow() throws
  /// - Parameter value: valid during the call; nil for NULL.
  mutating func value(_ value: UnsafeBufferPointer<UInt8>?, _ column: Int) throws
  /// - Returns: false to stop.
  mutating func endRow() throws -> Bool
}

/// Reads rows of a COPY, in text or binary format, as values in PostgreSQL's text format.
struct CopyRowReader {
  private let source: CSVSource
  private let columns: Int
  private var scratch: [UInt8]

  init(source: CSVSource, columns: Int) {
    self.source = source
    self.columns = columns
    scratch = [UInt8](repeating: 0, count: source == .text ? 4096 : BinaryValue.room)
  }

  /// - Throws: what the visitor throws; `CopyTextError` for a truncated row and for a row with another number of fields.
  mutating func visit(_ chunk: [UInt8], _ visitor: inout some RowVisitor) throws {
    if source == .text, scratch.count < chunk.count { scratch = [UInt8](repeating: 0, count: chunk.count) }
    let (source, columns) = (source, columns)
    try scratch.withUnsafeMutableBufferPointer { scratch in
      try chunk.withUnsafeBufferPointer { input in
        switch source {
        case .text: try Self.visitText(input, columns, scratch.baseAddress!, &visitor)
        case .binary(let types): try Self.visitBinary(input, types, scratch.baseAddress!, &visitor)
        }
      }
    }
  }

  private static func visitText(
    _ input: UnsafeBufferPointer<UInt8>, _ columns: Int, _ scratch: UnsafeMutablePointer<UInt8>,
    _ visitor: inout some RowVisitor
  ) throws {
    if let last = input.last, last != CopyText.lineFeed { throw CopyTextError.truncated }
    var start = 0
    while start < input.count {
      try visitor.beginRow()
      var column = 0
      while true {
        var (end, isEscaped) = (start, false)
        while input[end] != CopyText.tab, input[end] != CopyText.lineFeed {
          if input[end] == CopyText.backslash {
            isEscaped = true
            end &+= 1
          }
          end &+= 1
          guard end < input.count else { throw CopyTextError.truncated }
        }
        guard column < columns else { throw CopyTextError.fieldCount(found: column + 1, expected: columns) }
        let field = UnsafeBufferPointer(rebasing: input[start..<end])
        if !isEscaped {
          try visitor.value(field, column)
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

  /// Unescaped values are never longer, so the memory of the chunk's size is enough.
  private static func unescaped(
    _ field: UnsafeBufferPointer<UInt8>, _ scratch: UnsafeMutablePointer<UInt8>
  ) -> UnsafeBufferPointer<UInt8> {
    var (index, count) = (0, 0)
    while index < field.count {
      if field[index] == CopyText.backslash, index + 1 < field.count {
        index += 1
        scratch[count] = CopyText.unescaped(field[index])
      } else {
        scratch[count] = field[index]
      }
      index += 1
      count += 1
    }
    return UnsafeBufferPointer(start: scratch, count: count)
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
          try visitor.value(value.text(of: field, types[index]), index)
        }
      }
      guard try visitor.endRow() else { return }
    }
  }
}
