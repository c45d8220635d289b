/// A type whose values, in COPY's binary format, are written as text here, as the server writes them under `DateStyle` ISO.
///
/// Only types whose text depends on nothing but the value, and is simple.
package enum BinaryType: Hashable, Sendable {
  case boolean, int16, int32, int64, numeric, text, date, timestamp, uuid

  /// - Parameter name: as `format_type` writes it, type modifier included.
  /// - Returns: nil for a type that is not read here.
  package init?(_ name: String) {
    guard !name.hasSuffix("[]") else { return nil }
    switch name.prefix(while: { $0 != "(" }) {
    case "boolean": self = .boolean
    case "smallint": self = .int16
    case "integer": self = .int32
    case "bigint": self = .int64
    case "numeric": self = .numeric
    case "text", "character varying", "character": self = .text
    case "date": self = .date
    case "timestamp without time zone": self = .timestamp
    case "timestamp" where name.hasSuffix(") without time zone"): self = .timestamp
    case "uuid": self = .uuid
    default: return nil
    }
  }
}

/// The format of the rows that become CSV.
package enum CSVSource: Hashable, Sendable {
  case text
  /// Rows of COPY's binary format without its header and trailer; a type for each column.
  case binary([BinaryType])
}

/// Reads lengths and values of COPY's binary format, most significant byte first.
///
/// - SeeAlso: PostgreSQL, COPY, "Binary Format", and the types' `…send` functions.
struct BinaryReader {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  var isAtEnd: Bool { position == bytes.count }

  @inline(__always)
  mutating func integer<T: FixedWidthInteger>(_ type: T.Type) throws -> T {
    guard bytes.count - position >= MemoryLayout<T>.size else { throw CopyTextError.cutOff }
    defer { position += MemoryLayout<T>.size }
    return T(bigEndian: UnsafeRawBufferPointer(bytes).loadUnaligned(fromByteOffset: position, as: T.self))
  }

  @inline(__always)
  mutating func field(_ length: Int) throws -> UnsafeBufferPointer<UInt8> {
    guard bytes.count - position >= length else { throw CopyTextError.cutOff }
    defer { position += length }
    return UnsafeBufferPointer(rebasing: bytes[position..<position + length])
  }
}
