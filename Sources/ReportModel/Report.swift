/// One report as its two files define it, already checked: SQL, metadata, and what was found in the parsed SQL.
package struct Report: Hashable, Sendable {
  /// Lower case, digits and hyphens, at most 60 bytes; unique in the project.
  package var name: String
  package var title: String
  package var description: String?
  package var owner: String?
  package var tags: [String]
  /// In the order of the file.
  package var parameters: [Parameter]
  package var period: Period
  /// The first day that has data; nil only when `period` is `none`.
  package var start: CalendarDate?
  /// So long after an interval's end, or without a period after the last as-of, it is late; nil: never.
  package var expectWithinSeconds: Int?
  package var materialization: Materialization
  /// What the metadata says of the columns, in the order of the file; columns without a word are not in it.
  package var columns: [Column]
  package var checks: [Check]
  package var export: ExportSettings
  package var superset: SupersetSettings
  package var query: QueryText
  /// Every table and view that the SQL names, sorted, each once.
  package var reads: [QualifiedName]
  /// The same for the SQL of the checks, and the tables of `relationships`.
  package var checkReads: [QualifiedName]
  /// The query's column names where the text alone gives them; nil with a `*`.
  package var outputColumns: [String]?
  /// SHA-256, in hex, over the parse tree without locations and the keys that change the rows.
  package var fingerprint: String
  /// Relative to the project's folder.
  package var sqlFile: String
  package var metadataFile: String

  package init(
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

  package func column(_ name: String) -> Column? { columns.first { $0.name == name } }
}

/// What the metadata declares of one output column.
package struct Column: Hashable, Sendable {
  package enum Format: String, Hashable, Sendable, Codable, CaseIterable {
    case text, integer, number, money, percent, date
  }

  package var name: String
  package var title: String?
  package var description: String?
  /// A PostgreSQL type as written in SQL, `numeric(14,2)`; the query that runs casts to it.
  package var type: String?
  package var format: Format?

  package init(
    name: String, title: String? = nil, description: String? = nil, type: String? = nil, format: Format? = nil
  ) {
    self.name = name
    self.title = title
    self.description = description
    self.type = type
    self.format = format
  }
}
