/// Types whose values need no record image to be told apart.
///
/// Not here are those of which two equal values can look different: numeric without a scale (1.0 and 1.00), floats (0
/// and -0), intervals (1 month and 30 days), jsonb (its numbers), arrays, domains and whatever an extension brings.
enum ValueImage: Hashable, Sendable {
  /// What `=` calls equal is one value and prints alike.
  case equalIsSame
  /// Text is compared byte by byte, whatever its collation calls equal.
  case bytesOfText

  private static let plain: Set<String> = [
    "smallint", "integer", "bigint", "oid", "boolean", "date", "uuid", "bytea",
  ]

  /// - Parameter type: as `format_type` writes it, with its modifier.
  init?(_ type: String) {
    if type.hasSuffix("]") { return nil }
    if type == "text" || type == "character varying" || type.hasPrefix("character varying(") {
      self = .bytesOfText
    } else if Self.plain.contains(type) || type.hasPrefix("timestamp ") || type.hasPrefix("timestamp(") {
      self = .equalIsSame
    } else if type.hasPrefix("numeric(") {
      self = .equalIsSame  // the column gives every value the same scale
    } else {
      return nil
    }
  }
}
