import ReportModel

/// A column as a page shows it.
package struct PageColumn: Hashable, Sendable {
  package var name: String
  /// The name, where nobody gave a title.
  package var title: String
  package var description: String?
  /// nil shows values as the data has them, also without thousands set apart: identifiers and years.
  package var format: Column.Format?
  /// Right-aligned.
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

/// A value beside its name; nil is NULL.
package struct NamedValue: Hashable, Sendable {
  package var name: String
  package var value: String?

  package init(_ name: String, _ value: String?) {
    self.name = name
    self.value = value
  }
}
