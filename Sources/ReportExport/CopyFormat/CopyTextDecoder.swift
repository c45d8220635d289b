import Glibc
import ReportModel

/// Decodes rows of the text format that `COPY … TO STDOUT` writes: tabs between fields, `\N` for NULL, backslash escapes.
///
/// Fields are byte buffers inside of the chunk. Only fields with escapes are copied.
package struct CopyTextDecoder: Sendable {
  /// One row, valid only during the call of the closure that receives it.
  package struct Row {
    let fields: [UnsafeBufferPointer<UInt8>?]

    /// The number of fields.
    package var count: Int { fields.count }

    /// The field's bytes; nil for NULL.
    package func bytes(_ index: Int) -> UnsafeBufferPointer<UInt8>? { fields[index] }

    /// The field as a string; nil for NULL. Invalid UTF-8 becomes U+FFFD.
    package func text(_ index: Int) -> String? { fields[index].map { String(decoding: $0, as: UTF8.self) } }
  }

  /// The number of fields that each row must have.
  package let columns: Int

  package init(columns: Int) { self.columns = columns }

  /// - Parameters:
  ///   - chunk: whole rows, each ending in `\n`.
  ///   - body: returns false to stop.
  /// - Throws: what `body` throws; `CopyTextError` for a truncated row and for a row with another number of fields.
  package func forEachRow(in chunk: [UInt8], _ body: (Row) throws -> Bool) throws {
    // Unescaped fields are never longer, so the size of the chunk is sufficient.
    var scratch = [UInt8](repeating: 0, count: chunk.contains(UInt8(ascii: "\\")) ? chunk.count : 0)
    try scratch.withUnsafeMutableBufferPointer { scratch in
      try chunk.withUnsafeBufferPointer { input in
        var reader = RowReader(input: input, scratch: scratch)
        while try reader.next() {
          guard reader.fields.count == columns else {
            throw CopyTextError.fieldCount(found: reader.fields.count, expected: columns)
          }
          guard try body(Row(fields: reader.fields)) else { return }
        }
      }
    }
  }
}

private struct RowReader {
  let input: UnsafeBufferPointer<UInt8>
  let scratch: UnsafeMutableBufferPointer<UInt8>
  var position = 0
  var used = 0
  /// Of the last row; its memory is used again.
  var fields: [UnsafeBufferPointer<UInt8>?] = []

  /// - Returns: false after the last row.
  mutating func next() throws -> Bool {
    guard position < input.count else { return false }
    fields.removeAll(keepingCapacity: true)
    used = 0
    while true {
      let (end, isEscaped) = try CopyText.fieldEnd(in: input, from: position)
      let field = UnsafeBufferPointer(rebasing: input[position..<end])
      fields.append(isEscaped ? decoded(field) : field)
      position = end + 1
      if input[end] == CopyText.lineFeed { return true }
    }
  }

  private mutating func decoded(_ field: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8>? {
    if CopyText.isNull(field) { return nil }
    let start = used
    var index = 0
    while index < field.count {
      let escape = field.firstOffset(of: CopyText.backslash, from: index, to: field.count) ?? field.count
      memcpy(scratch.baseAddress! + used, field.baseAddress! + index, escape - index)
      used += escape - index
      guard escape < field.count else { break }
      // A field never ends in a backslash: it would have escaped the end.
      scratch[used] = CopyText.unescaped(field[escape + 1])
      used += 1
      index = escape + 2
    }
    return UnsafeBufferPointer(rebasing: UnsafeBufferPointer(scratch)[start..<used])
  }
}
