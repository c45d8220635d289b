/// The metadata that change a report's rows: with the SQL they are what a fingerprint is made of.
///
/// The ledger keeps them as JSON beside the SQL, so that a later version can tell whether an older definition means the
/// same. Types stand as they were written: their canonical form is the parser's.
public struct DefinitionKeys: Hashable, Sendable, Codable {
  public struct Parameter: Hashable, Sendable, Codable {
    public var name: String
    public var type: String
    public var isList: Bool
    /// The default as SQL; nil without one.
    public var literal: String?

    enum CodingKeys: String, CodingKey {
      case name, type, literal
      case isList = "is_list"
    }
  }

  public var kind: String
  /// Quoted as in SQL.
  public var table: String?
  public var timeColumn: String?
  public var uniqueKey: [String]
  public var deletesInterval: Bool
  public var period: String
  /// By column.
  public var types: [String: String]
  /// Sorted by name.
  public var parameters: [Parameter]

  enum CodingKeys: String, CodingKey {
    case table, period, types, parameters
    case kind = "as"
    case timeColumn = "time_column"
    case uniqueKey = "unique_key"
    case deletesInterval = "deletes_interval"
  }

  public init(_ report: Report) {
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
