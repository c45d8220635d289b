/// Who parses a report's SQL.
package enum QuerySyntax: String, Hashable, Sendable, Codable, CaseIterable {
  /// The parser in reportgen, without a server: PostgreSQL 15's.
  case parser
  /// The server that runs the query: `syntax: server`, for SQL that is newer than the parser.
  case server
}

/// One report as its two files define it, already checked: SQL, metadata, and what was found in the parsed SQL.
package struct Report: Hashable, Sendable {
  /// Lower case, digits and hyphens, at most 60 bytes; unique in the project.
  package var name: String
  /// What people see above the rows; never empty.
  package var title: String
  /// What the numbers mean; nil where the metadata says nothing.
  package var description: String?
  /// Whom to ask about the report; nil where the metadata names nobody.
  package var owner: String?
  /// Words by which runs select reports; in the order of the file.
  package var tags: [String]
  /// In the order of the file.
  package var parameters: [Parameter]
  /// `none` where the metadata has no period: each run then computes all rows.
  package var period: Period
  /// The first day that has data; nil only when `period` is `none`.
  package var start: CalendarDate?
  /// Which missing intervals a run computes.
  package var catchUp = CatchUp.all
  /// The report is late this long after an interval's end or, without a period, after the last as-of; nil: never.
  package var expectWithinSeconds: Int?
  package var materialization: Materialization
  /// The keys of `columns`, in the order of the file; other output columns are not in it.
  package var columns: [Column]
  /// In the order of the file; the implicit checks of keys are not among them.
  package var checks: [Check]
  /// A CSV file and a page where the metadata has no `export`.
  package var export: ExportSettings
  /// The language of its files; nil: the environment's or the project's.
  package var locale: String?
  /// Empty where the metadata has no `superset`.
  package var superset: SupersetSettings
  /// The report's SELECT, with the places of its parameters.
  package var query: QueryText
  package var syntax: QuerySyntax
  /// Every table and view that the SQL names, sorted, each once. With `syntax: server` those alone that are summary
  /// tables or views of reports: which of its names are tables, only the server knows.
  package var reads: [QualifiedName]
  /// The same for the SQL of the checks, and the tables of `relationships`.
  package var checkReads: [QualifiedName]
  /// Those of them that the checks read on the primary, as the owner of the summary tables.
  package var primaryCheckReads: [QualifiedName] = []
  /// Those of them that `reconcile` reads in the report's snapshot, on the replica.
  package var sourceReads: [QualifiedName] = []
  /// The names that the SQL uses.
  package var mentions = SQLMentions()
  /// The same for the SQL of the checks.
  package var checkMentions = SQLMentions()
  /// `allow_foreign`: rows that lie on other servers may be read, though no as-of holds for them.
  package var allowsForeign: Bool
  /// The query's column names where the text alone gives them; nil with a `*`.
  package var outputColumns: [String]?
  /// SHA-256, in hex, over the parse tree without locations and the keys that change the rows.
  package var fingerprint: String
  /// The project's: where the days of the period begin.
  package var timezone = "UTC"
  /// The schemas of the key `search_path` that holds for the chosen environment; empty without one.
  package var searchPath: [String] = []
  /// Relative to the project's folder.
  package var sqlFile: String
  /// Relative to the project's folder, too.
  package var metadataFile: String

  package init(
    name: String, title: String, description: String? = nil, owner: String? = nil, tags: [String] = [],
    parameters: [Parameter] = [], period: Period = .none, start: CalendarDate? = nil,
    expectWithinSeconds: Int? = nil, materialization: Materialization, columns: [Column] = [],
    checks: [Check] = [],
    export: ExportSettings = ExportSettings(), superset: SupersetSettings = SupersetSettings(),
    query: QueryText, syntax: QuerySyntax = .parser, reads: [QualifiedName] = [],
    checkReads: [QualifiedName] = [], allowsForeign: Bool = false, outputColumns: [String]? = nil,
    fingerprint: String = "",
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
    self.syntax = syntax
    self.reads = reads
    self.checkReads = checkReads
    self.allowsForeign = allowsForeign
    self.outputColumns = outputColumns
    self.fingerprint = fingerprint
    self.sqlFile = sqlFile
    self.metadataFile = metadataFile
  }

  /// - Returns: nil when the metadata says nothing of a column of that name.
  package func column(_ name: String) -> Column? { columns.first { $0.name == name } }
}

/// Which missing intervals of a report a run computes: the key `catch_up`, and what the query allows.
package enum CatchUp: Hashable, Sendable {
  /// Every one, up to the limit of a run.
  case all
  /// The newest closed one; others where the caller names their days.
  case newest
  /// The newest closed one alone: the query has neither `:start` nor `:end`, so that its rows are the state at the time
  /// of the run, whatever interval they are recorded for.
  case state
}

/// What the metadata declares of one output column.
package struct Column: Hashable, Sendable {
  /// `format`: how pages and Superset show the values; files have them as they are.
  package enum Format: String, Hashable, Sendable, Codable, CaseIterable {
    case text, integer, number, money, percent, date
  }

  /// The column's name in the query's output.
  package var name: String
  /// The heading that people see; nil: the name.
  package var title: String?
  /// Becomes the column's comment in PostgreSQL; nil for none.
  package var description: String?
  /// A PostgreSQL type as written in SQL, `numeric(14,2)`; the query that runs casts to it.
  package var type: String?
  /// nil: the values are shown as PostgreSQL writes them.
  package var format: Format?
  /// What stands behind a value where pages show it large: `pcs`, `kg`, `₽`; nil for none.
  package var unit: String?

  package init(
    name: String, title: String? = nil, description: String? = nil, type: String? = nil,
    format: Format? = nil,
    unit: String? = nil
  ) {
    self.name = name
    self.title = title
    self.description = description
    self.type = type
    self.format = format
    self.unit = unit
  }
}
