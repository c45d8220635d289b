import Glibc

/// Encodes one chunk of COPY's binary format as CSV.
///
/// Values are written where they belong in the output, and looked at only where the settings could make a difference.
struct BinaryCSVPass<Sink: ByteSink> {
  private let columns: [BinaryCSVColumn]
  private let classes: UnsafeBufferPointer<UInt8>
  private let scratch: UnsafeMutablePointer<UInt8>
  private var input: BinaryReader
  private var output: CSVOutput<Sink>

  /// - Parameters:
  ///   - scratch: `BinaryValue.room` bytes.
  ///   - output: with a buffer of more than `BinaryValue.room` bytes.
  init(
    input: UnsafeBufferPointer<UInt8>, columns: [BinaryCSVColumn], classes: UnsafeBufferPointer<UInt8>,
    scratch: UnsafeMutablePointer<UInt8>, output: CSVOutput<Sink>
  ) {
    self.input = BinaryReader(input)
    self.columns = columns
    self.classes = classes
    self.scratch = scratch
    self.output = output
  }

  /// - Returns: the number of rows in the chunk.
  mutating func run() throws -> Int {
    while !input.isAtEnd {
      let found = Int(try input.integer(Int16.self))
      guard found == columns.count else {
        throw CopyTextError.fieldCount(found: found, expected: columns.count)
      }
      for index in columns.indices {
        if index > 0 { try output.endField() }
        let length = Int(try input.integer(Int32.self))
        if length < 0 {
          try output.putNull()
        } else {
          try put(try input.field(length), columns[index])
        }
      }
      try output.endRow()
    }
    try output.flush()
    return output.rows
  }

  @inline(__always)
  private mutating func put(_ field: UnsafeBufferPointer<UInt8>, _ column: BinaryCSVColumn) throws {
    switch column.type {
    case .bytea: try output.putHex(field)
    case .text, .jsonb: try putText(try BinaryValue.text(of: field, column.type))
    default:
      if output.buffer.count - output.written < BinaryValue.room { try output.flush() }
      var value = BinaryValue(into: output.buffer.baseAddress! + output.written)
      let text = try value.text(of: field, column.type)
      if column.isPlain || isPlain(text) {
        output.written += text.count
      } else {
        memcpy(scratch, text.baseAddress!, text.count)
        try output.putValue(
          CopyValue(UnsafeBufferPointer(start: scratch, count: text.count), isEscaped: false))
      }
    }
  }

  @inline(__always)
  private mutating func putText(_ text: UnsafeBufferPointer<UInt8>) throws {
    guard text.count <= output.buffer.count - output.written, isPlain(text), let source = text.baseAddress
    else { return try output.putValue(CopyValue(text, isEscaped: false)) }
    memcpy(output.buffer.baseAddress! + output.written, source, text.count)
    output.written += text.count
  }

  /// Whether the text is copied unchanged.
  @inline(__always)
  private func isPlain(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let first = text.first, text.count != output.format.null.count,
      !(output.format.anyGuarded && CSVFormat.mayBeginFormula(first))
    else { return false }
    // Without a branch for each byte.
    var found = CSVFormat.Class.ordinary
    for byte in text { found |= classes[Int(byte)] }
    return found == CSVFormat.Class.ordinary
  }
}

/// A column of the binary format on its way into a CSV file.
struct BinaryCSVColumn: Sendable {
  let type: BinaryType
  /// Whether no value of the type needs to be looked at, under these settings.
  let isPlain: Bool

  /// - Parameter index: of the column.
  init(_ type: BinaryType, _ index: Int, _ format: CSVFormat) {
    self.type = type
    guard let letters = type.letters, index < format.guarded.count else {
      isPlain = false
      return
    }
    isPlain =
      !format.guarded[index] && !format.hasComma[index]
      && letters.allSatisfy { format.classes[Int($0)] == CSVFormat.Class.ordinary }
      && (format.null.isEmpty || !format.null.allSatisfy { letters.contains($0) })
  }
}
