import ReportModel

/// The two files of a new report, before somebody edits them.
package struct ReportDraft: Hashable, Sendable {
  package struct Column: Hashable, Sendable {
    package var name: String
    package var description: String?
    /// A type of PostgreSQL's own; nil leaves that of the query.
    package var type: String?
    package var format: ReportModel.Column.Format?

    package init(
      name: String, type: String? = nil, format: ReportModel.Column.Format? = nil, description: String? = nil
    ) {
      self.name = name
      self.type = type
      self.format = format
      self.description = description
    }
  }

  /// One line under `checks`.
  package enum Check: Hashable, Sendable {
    case notNull([String])
    /// Of columns in which the statistics know no null.
    case hasNoNulls([String])
    case range(column: String, min: String?, max: String?)
    case isNeverNegative(column: String)
    case condition(name: String, sql: String)
    case rows
  }

  /// The JSON Schema for editors, seen from the metadata file; nil for none.
  package var schema: String?
  /// Valid, as `ReportName` has it.
  package var name: String
  package var title: String
  package var description: String?
  package var sql: String
  package var syntax = QuerySyntax.parser
  package var parameters: [Parameter] = []
  package var period = Period.none
  package var start: CalendarDate?
  /// Behind `start`.
  package var startNote: String?
  package var timeColumn: String?
  package var lookback = 0
  package var uniqueKey: [String] = []
  /// In the place of a key.
  package var keyNote: String?
  package var indexes: [[String]] = []
  package var grants: [Materialization.Grant] = []
  package var allowsForeign = false
  package var columns: [Column] = []
  package var checks: [Check] = []
  /// The column whose values pages and Superset add up; nil for a count of rows alone.
  package var measure: String?
  /// Comments at the end of the metadata, a paragraph each.
  package var notes: [String] = []

  package init(name: String, sql: String) {
    self.name = name
    self.sql = sql
    title = Self.words(name.replacing("-", with: "_"))
  }

  /// `sales_daily` of `sales-daily`; a table's name does not begin with a digit.
  static func tableName(_ name: String) -> String {
    let table = name.replacing("-", with: "_")
    return table.first.map(\.isNumber) ?? false ? "r" + table : table
  }

  /// `Purchase date` of `purchase_date` and `PurchaseDate`.
  package static func words(_ name: String) -> String {
    var text = ""
    var wasLower = false
    let characters = Array(name)
    for (index, character) in characters.enumerated() {
      if character == "_" {
        text += " "
      } else if character.isUppercase, wasLower {
        let isWord = index + 1 < characters.count && characters[index + 1].isLowercase
        text += " " + (isWord ? character.lowercased() : String(character))
      } else {
        text.append(character)
      }
      wasLower = character.isLowercase
    }
    let words = text.split(separator: " ").joined(separator: " ")
    return words.isEmpty ? name : words.prefix(1).uppercased() + words.dropFirst()
  }

  /// The format of values of a type; nil where none fits.
  package static func format(ofType type: String) -> ReportModel.Column.Format? {
    if ["smallint", "integer", "bigint"].contains(type) { return .integer }
    if type.hasPrefix("numeric") || ["real", "double precision"].contains(type) { return .number }
    if type == "date" { return .date }
    return nil
  }

  /// Of type date or a timestamp, so that rows can belong to an interval by it.
  static func isTime(_ type: String) -> Bool { type == "date" || type.hasPrefix("timestamp") }
}
