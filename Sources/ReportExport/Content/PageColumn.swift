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
  /// Whether dates have their weekday; not where they name a week or a month.
  package var hasWeekday = true
  /// The greatest distance of a value from 0, for a bar in each cell; nil for none.
  package var barScale: Double?
  /// Whether a row has the history of the value in a field of its own: `0:12.5 3:7`, positions and values.
  package var hasHistory = false

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

  /// Whether the values are codes of currencies, whose signs stand behind the row's money.
  var isCurrency: Bool { !isNumeric && name.lowercased().contains("currency") }

  /// How values are written in an element of their own: with the unit, if there is one.
  var titleWithUnit: String { unit.map { "\(title), \($0)" } ?? title }
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
