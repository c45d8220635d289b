import PostgresClient
import ReportModel

/// Reads what the catalogs of a server say of a table or view, for a report that is to read it.
///
/// The session is READ ONLY and of the role that reads.
package struct RelationReader: Sendable {
  let connection: Connection

  package init(connection: Connection) { self.connection = connection }

  /// The first of the names that is a table or view.
  ///
  /// - Parameters:
  ///   - names: what the user's text can mean.
  ///   - written: the text itself, for errors.
  /// - Throws: `RunError`, 64 when there is none, 1 when the role may not read it.
  package func read(_ names: [QualifiedName], written: String) async throws -> SourceRelation {
    let row = try await row(names, written: written)
    let name = QualifiedName(schema: try row["schema"], name: try row["name"])
    guard try row.bool("is_readable"), try !row.bool("hides_rows") else { throw try await unreadable(name) }
    let oid = try row["oid"]
    let (columns, omitted) = try await columns(oid, name)
    var relation = SourceRelation(
      name: name, kind: Self.kind(try row["kind"]), comment: try row.optional("comment"), columns: columns)
    relation.omitted = omitted
    guard !columns.isEmpty else {
      throw RunError(
        .failed,
        Diagnostic(
          "\(name) has no column that a report can have",
          detail: omitted.isEmpty ? nil : omitted.map { "\($0.name): \($0.reason)." }.joined(separator: " "),
          effect: .nothingChanged))
    }
    let kept = Set(columns.map(\.name))
    relation.key = try await key(oid, isMaterialized: relation.kind == .materializedView)
    if !relation.key.allSatisfy(kept.contains) { relation.key = [] }
    relation.conditions = try await conditions(oid).filter { $0.columns.allSatisfy(kept.contains) }
    return relation
  }

  /// The same without a look at its columns, which need rights.
  package func find(_ names: [QualifiedName], written: String) async throws -> QualifiedName {
    let row = try await row(names, written: written)
    return QualifiedName(schema: try row["schema"], name: try row["name"])
  }

  private func row(_ names: [QualifiedName], written: String) async throws -> Row {
    let found = try await connection.query(
      """
      SELECT c.oid, n.nspname AS schema, c.relname AS name, c.relkind AS kind,
        obj_description(c.oid, 'pg_class') AS comment,
        has_schema_privilege(n.oid, 'USAGE') AND has_any_column_privilege(c.oid, 'SELECT') AS is_readable,
        c.relkind IN ('r', 'p') AND row_security_active(c.oid) AS hides_rows
      FROM unnest($1::text[], $2::text[]) WITH ORDINALITY w(schema, name, position)
      JOIN pg_namespace n ON n.nspname = w.schema JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = w.name
      WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY w.position LIMIT 1
      """, [postgresArray(names.map(\.schema)), postgresArray(names.map(\.name))])
    guard let row = found.decoded.first else { throw try await missing(written) }
    return row
  }

  private static func kind(_ letter: String) -> SourceRelation.Kind {
    switch letter {
    case "v": .view
    case "m": .materializedView
    case "f": .foreignTable
    default: .table
    }
  }

  // MARK: What is not there

  private func missing(_ written: String) async throws -> RunError {
    let known = try await connection.query(
      """
      SELECT n.nspname AS schema, c.relname AS name, quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS shown
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
        AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
      ORDER BY 3 LIMIT 10000
      """)
    var shown: [String: String] = [:]
    for row in known.decoded {
      let (text, name) = (try row["shown"], try row["name"])
      for form in [text, "\(try row["schema"]).\(name)", name] where shown[form] == nil { shown[form] = text }
    }
    let near =
      shown[written] ?? Suggestion.nearest(to: written, among: shown.keys.sorted()).flatMap { shown[$0] }
    return RunError(
      .usage,
      Diagnostic(
        "no table or view is named \"\(written)\"",
        hint: near.map { $0.contains("\"") ? "Did you mean \($0)?" : "Did you mean \"\($0)\"?" }
          ?? "Write it with its schema, as in SQL: schema.table, or 'schema.\"Table\"' in the quotes of the shell."
      ))
  }

  private func unreadable(_ name: QualifiedName) async throws -> RunError {
    let grants = try await MissingRights(connection: connection).statements([
      .schema(name.schema, ["USAGE"]), .table(name, ["SELECT"]),
    ])
    return RunError(
      .failed,
      Diagnostic(
        "the role of the replica's connection may not read all rows of \(name)", effect: .nothingChanged,
        hint: grants.isEmpty ? nil : "Run on the primary, as a superuser: \(grants.joined(separator: " "))"),
      sqlState: SQLState.insufficientPrivilege.rawValue)
  }

  // MARK: Columns

  private func columns(_ oid: String, _ name: QualifiedName) async throws
    -> ([SourceRelation.Column], [SourceRelation.Omitted])
  {
    let rows = try await connection.query(Self.facts, [oid]).decoded
    var omitted: [SourceRelation.Omitted] = []
    var readable: [Row] = []
    for row in rows {
      if try row.bool("is_readable") {
        readable.append(row)
      } else {
        omitted.append(.init(name: try row["name"], reason: "the role that reads may not read it"))
      }
    }
    guard !readable.isEmpty else { return ([], omitted) }
    let list = try readable.map { SQLQuote.identifier(try $0["name"]) }.joined(separator: ", ")
    let described = try await connection.describe("SELECT \(list) FROM \(name.quoted)")
    let types = try await CatalogMemo().types(of: described, on: connection)
    let catalog = try await TypeCatalog.read(
      Set(described.map { String($0.typeOID) }).sorted(), on: connection)
    var columns: [SourceRelation.Column] = []
    for (index, row) in readable.enumerated() {
      let oid = described[index].typeOID
      if let reason = try await refusal(of: described[index], types[index].name, in: catalog) {
        omitted.append(.init(name: try row["name"], reason: reason))
        continue
      }
      var column = SourceRelation.Column(
        name: try row["name"], type: types[index].name, isBuiltIn: oid < TypeCatalog.firstOwn,
        comment: try row.optional("comment"))
      column.isRequired = try row.bool("is_required")
      column.isReference = try row.bool("is_reference")
      column.isPartitionKey = try row.bool("is_partition_key")
      column.leadsIndex = try row.bool("leads_index") || column.isPartitionKey
      column.hasNulls = try row.optional("has_nulls").map { $0 == "t" }
      column.isNeverNegative = try row.optional("is_never_negative") == "t"
      columns.append(column)
    }
    return (columns, omitted)
  }

  /// Why no report of this project can have a column of the type; nil when it can.
  private func refusal(of column: ColumnDescription, _ type: String, in catalog: TypeCatalog) async throws
    -> String?
  {
    guard column.typeOID >= TypeCatalog.firstOwn else { return nil }
    let unlisted = try await UnlistedType.find(
      SQLMentions(), outputs: [(column.name, column.typeOID)], on: connection)
    if let unlisted {
      return "type \(unlisted.type) needs \"search_path: [\(unlisted.schema)]\" in reportgen.yaml"
    }
    if case .refused = StoredType.of(String(column.typeOID), in: catalog) {
      return "no summary table can have type \(type)"
    }
    return nil
  }

  /// The least value of the statistics: the first bound of the histogram and the most common values.
  private static let facts = """
    SELECT a.attname AS name, col_description(a.attrelid, a.attnum) AS comment,
      has_column_privilege(a.attrelid, a.attnum, 'SELECT') AS is_readable, a.attnotnull AS is_required,
      EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = a.attrelid AND k.contype = 'f'
        AND a.attnum = ANY (k.conkey)) AS is_reference,
      EXISTS (SELECT FROM pg_partitioned_table p WHERE p.partrelid = a.attrelid AND p.partattrs[0] = a.attnum)
        AS is_partition_key,
      EXISTS (SELECT FROM pg_index i WHERE i.indrelid = a.attrelid AND i.indisvalid AND i.indpred IS NULL
        AND i.indkey[0] = a.attnum) AS leads_index,
      s.null_frac > 0 AS has_nulls,
      CASE WHEN a.atttypid IN (20, 21, 23, 700, 701, 1700) THEN
        (SELECT min(v.value::text::numeric) >= 0 FROM (
          SELECT unnest(s.most_common_vals::text::text[]) UNION ALL SELECT (s.histogram_bounds::text::text[])[1]
        ) v(value) WHERE v.value IS NOT NULL)
      END AS is_never_negative
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_stats s ON s.schemaname = n.nspname AND s.tablename = c.relname AND s.attname = a.attname
      AND s.inherited = (c.relkind = 'p')
    WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
    """

  // MARK: Key and constraints

  private func key(_ oid: String, isMaterialized: Bool) async throws -> [String] {
    let rows = try await connection.query(
      """
      SELECT (SELECT json_agg(a.attname ORDER BY k.position)
        FROM unnest(i.indkey::int2[]) WITH ORDINALITY k(attnum, position)
        JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
        WHERE k.position <= i.indnkeyatts) AS columns
      FROM pg_index i
      WHERE i.indrelid = $1::oid AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
        AND ($2::bool OR NOT EXISTS (
          SELECT FROM unnest(i.indkey::int2[]) WITH ORDINALITY k(attnum, position)
          JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
          WHERE k.position <= i.indnkeyatts AND NOT a.attnotnull))
      ORDER BY i.indisprimary DESC, i.indnkeyatts, i.indexrelid LIMIT 1
      """, [oid, isMaterialized ? "t" : "f"])
    return try rows.decoded.first?.texts("columns") ?? []
  }

  /// Those that name nothing but columns and PostgreSQL's own objects: `pg_depend` has no row for these.
  private func conditions(_ oid: String) async throws -> [SourceRelation.Condition] {
    let rows = try await connection.query(
      """
      SELECT k.conname AS name, pg_get_expr(k.conbin, k.conrelid) AS expression,
        (SELECT json_agg(a.attname ORDER BY a.attnum) FROM pg_attribute a
          WHERE a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey)) AS columns
      FROM pg_constraint k
      WHERE k.conrelid = $1::oid AND k.contype = 'c' AND k.convalidated AND k.conkey IS NOT NULL
        AND 0 < ALL (k.conkey)
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_constraint'::regclass AND d.objid = k.oid
          AND d.refclassid <> 'pg_class'::regclass)
      ORDER BY k.conname
      """, [oid])
    return try rows.decoded.map { row in
      SourceRelation.Condition(
        name: try row["name"], expression: try row["expression"], columns: try row.texts("columns") ?? [])
    }
  }
}
