/// The metadata that change a report's rows: with the SQL they are what a fingerprint is made of.
///
/// The ledger keeps them as JSON beside the SQL, so that a later version can tell whether an older definition means the
/// same. Types stand as they were written: their canonical form is the parser's.
package struct DefinitionKeys: Hashable, Sendable, Codable {
  package struct Parameter: Hashable, Sendable, Codable {
    package var name: String
    package var type: String
    package var isList: Bool
    /// The default as SQL; nil without one.
    package var literal: String?

    enum CodingKeys: String, CodingKey {
      case name, type, literal
      case isList = "is_list"
    }
  }

  package var kind: String
  /// Quoted as in SQL.
  package var table: String?
  package var timeColumn: String?
  package var uniqueKey: [String]
  package var deletesInterval: Bool
  package var period: String
  /// By column.
  package var types: [String: String]
  /// Sorted by name.
  package var parameters: [Parameter]

  enum CodingKeys: String, CodingKey {
    case table, period, types, parameters
    case kind = "as"
    case timeColumn = "time_column"
    case uniqueKey = "unique_key"
    case deletesInterval = "deletes_interval"
  }

  package init(_ report: Report) {
    let materialization = report.materialization
    kind = materialization.kind.rawValue
    table = materialization.table?.quoted
    timeColumn = materialization.timeColumn
    uniqueKey = materialization.uniqueKey
    deletesInterval = materialization.deletesInterval
    period = report.period.rawValue
    let typed = report.columns.compactMap { column in column.type.map { (column.name, $0) } }
    types = Dictionary(typed) { _, last in last }
    parameters = report.parameters.sorted { $0.name < $1.name }.map { parameter in
      Parameter(
        name: parameter.name, type: parameter.type.rawValue, isList: parameter.isList,
        literal: parameter.defaultValue.map(parameter.literal))
    }
  }
}
