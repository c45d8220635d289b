/// A type whose binary values this target converts to the text that the server writes with `DateStyle` ISO.
///
/// Only types whose text does not depend on other settings.
package enum BinaryType: Hashable, Sendable {
  case boolean, int16, int32, int64, numeric, text, date, timestamp, uuid, bytea, jsonb

  /// Every byte that occurs in the type's texts, none of which is empty; nil for types with other texts.
  var letters: [UInt8]? {
    switch self {
    case .boolean: Array("ft".utf8)
    case .int16, .int32, .int64: Array("-0123456789".utf8)
    case .numeric: Array("-.0123456789INafinty".utf8)
    case .date, .timestamp: Array("-.: 0123456789BCfinty".utf8)
    case .uuid: Array("-0123456789abcdef".utf8)
    case .text, .bytea, .jsonb: nil
    }
  }

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
    case "text", "character varying", "character", "json": self = .text
    case "date": self = .date
    case "timestamp without time zone": self = .timestamp
    case "timestamp" where name.hasSuffix(") without time zone"): self = .timestamp
    case "uuid": self = .uuid
    case "bytea": self = .bytea
    case "jsonb": self = .jsonb
    default: return nil
    }
  }
}
