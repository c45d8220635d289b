import ReportModel

/// A column of a page's table.
package struct PageColumn: Hashable, Sendable {
  /// The name in SQL and CSV.
  package var name: String
  /// The name when the definition has no title.
  package var title: String
  /// Shown as a tooltip and below the table.
  package var description: String?
  /// nil shows values unchanged, without separators between thousands: for identifiers and years.
  package var format: Column.Format?
  /// What stands behind a value that is shown large; nil for none.
  package var unit: String?
  /// Whether values are right-aligned.
  package var isNumeric: Bool
  /// Whether values are PostgreSQL's `t` and `f`, which are shown as words.
  package var isBoolean: Bool

  package init(
    name: String, title: String? = nil, description: String? = nil, format: Column.Format? = nil,
    unit: String? = nil, isNumeric: Bool, isBoolean: Bool = false
  ) {
    self.name = name
    self.title = title ?? name
    self.description = description
    self.format = format
    self.unit = unit
    self.isNumeric = isNumeric
    self.isBoolean = isBoolean
  }
}

/// A value and its name.
package struct NamedValue: Hashable, Sendable {
  /// Of a column or a parameter.
  package var name: String
  /// nil is NULL.
  package var value: String?

  package init(_ name: String, _ value: String?) {
    self.name = name
    self.value = value
  }
}
