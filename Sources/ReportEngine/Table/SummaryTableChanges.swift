import ReportModel

/// The DDL that brings a summary table to its definition; empty when nothing would change.
///
/// Pure. Each statement stands alone, so that each takes its lock for a moment only.
struct SummaryTableChanges: Hashable, Sendable {
  var statements: [String]

  /// - Parameters:
  ///   - existing: the table's shape; its kind must be a plain table.
  ///   - name: what the statements name, which is not the final name while a new table is prepared.
  ///   - finalName: the published name, from which index names are made.
  ///   - columns: the query's columns.
  /// - Throws: `Diagnostic` when a column would be lost or retyped.
  init(
    report: Report, existing: TableShape, name: QualifiedName, finalName: QualifiedName,
    columns: [ColumnShape]
  ) throws(Diagnostic) {
    guard existing.kind == "r" else {
      throw Diagnostic(
        "\"\(finalName)\" exists and is not a plain table",
        hint: "Choose another name under materialize.table, or drop it.", file: report.metadataFile)
    }
    var statements = try Self.added(
      report: report, existing: existing, name: name, table: finalName, columns: columns)
    statements += Self.indexes(report: report, existing: existing, name: name, finalName: finalName)
    statements += Self.comments(report: report, existing: existing, name: name, columns: columns)
    statements += Self.grants(report: report, existing: existing, name: name)
    self.statements = statements
  }

  private static func added(
    report: Report, existing: TableShape, name: QualifiedName, table: QualifiedName, columns: [ColumnShape]
  ) throws(Diagnostic) -> [String] {
    let known = Dictionary(uniqueKeysWithValues: existing.columns.map { ($0.name, $0.type) })
    let wayOut =
      "To accept the change, drop the table and run \"reportgen run \(report.name) --full-refresh\"; "
      + "what depends on it has to be made again."
    if let lost = existing.columns.first(where: { column in !columns.contains { $0.name == column.name } }) {
      throw Diagnostic(
        "column \"\(lost.name)\" of \(table) is no longer in the query",
        detail: "The published column would be lost. Nothing was published.",
        hint: "Give the query a column of that name and type \(lost.type). " + wayOut, file: report.sqlFile)
    }
    if let retyped = columns.first(where: { known[$0.name] != nil && known[$0.name] != $0.type }) {
      throw Diagnostic(
        "column \"\(retyped.name)\" of \(table) is \(known[retyped.name] ?? ""), but the query gives \(retyped.type)",
        detail: "Nothing was published.",
        hint: "Declare \"type: \(known[retyped.name] ?? "")\" for it under columns. " + wayOut,
        file: report.sqlFile)
    }
    let new = columns.filter { known[$0.name] == nil }
    guard new.isEmpty || report.materialization.onSchemaChange == .add else {
      throw Diagnostic(
        "column \"\(new[0].name)\" is not in \(table)", detail: "Nothing was published.",
        hint: "Set \"on_schema_change: add\" under materialize, or leave the column out.",
        file: report.sqlFile)
    }
    return new.map {
      "ALTER TABLE \(name.quoted) ADD COLUMN IF NOT EXISTS \(SQLQuote.identifier($0.name)) \($0.type)"
    }
  }

  private static func indexes(
    report: Report, existing: TableShape, name: QualifiedName, finalName: QualifiedName
  ) -> [String] {
    var statements: [String] = []
    let key = report.materialization.uniqueKey
    let hasKey = existing.indexes.contains { $0.isUnique && $0.nullsNotDistinct && $0.columns == key }
    if !key.isEmpty, !hasKey {
      statements.append(
        "CREATE UNIQUE INDEX \(indexName(finalName, ["key"])) ON \(name.quoted) (\(list(key))) NULLS NOT DISTINCT"
      )
    }
    for columns in report.materialization.indexes
    where !existing.indexes.contains(where: { $0.columns == columns }) && !(columns == key) {
      statements.append("CREATE INDEX \(indexName(finalName, columns)) ON \(name.quoted) (\(list(columns)))")
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

  static func grants(report: Report, existing: TableShape, name: QualifiedName) -> [String] {
    report.materialization.grants.filter { grant in
      !existing.grants.contains { $0.role == grant.role && $0.privilege == grant.privilege.rawValue }
    }.map {
      let role = $0.role == "public" ? "PUBLIC" : SQLQuote.identifier($0.role)
      return "GRANT \($0.privilege.rawValue) ON \(name.quoted) TO \(role)"
    }
  }

  private static func list(_ columns: [String]) -> String {
    columns.map(SQLQuote.identifier).joined(separator: ", ")
  }

  /// `sales_daily_purchase_date_idx`; where that is longer than the 63 bytes of a name, it is cut (whole characters
  /// only) and a hash tells it from others.
  private static func indexName(_ table: QualifiedName, _ parts: [String]) -> String {
    let suffix = parts == ["key"] ? "_key" : "_idx"
    let middle = parts == ["key"] ? "" : "_" + parts.joined(separator: "_")
    var stem = table.name + middle
    if (stem + suffix).utf8.count > 63 {
      let hash = "_" + LockKey.short("\(table) \(parts)")
      while stem.utf8.count + hash.utf8.count + suffix.utf8.count > 63 { stem.removeLast() }
      stem += hash
    }
    return SQLQuote.identifier(stem + suffix)
  }
}
