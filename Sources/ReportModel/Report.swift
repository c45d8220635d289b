/// One report as its two files define it, already checked: SQL, metadata, and what was found in the parsed SQL.
public struct Report: Hashable, Sendable {
  /// Lower case, digits and hyphens, at most 60 bytes; unique in the project.
  public var name: String
  public var title: String
  public var description: String?
  public var owner: String?
  public var tags: [String]
  /// In the order of the file.
  public var parameters: [Parameter]
  public var period: Period
  /// The first day that has data; nil only when `period` is `none`.
  public var start: CalendarDate?
  /// So long after an interval's end, or without a period after the last as-of, it is late; nil: never.
  public var expectWithinSeconds: Int?
  public var materialization: Materialization
  /// What the metadata says of the columns, in the order of the file; columns without a word are not in it.
  public var columns: [Column]
  public var checks: [Check]
  public var export: ExportSettings
  public var superset: SupersetSettings
  public var query: QueryText
  /// Every table and view that the SQL names, sorted, each once.
  public var reads: [QualifiedName]
  /// The same for the SQL of the checks, and the tables of `relationships`.
  public var checkReads: [QualifiedName]
  /// The query's column names where the text alone gives them; nil with a `*`.
  public var outputColumns: [String]?
  /// SHA-256, in hex, over the parse tree without locations and the keys that change the rows.
  public var fingerprint: String
  /// Relative to the project's folder.
  public var sqlFile: String
  public var metadataFile: String

  public init(
    name: String, title: String, description: String? = nil, owner: String? = nil, tags: [String] = [],
    parameters: [Parameter] = [], period: Period = .none, start: CalendarDate? = nil,
    expectWithinSeconds: Int? = nil, materialization: Materialization, columns: [Column] = [],
    checks: [Check] = [],
    export: ExportSettings = ExportSettings(), superset: SupersetSettings = SupersetSettings(),
    query: QueryText, reads: [QualifiedName] = [],
    checkReads: [QualifiedName] = [], outputColumns: [String]? = nil, fingerprint: String = "",
    sqlFile: String, metadataFile: String
  ) {
    self.name = name
    self.title = title
    self.description = description
    self.owner = owner
    self.tags = tags
    self.parameters = parameters
    self.period = period
    self.start = start
    self.expectWithinSeconds = expectWithinSeconds
    self.materialization = materialization
    self.columns = columns
    self.checks = checks
    self.export = export
    self.superset = superset
    self.query = query
    self.reads = reads
    self.checkReads = checkReads
    self.outputColumns = outputColumns
    self.fingerprint = fingerprint
    self.sqlFile = sqlFile
    self.metadataFile = metadataFile
  }

  public func column(_ name: String) -> Column? { columns.first { $0.name == name } }
}

/// What the metadata declares of one output column.
public struct Column: Hashable, Sendable {
  public enum Format: String, Hashable, Sendable, Codable, CaseIterable {
    case text, integer, number, money, percent, date
  }

  public var name: String
  public var title: String?
  public var description: String?
  /// A PostgreSQL type as written in SQL, `numeric(14,2)`; the query that runs casts to it.
  public var type: String?
  public var format: Format?

  public init(
    name: String, title: String? = nil, description: String? = nil, type: String? = nil, format: Format? = nil
  ) {
    self.name = name
    self.title = title
    self.description = description
    self.type = type
    self.format = format
  }
}
