import ReportModel

/// Reads rows and fields of COPY text format as `COPY … TO STDOUT` writes it: tabs between fields, `\N` for NULL,
/// backslash escapes.
///
/// No field becomes a `String` on the way: a row hands out its bytes in place, unescaped only where a backslash is.
package struct CopyTextDecoder: Sendable {
  /// One row, valid only inside the call that hands it out.
  package struct Row {
    let fields: [UnsafeBufferPointer<UInt8>?]

    package var count: Int { fields.count }

    /// The field's bytes; nil for NULL.
    package func bytes(_ index: Int) -> UnsafeBufferPointer<UInt8>? { fields[index] }

    /// A copy of the field; nil for NULL. Bytes that are no UTF-8 become U+FFFD.
    package func text(_ index: Int) -> String? { fields[index].map { String(decoding: $0, as: UTF8.self) } }
  }

  /// How many fields each row has to have.
  package let columns: Int

  package init(columns: Int) { self.columns = columns }

  /// - Parameters:
  ///   - chunk: whole rows, each ending in `\n`.
  ///   - body: false to stop.
  /// - Throws: what `body` throws; `CopyTextError` for a row that is cut off or has other than `columns` fields.
  package func forEachRow(in chunk: [UInt8], _ body: (Row) throws -> Bool) throws {
    // Unescaping only ever shortens, so the chunk's size is room enough for every field of it.
    var scratch = [UInt8](repeating: 0, count: chunk.contains(UInt8(ascii: "\\")) ? chunk.count : 0)
    try scratch.withUnsafeMutableBufferPointer { scratch in
      try chunk.withUnsafeBufferPointer { input in
        var reader = RowReader(input: input, scratch: scratch)
        while let fields = try reader.next() {
          guard fields.count == columns else {
            throw CopyTextError.fieldCount(found: fields.count, expected: columns)
          }
          guard try body(Row(fields: fields)) else { return }
        }
      }
    }
  }
}

/// Rows that do not have the expected shape: the stream was cut or paired with the wrong columns.
package enum CopyTextError: Error, Hashable, CustomStringConvertible {
  case fieldCount(found: Int, expected: Int)
  case cutOff

  package var description: String {
    switch self {
    case .fieldCount(let found, let expected): "a row has \(found) fields instead of \(expected)"
    case .cutOff: "the last row is cut off"
    }
  }
}

/// The bytes and escapes of COPY text.
enum CopyText {
  static let tab = UInt8(ascii: "\t")
  static let lineFeed = UInt8(ascii: "\n")
  static let backslash = UInt8(ascii: "\\")

  /// What a backslash and this byte stand for.
  @inline(__always)
  static func unescaped(_ byte: UInt8) -> UInt8 {
    switch byte {
    case UInt8(ascii: "b"): 8
    case UInt8(ascii: "t"): 9
    case UInt8(ascii: "n"): 10
    case UInt8(ascii: "v"): 11
    case UInt8(ascii: "f"): 12
    case UInt8(ascii: "r"): 13
    default: byte
    }
  }

  /// What stands behind a backslash for this byte; nil for one that stands for itself.
  @inline(__always)
  static func escaped(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 8: UInt8(ascii: "b")
    case 9: UInt8(ascii: "t")
    case 10: UInt8(ascii: "n")
    case 11: UInt8(ascii: "v")
    case 12: UInt8(ascii: "f")
    case 13: UInt8(ascii: "r")
    case backslash: backslash
    default: nil
    }
  }

  @inline(__always)
  static func isNull(_ field: UnsafeBufferPointer<UInt8>) -> Bool {
    field.count == 2 && field[0] == backslash && field[1] == UInt8(ascii: "N")
  }

  /// One row of COPY text; the inverse of decoding.
  static func row(_ fields: [String]) -> [UInt8] {
    var bytes: [UInt8] = []
    for (index, field) in fields.enumerated() {
      if index > 0 { bytes.append(tab) }
      for byte in field.utf8 {
        if let escape = escaped(byte) { bytes += [backslash, escape] } else { bytes.append(byte) }
      }
    }
    return bytes + [lineFeed]
  }
}

private struct RowReader {
  let input: UnsafeBufferPointer<UInt8>
  let scratch: UnsafeMutableBufferPointer<UInt8>
  var position = 0
  var used = 0

  /// - Returns: nil after the last row.
  mutating func next() throws -> [UnsafeBufferPointer<UInt8>?]? {
    guard position < input.count else { return nil }
    var fields: [UnsafeBufferPointer<UInt8>?] = []
    used = 0
    var start = position
    var escaped = false
    while position < input.count {
      let byte = input[position]
      position += 1
      if byte == CopyText.backslash {
        escaped = true
        position += 1
      } else if byte == CopyText.tab || byte == CopyText.lineFeed {
        let field = UnsafeBufferPointer(rebasing: input[start..<position - 1])
        fields.append(escaped ? decoded(field) : field)
        if byte == CopyText.lineFeed { return fields }
        start = position
        escaped = false
      }
    }
    throw CopyTextError.cutOff
  }

  private mutating func decoded(_ field: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8>? {
    if CopyText.isNull(field) { return nil }
    let start = used
    var index = 0
    while index < field.count {
      if field[index] == CopyText.backslash, index + 1 < field.count {
        index += 1
        scratch[used] = CopyText.unescaped(field[index])
      } else {
        scratch[used] = field[index]
      }
      used += 1
      index += 1
    }
    return UnsafeBufferPointer(rebasing: UnsafeBufferPointer(scratch)[start..<used])
  }
}
