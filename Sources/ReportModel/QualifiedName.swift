/// A table or view with its schema, as PostgreSQL stores the two names (not quoted, not folded).
package struct QualifiedName: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
  /// 1 to 63 bytes.
  package let schema: String
  /// 1 to 63 bytes.
  package let name: String

  package init(schema: String, name: String) {
    self.schema = schema
    self.name = name
  }

  /// For SQL: `"reports"."sales_daily"`.
  package var quoted: String { SQLQuote.identifier(schema) + "." + SQLQuote.identifier(name) }

  /// For people: `reports.sales_daily`.
  package var description: String { "\(schema).\(name)" }

  /// By schema, then by name.
  package static func < (left: Self, right: Self) -> Bool {
    (left.schema, left.name) < (right.schema, right.name)
  }
}
