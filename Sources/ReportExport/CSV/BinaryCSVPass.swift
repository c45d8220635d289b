import Glibc

/// Encodes one chunk of COPY's binary format as CSV.
struct BinaryCSVPass<Sink: ByteSink> {
  private let types: [BinaryType]
  private let classes: UnsafeBufferPointer<UInt8>
  private let scratch: UnsafeMutablePointer<UInt8>
  private var input: BinaryReader
  private var output: CSVOutput<Sink>

  /// - Parameter scratch: `BinaryValue.room` bytes.
  init(
    input: UnsafeBufferPointer<UInt8>, types: [BinaryType], classes: UnsafeBufferPointer<UInt8>,
    scratch: UnsafeMutablePointer<UInt8>, output: CSVOutput<Sink>
  ) {
    self.input = BinaryReader(input)
    self.types = types
    self.classes = classes
    self.scratch = scratch
    self.output = output
  }

  /// - Returns: the number of rows in the chunk.
  mutating func run() throws -> Int {
    while !input.isAtEnd {
      let found = Int(try input.integer(Int16.self))
      guard found == types.count else {
        throw CopyTextError.fieldCount(found: found, expected: types.count)
      }
      for index in types.indices {
        if index > 0 { try output.endField() }
        let length = Int(try input.integer(Int32.self))
        if length < 0 {
          try output.putNull()
        } else {
          let field = try input.field(length)
          var value = BinaryValue(into: scratch)
          try put(value.text(of: field, types[index]))
        }
      }
      try output.endRow()
    }
    try output.flush()
    return output.rows
  }

  @inline(__always)
  private mutating func put(_ text: UnsafeBufferPointer<UInt8>) throws {
    let free = output.buffer.count - output.written
    guard text.count <= free, isPlain(text), let source = text.baseAddress else {
      return try output.putValue(CopyValue(text, isEscaped: false))
    }
    memcpy(output.buffer.baseAddress! + output.written, source, text.count)
    output.written += text.count
  }

  /// Whether the text is copied unchanged under any settings.
  @inline(__always)
  private func isPlain(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let first = text.first, text.count != output.format.null.count,
      !(output.format.anyGuarded && CSVFormat.mayBeginFormula(first))
    else { return false }
    for byte in text where classes[Int(byte)] != CSVFormat.Class.ordinary { return false }
    return true
  }
}
