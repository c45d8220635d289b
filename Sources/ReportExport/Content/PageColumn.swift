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
  /// Whether values are right-aligned.
  package var isNumeric: Bool

  package init(
    name: String, title: String? = nil, description: String? = nil, format: Column.Format? = nil,
    isNumeric: Bool
  ) {
    self.name = name
    self.title = title ?? name
    self.description = description
    self.format = format
    self.isNumeric = isNumeric
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
