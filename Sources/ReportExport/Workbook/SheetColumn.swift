import ReportModel

/// A column of a sheet.
package struct SheetColumn: Hashable, Sendable {
  /// What the values are; a value that a spreadsheet cannot hold exactly is written as text, whatever the column's kind.
  package enum Kind: Hashable, Sendable {
    case text
    /// A number in decimal digits.
    case number
    /// A binary floating-point number: its 17 digits are the number itself, not more than a spreadsheet has.
    case float
    /// PostgreSQL's `t` and `f`.
    case boolean
    /// A date, a time of day, or both.
    case moment
  }

  /// The name in SQL and CSV.
  package var name: String
  /// In the header.
  package var title: String
  package var kind: Kind
  /// nil: digits as PostgreSQL writes them.
  package var format: Column.Format?
  /// Whether values are instants, which the header says the time zone of.
  package var hasZone: Bool
  /// On the sheet about the rows.
  package var description: String?
  /// As `format_type` writes it.
  package var type: String

  /// - Parameters:
  ///   - type: as `format_type` writes it.
  ///   - category: of `pg_type`.
  package init(
    name: String, type: String, category: String, title: String? = nil, description: String? = nil,
    format: Column.Format? = nil
  ) {
    self.name = name
    self.title = title ?? name
    self.type = type
    self.description = description
    self.format = format
    hasZone =
      category == "D" && type.hasPrefix("timestamp") && type.hasSuffix("with time zone")
      && !type.hasSuffix("without time zone")
    kind =
      switch category {
      // Numbers that are names: codes and identifiers with a text's format.
      case "N" where format == .text: .text
      case "N": ["real", "double precision"].contains(type) ? .float : .number
      case "B": .boolean
      case "D": .moment
      default: .text
      }
  }
}
