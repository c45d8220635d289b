/// A type whose binary values this target converts to the text that the server writes with `DateStyle` ISO.
///
/// Only types whose text does not depend on other settings.
package enum BinaryType: Hashable, Sendable {
  case boolean, int16, int32, int64, numeric, text, date, timestamp, uuid

  /// - Parameter name: the result of `format_type`, with the type modifier.
  /// - Returns: nil for a type that is not supported.
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
