/// A table or view with its schema, as PostgreSQL stores the two names (not quoted, not folded).
public struct QualifiedName: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
  public let schema: String
  public let name: String

  public init(schema: String, name: String) {
    self.schema = schema
    self.name = name
  }

  /// For SQL: `"reports"."sales_daily"`.
  public var quoted: String { SQLQuote.identifier(schema) + "." + SQLQuote.identifier(name) }

  /// For people: `reports.sales_daily`.
  public var description: String { "\(schema).\(name)" }

  public static func < (left: Self, right: Self) -> Bool {
    (left.schema, left.name) < (right.schema, right.name)
  }
}
