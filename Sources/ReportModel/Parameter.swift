/// A declared, typed value that a report's SQL uses as `:name`.
package struct Parameter: Hashable, Sendable {
  /// `type` in the metadata, without the `[]` of a list.
  package enum ScalarType: String, Hashable, Sendable, CaseIterable {
    case text, integer, numeric, boolean, date, timestamptz

    /// The type's name in SQL.
    var sqlName: String { self == .integer ? "bigint" : rawValue }
  }

  /// A value as its author wrote it; already checked against the type.
  package enum Value: Hashable, Sendable {
    case null
    case scalar(String)
    case list([String])
  }

  /// ASCII letters, digits, underscores and letters beyond ASCII; at most 63 bytes.
  package var name: String
  package var type: ScalarType
  /// The type has `[]`: the value is a SQL array.
  package var isList: Bool
  /// What `--param` overrides; nil when the caller has to give one.
  package var defaultValue: Value?
  /// `description`; nil where the metadata has none.
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
