import PostgresClient
import ReportLedger
import ReportModel

/// What a report reads through views and functions, and its SQL does not name: summary tables, and rows of other servers.
struct HiddenDependencies: Sendable {
  let graph: DependencyGraph
  let connection: Connection

  /// - Parameter known: rows that lie elsewhere, as `RowsElsewhere` names them, which the query's plan has shown.
  /// - Returns: a warning for each summary table of another report on which the report does not depend, and for each
  ///   foreign table that a plan does not show: inside of a function.
  func warnings(_ report: Report, known elsewhere: Set<String>) async throws -> [Diagnostic] {
    let known = graph.upstream(of: report.name)
    let functions = report.mentions.functions.filter { $0.schema != nil }
    let rows = try await connection.query(
      Self.query,
      [
        postgresArray(report.reads.map(\.schema)), postgresArray(report.reads.map(\.name)),
        postgresArray(functions.map { $0.schema ?? "" }), postgresArray(functions.map(\.name)),
      ])
    return try rows.decoded.compactMap { row in
      let table = QualifiedName(schema: try row["schema"], name: try row["name"])
      if let source = try row.optional("source") {
        guard !report.allowsForeign, !elsewhere.contains(source) else { return nil }
        return Diagnostic(
          .warning, "\"\(report.name)\" reads \(source) through \(try row["via"])",
          detail:
            "Its rows lie elsewhere: a run that reads them ends 65, since its as-of does not hold for them.",
          hint: RowsElsewhere.hint, file: report.sqlFile)
      }
      guard let maker = graph.maker(of: table), maker != report.name, !known.contains(maker) else {
        return nil
      }
      return Diagnostic(
        .warning, "\"\(report.name)\" reads \(table) through \(try row["via"])",
        detail: "Runs do not know that it depends on \"\(maker)\", which may publish after it.",
        hint: "Read \(table) in the SQL itself.", file: report.sqlFile)
    }
  }

  /// What a view reads is known; what a function reads is guessed from the words of its body: a schema and a table.
  private static let query = """
    WITH RECURSIVE reached(class, oid, via) AS (
      SELECT 'pg_class'::regclass::oid, c.oid, NULL::text FROM unnest($1::text[], $2::text[]) w(schema, name)
      JOIN pg_namespace n ON n.nspname = w.schema JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = w.name
      UNION
      SELECT 'pg_proc'::regclass::oid, p.oid, NULL FROM unnest($3::text[], $4::text[]) w(schema, name)
      JOIN pg_namespace n ON n.nspname = w.schema JOIN pg_proc p ON p.pronamespace = n.oid AND p.proname = w.name
      UNION
      SELECT x.class, x.oid, coalesce(r.via, (SELECT o.type || ' ' || o.identity FROM pg_identify_object(r.class, r.oid, 0) o))
      FROM reached r CROSS JOIN LATERAL (
        SELECT d.refclassid, d.refobjid FROM pg_rewrite w
        JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid
        WHERE r.class = 'pg_class'::regclass AND w.ev_class = r.oid
          AND d.refclassid IN ('pg_class'::regclass, 'pg_proc'::regclass)
        UNION ALL
        SELECT d.refclassid, d.refobjid FROM pg_depend d
        WHERE r.class = 'pg_proc'::regclass AND d.classid = r.class AND d.objid = r.oid
          AND d.refclassid = 'pg_class'::regclass
        UNION ALL
        SELECT 'pg_class'::regclass, c.oid FROM pg_proc p
        CROSS JOIN LATERAL (
          SELECT array_agg(w) AS words FROM regexp_split_to_table(lower(p.prosrc), '[^[:alnum:]_$]+') w) b
        JOIN pg_class c ON c.relname = ANY (b.words) AND c.relkind IN ('r', 'v', 'm', 'f', 'p')
        JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = ANY (b.words)
        WHERE r.class = 'pg_proc'::regclass AND p.oid = r.oid AND p.oid >= 16384
      ) x(class, oid)
    )
    SELECT n.nspname AS schema, c.relname AS name, min(r.via) AS via,
      (SELECT format('foreign table %I.%I of server %I', n.nspname, c.relname, s.srvname)
        FROM pg_foreign_table f JOIN pg_foreign_server s ON s.oid = f.ftserver WHERE f.ftrelid = c.oid) AS source
    FROM reached r JOIN pg_class c ON c.oid = r.oid AND r.class = 'pg_class'::regclass
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE r.via IS NOT NULL GROUP BY c.oid, 1, 2 ORDER BY 1, 2
    """
}
