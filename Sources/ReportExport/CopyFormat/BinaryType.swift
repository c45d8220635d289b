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
