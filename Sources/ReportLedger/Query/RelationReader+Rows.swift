import PostgresClient
import ReportModel

extension RelationReader {
  /// How long counting may take: a new report is no reason to load the server.
  private static let patience = Duration.seconds(10)

  /// How many rows there are, and of which days.
  ///
  /// A table whose size the statistics know is not counted, and what takes longer than 10 s is left unknown.
  /// - Parameter timeColumn: of type date or timestamp; nil when there is none.
  package func extent(of relation: SourceRelation, timeColumn: String?) async throws -> SourceExtent {
    let estimate = try await estimatedRows(relation.name)
    var extent = SourceExtent(rows: estimate)
    guard relation.kind != .foreignTable else { return extent }
    let needsCount = estimate == nil
    guard needsCount || timeColumn != nil else { return extent }
    let column = timeColumn.map(SQLQuote.identifier)
    let bounds = column.map {
      "(min(\($0)) FILTER (WHERE isfinite(\($0))))::date AS first, (max(\($0)) FILTER (WHERE isfinite(\($0))))::date AS last"
    }
    let sql =
      "SELECT \([needsCount ? "count(*) AS rows" : nil, bounds].compactMap(\.self).joined(separator: ", "))"
      + " FROM \(relation.name.quoted)"
    guard let row = try await withinPatience(sql) else {
      if let column { (extent.first, extent.last) = try await indexedBounds(relation, timeColumn, column) }
      return extent
    }
    if needsCount { extent.rows = try row.int("rows") }
    if column != nil {
      extent.first = try row.optional("first").flatMap { CalendarDate($0) }
      extent.last = try row.optional("last").flatMap { CalendarDate($0) }
    }
    return extent
  }

  /// The first value by the index alone.
  private func indexedBounds(_ relation: SourceRelation, _ name: String?, _ column: String) async throws
    -> (CalendarDate?, CalendarDate?)
  {
    guard relation.columns.first(where: { $0.name == name })?.leadsIndex ?? false else { return (nil, nil) }
    let row = try await withinPatience(
      "SELECT min(\(column))::date AS first, max(\(column))::date AS last FROM \(relation.name.quoted)")
    return (
      try row?.optional("first").flatMap { CalendarDate($0) },
      try row?.optional("last").flatMap { CalendarDate($0) }
    )
  }

  /// - Returns: nil when it took too long.
  private func withinPatience(_ sql: String) async throws -> Row? {
    do {
      return try Row(only: try await connection.queryReadOnly(sql, timeout: Self.patience))
    } catch let error as PostgresError where error.sqlState.matches(.queryCanceled) {
      return nil
    }
  }

  /// By the last ANALYZE or VACUUM, partitions added up; nil where some were never looked at.
  private func estimatedRows(_ name: QualifiedName) async throws -> Int? {
    let row = try Row(
      only: try await connection.query(
        """
        SELECT CASE WHEN min(l.reltuples) > 0 THEN sum(l.reltuples)::bigint END AS rows
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        CROSS JOIN LATERAL (
          SELECT c.oid WHERE c.relkind = 'r' UNION ALL
          SELECT p.relid FROM pg_partition_tree(c.oid) p WHERE c.relkind = 'p' AND p.isleaf
        ) t(oid) JOIN pg_class l ON l.oid = t.oid
        WHERE n.nspname = $1 AND c.relname = $2
        """, [name.schema, name.name]))
    return try row.optional("rows").flatMap { Int($0) }
  }

  // MARK: Materialized views

  /// - Parameter relation: a materialized view.
  package func materializedView(_ relation: SourceRelation) async throws -> MaterializedViewFacts {
    let values = [relation.name.schema, relation.name.name]
    let definition = try Row(
      only: try await connection.query(
        "SELECT pg_get_viewdef(c.oid) AS sql \(Self.ofRelation)", values))["sql"]
    var facts = MaterializedViewFacts(definition: Self.withoutSemicolon(definition))
    let indexes = try await connection.query(
      """
      SELECT pg_get_indexdef(i.indexrelid) AS statement, i.indisunique AS is_unique,
        i.indpred IS NULL AND i.indexprs IS NULL AND m.amname = 'btree' AND i.indnatts = i.indnkeyatts
          AND 0 = ALL (i.indoption::int2[]) AND NOT EXISTS (
            SELECT FROM unnest(i.indclass::oid[]) o(oid) JOIN pg_opclass k ON k.oid = o.oid WHERE NOT k.opcdefault)
          AND NOT EXISTS (
            SELECT FROM unnest(i.indkey::int2[], i.indcollation::oid[]) x(attnum, coll)
            JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = x.attnum
            WHERE x.coll <> a.attcollation) AS is_plain,
        (SELECT json_agg(a.attname ORDER BY k.position)
          FROM unnest(i.indkey::int2[]) WITH ORDINALITY k(attnum, position)
          JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
          WHERE k.position <= i.indnkeyatts) AS columns
      FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am m ON m.oid = x.relam
      WHERE i.indrelid = (SELECT c.oid \(Self.ofRelation)) ORDER BY i.indexrelid
      """, values)
    for row in indexes.decoded {
      let columns = try row.texts("columns") ?? []
      let isUnique = try row.bool("is_unique")
      if try row.bool("is_plain"), !isUnique {
        facts.indexes.append(columns)
      } else if columns != relation.key || !isUnique {
        facts.lost.append(try row["statement"])
      }
    }
    try await readGrants(values, into: &facts)
    return facts
  }

  private static let ofRelation = """
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2
    """

  private func readGrants(_ values: [String], into facts: inout MaterializedViewFacts) async throws {
    let grants = try await connection.query(
      """
      SELECT lower(x.privilege_type) AS privilege, x.is_grantable, coalesce(r.rolname, 'public') AS role,
        format('GRANT %s ON %I.%I TO %s', x.privilege_type, $1, $2, coalesce(quote_ident(r.rolname), 'PUBLIC'))
          AS statement
      FROM (SELECT c.relacl, c.relowner \(Self.ofRelation)) c
      CROSS JOIN LATERAL aclexplode(c.relacl) x LEFT JOIN pg_roles r ON r.oid = x.grantee
      WHERE x.grantee <> c.relowner AND r.rolname IS DISTINCT FROM current_user ORDER BY 3, 1
      """, values)
    for row in grants.decoded {
      let (role, statement) = (try row["role"], try row["statement"])
      if let privilege = Materialization.Grant.Privilege(rawValue: try row["privilege"]) {
        facts.grants.append(.init(privilege: privilege, role: role))
        if try row.bool("is_grantable") { facts.lost.append(statement + " WITH GRANT OPTION") }
      } else {
        facts.lost.append(statement)
      }
    }
  }

  private static func withoutSemicolon(_ sql: String) -> String {
    var text = Substring(sql)
    while let last = text.last, last == ";" || last.isWhitespace { text = text.dropLast() }
    // The first line is indented by the server.
    return String(text.drop(while: \.isWhitespace))
  }
}
