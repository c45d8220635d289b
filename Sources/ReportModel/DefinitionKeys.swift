/// The metadata keys that change a report's rows; the fingerprint is computed from them and the SQL.
///
/// The ledger keeps them as JSON beside the SQL, so that a later version can compute the fingerprint of an older
/// definition. Types are kept as written; the parser gives their canonical form.
package struct DefinitionKeys: Hashable, Sendable, Codable {
  /// A declared parameter, as far as it changes the SQL that runs.
  package struct Parameter: Hashable, Sendable, Codable {
    package var name: String
    /// The scalar type as in the metadata, `text`; without `[]`.
    package var type: String
    /// The metadata has the type with `[]`.
    package var isList: Bool
    /// The default as SQL; nil without one.
    package var literal: String?

    enum CodingKeys: String, CodingKey {
      case name, type, literal
      case isList = "is_list"
    }
  }

  /// `syntax`; nil for the parser, as in ledgers of older versions.
  package var syntax: String?
  /// `materialize.as`.
  package var kind: String
  /// Quoted as in SQL.
  package var table: String?
  /// `materialize.time_column`; nil without one.
  package var timeColumn: String?
  /// `materialize.unique_key`, in the order of the file; empty without one.
  package var uniqueKey: [String]
  /// True for `materialize.delete: interval`.
  package var deletesInterval: Bool
  /// `period`; `none` where the metadata has none.
  package var period: String
  /// The project's, which decides where an interval begins; nil for a report without a period, and in the ledger of a
  /// version that did not store it.
  package var timezone: String?
  /// The effective `search_path`, which decides what operators and functions the SQL means; empty without one, nil in the
  /// ledger of a version that did not store it.
  package var searchPath: [String]?
  /// By column.
  package var types: [String: String]
  /// Sorted by name.
  package var parameters: [Parameter]

  enum CodingKeys: String, CodingKey {
    case table, period, timezone, types, parameters, syntax
    case kind = "as"
    case searchPath = "search_path"
    case timeColumn = "time_column"
    case uniqueKey = "unique_key"
    case deletesInterval = "deletes_interval"
  }

  /// Types and defaults are taken as the report declares them.
  package init(_ report: Report) {
    let materialization = report.materialization
    syntax = report.syntax == .parser ? nil : report.syntax.rawValue
    kind = materialization.kind.rawValue
    table = materialization.table?.quoted
    timeColumn = materialization.timeColumn
    uniqueKey = materialization.uniqueKey
    deletesInterval = materialization.deletesInterval
    period = report.period.rawValue
    timezone = report.period == .none ? nil : report.timezone
    searchPath = report.searchPath
    let typed = report.columns.compactMap { column in column.type.map { (column.name, $0) } }
    types = Dictionary(typed) { _, last in last }
    parameters = report.parameters.sorted { $0.name < $1.name }.map { parameter in
      Parameter(
        name: parameter.name, type: parameter.type.rawValue, isList: parameter.isList,
        literal: parameter.defaultValue.map(parameter.literal))
    }
  }
}
