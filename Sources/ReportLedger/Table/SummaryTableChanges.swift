import ReportModel

/// The DDL that brings a summary table to its definition; empty when nothing would change.
///
/// Pure. Each statement stands alone, so that each takes its lock for a moment only.
package struct SummaryTableChanges: Hashable, Sendable {
  /// Drops, retypes and adds columns of a table that is rebuilt; only the publishing transaction may run it, once the
  /// table is empty, and before the other statements.
  package var alteration: String?
  /// In the order in which they have to run.
  package var statements: [String]
  /// What a new table lacks of the definition's grants; those of a table that is there follow its publish.
  package var grants: [Materialization.Grant]

  /// - Parameters:
  ///   - existing: the table's shape; its kind must be a plain table.
  ///   - name: what the statements name, which is not the final name while a new table is prepared.
  ///   - finalName: the published name, from which index names are made.
  ///   - columns: the query's columns.
  ///   - taken: names of other relations in the schemas of both names, which no new index can have.
  /// - Throws: `Diagnostic` when a column would be lost, retyped or added against `on_schema_change`.
  package init(
    report: Report, existing: TableShape, name: QualifiedName, finalName: QualifiedName,
    columns: [ColumnShape], taken: Set<String> = []
  ) throws(Diagnostic) {
    guard existing.kind == "r" else {
      throw Diagnostic(
        "\"\(finalName)\" exists and is not a plain table",
        hint: "Choose another name under materialize.table, or drop it.", file: report.metadataFile)
    }
    let difference = SchemaDifference(existing: existing.columns, columns: columns)
    try difference.requireAllowed(by: report, table: finalName)
    var existing = existing
    var taken = taken
    if report.rebuilds(difference) {
      alteration = Self.alteration(difference, name: name)
      let names = Set(existing.indexes.map(\.name))
      existing.remove(difference.removed)
      taken.subtract(names.subtracting(existing.indexes.map(\.name)))
      statements = []
    } else {
      statements = difference.added.map {
        "ALTER TABLE \(name.quoted) ADD COLUMN IF NOT EXISTS \($0.definition)"
      }
    }
    statements += Self.indexes(
      report: report, existing: existing, name: name, finalName: finalName, taken: taken)
    statements += Self.comments(report: report, existing: existing, name: name, columns: columns)
    grants = Self.grants(report: report, existing: existing)
  }

  /// Retyping keeps a column's place, comment, grants and indexes, which dropping and adding it would not.
  private static func alteration(_ difference: SchemaDifference, name: QualifiedName) -> String {
    let actions =
      difference.removed.map { "DROP COLUMN \(SQLQuote.identifier($0.name))" }
      + difference.retyped.map {
        "ALTER COLUMN \(SQLQuote.identifier($0.column.name)) TYPE \($0.column.typeDefinition) USING NULL"
      } + difference.added.map { "ADD COLUMN \($0.definition)" }
    return "ALTER TABLE \(name.quoted) " + actions.joined(separator: ", ")
  }

  private static func indexes(
    report: Report, existing: TableShape, name: QualifiedName, finalName: QualifiedName, taken: Set<String>
  ) -> [String] {
    var statements: [String] = []
    let key = report.materialization.uniqueKey
    if !key.isEmpty, !existing.hasKey(key) {
      let own = IndexName.key(finalName)
      // An index of that name on another key would reject rows that this key allows.
      var taken = taken
      for former in existing.indexes where IndexName.isVariant(former.name, of: own) {
        statements.append("DROP INDEX \(QualifiedName(schema: name.schema, name: former.name).quoted)")
        taken.remove(former.name)
      }
      let index = SQLQuote.identifier(IndexName.free(own, taken: taken))
      statements.append(
        "CREATE UNIQUE INDEX \(index) ON \(name.quoted) (\(list(key))) NULLS NOT DISTINCT"
      )
    }
    let wanted = report.materialization.indexes
    for (number, columns) in wanted.enumerated() where columns != key && !wanted[..<number].contains(columns)
    {
      guard !existing.indexes.contains(where: { $0.columns == columns }) else { continue }
      let index = SQLQuote.identifier(
        IndexName.free(IndexName.index(finalName, columns, among: wanted), taken: taken))
      statements.append("CREATE INDEX \(index) ON \(name.quoted) (\(list(columns)))")
    }
    return statements
  }

  private static func comments(
    report: Report, existing: TableShape, name: QualifiedName, columns: [ColumnShape]
  ) -> [String] {
    var statements: [String] = []
    let tableComment = report.description.map { "\(report.title). \($0)" } ?? report.title
    if existing.comment != tableComment {
      statements.append("COMMENT ON TABLE \(name.quoted) IS \(SQLQuote.literal(tableComment))")
    }
    for column in columns {
      let declared = report.column(column.name)
      guard let wanted = declared?.description ?? declared?.title else { continue }
      guard existing.columns.first(where: { $0.name == column.name })?.comment != wanted else { continue }
      statements.append(
        "COMMENT ON COLUMN \(name.quoted).\(SQLQuote.identifier(column.name)) IS \(SQLQuote.literal(wanted))")
    }
    return statements
  }

  static func grants(report: Report, existing: TableShape) -> [Materialization.Grant] {
    report.materialization.grants.filter { !existing.grants.contains(TableShape.Privilege($0)) }
  }

  /// Whether an index would be made, for which the names that are taken have to be known.
  package var makesIndex: Bool {
    statements.contains { $0.hasPrefix("CREATE INDEX") || $0.hasPrefix("CREATE UNIQUE INDEX") }
  }

  private static func list(_ columns: [String]) -> String {
    columns.map(SQLQuote.identifier).joined(separator: ", ")
  }
}

extension TableShape {
  /// Whether an index keeps the key unique, nulls being one value.
  package func hasKey(_ key: [String]) -> Bool {
    indexes.contains { $0.isUnique && $0.nullsNotDistinct && $0.columns == key }
  }

  /// Whether an index has the rows in the order of the column.
  package func hasIndex(ledBy column: String) -> Bool { indexes.contains { $0.columns.first == column } }
}

extension Report {
  /// Whether the difference makes a run compute all of the table again.
  package func rebuilds(_ difference: SchemaDifference) -> Bool {
    materialization.onSchemaChange == .rebuild && !difference.isEmpty
  }
}
