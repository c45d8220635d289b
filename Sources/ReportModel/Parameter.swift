/// A declared, typed value that a report's SQL uses as `:name`.
package struct Parameter: Hashable, Sendable {
  package enum ScalarType: String, Hashable, Sendable, CaseIterable {
    case text, integer, numeric, boolean, date, timestamptz

    /// The type's name in SQL.
    package var sqlName: String { self == .integer ? "bigint" : rawValue }
  }

  /// A value as its author wrote it; already checked against the type.
  package enum Value: Hashable, Sendable {
    case null
    case scalar(String)
    case list([String])
  }

  package var name: String
  package var type: ScalarType
  package var isList: Bool
  /// What `--param` overrides; nil when the caller has to give one.
  package var defaultValue: Value?
  package var description: String?

  package init(
    name: String, type: ScalarType, isList: Bool = false, defaultValue: Value? = nil,
    description: String? = nil
  ) {
    self.name = name
    self.type = type
    self.isList = isList
    self.defaultValue = defaultValue
    self.description = description
  }

  /// The value as SQL: a literal with its type, `'RU'::text` or `ARRAY['a', 'b']::text[]`.
  package func literal(_ value: Value) -> String {
    switch value {
    case .null: "NULL::" + type.sqlName + (isList ? "[]" : "")
    case .scalar(let text): SQLQuote.literal(text) + "::" + type.sqlName
    case .list(let items):
      "ARRAY[" + items.map(SQLQuote.literal).joined(separator: ", ") + "]::" + type.sqlName + "[]"
    }
  }
}
