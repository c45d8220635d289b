import PostgresClient
import ReportModel

/// What a statement reads that does not lie on the server which runs it: rows of foreign tables, of a cluster's
/// distributed tables and of dblink's functions.
///
/// Such rows are not in the statement's snapshot: they are as they were when they were asked for, and two reports of one
/// level can see two states of them.
package struct RowsElsewhere: Hashable, Sendable {
  /// Each once, sorted: `foreign table src.sale of server other`, `distributed table src.event`, `function src.dblink`.
  package var sources: [String]

  package var isEmpty: Bool { sources.isEmpty }

  /// - Throws: `RunError` 65 that names the first of them, unless the report allows it.
  package func requireAllowed(by report: Report) throws {
    guard !report.allowsForeign, let first = sources.first else { return }
    let others = sources.dropFirst().map { " So is \($0)." }.joined()
    throw RunError(
      .definition,
      Diagnostic(
        "\(first) is read outside of the run's snapshot",
        detail: "Its rows lie elsewhere, and the report's as-of does not hold for them.\(others)",
        effect: .nothingPublished,
        hint: Self.hint, file: report.sqlFile))
  }

  package static let hint =
    "Copy the rows to a table of the primary; or say \"allow_foreign: true\", and the as-of is called unproven."
}

extension RowsElsewhere {
  /// Finds what the open transaction has read, or has planned to read, so far.
  ///
  /// A transaction keeps its locks on every table that it has named or read: through views, functions and those partitions
  /// that the plan did not exclude. Functions come from the report's own SQL and from the views among those tables; one
  /// that PL/pgSQL calls is found by its name in the caller's body.
  /// - Parameters:
  ///   - connection: in a transaction; the locks of a report that was read earlier have to be gone.
  ///   - memo: of the transaction's snapshot.
  package static func read(by report: Report, in connection: Connection, memo: CatalogMemo = CatalogMemo())
    async throws -> RowsElsewhere
  {
    guard try await memo.answer(.mayReadElsewhere, on: connection) else {
      return RowsElsewhere(sources: [])
    }
    let calls = Array(report.mentions.functions)
    let found = try await connection.query(
      query, [postgresArray(calls.map { $0.schema ?? "" }), postgresArray(calls.map(\.name))])
    var sources = try found.column("source").compactMap(\.self)
    // Only a coordinator of Citus has the catalog.
    if let index = sources.firstIndex(of: "") {
      sources.remove(at: index)
      sources += try await connection.query(distributed).column("source").compactMap(\.self)
    }
    return RowsElsewhere(sources: sources.sorted())
  }

  /// Plans a statement, which runs nothing, in a transaction of its own.
  ///
  /// - Throws: the server's `PostgresError` about the statement.
  package static func planned(_ sql: String, of report: Report, on connection: Connection) async throws
    -> RowsElsewhere
  {
    _ = try await connection.execute("BEGIN READ ONLY")
    do {
      _ = try await connection.query("EXPLAIN \(sql)")
      let found = try await read(by: report, in: connection)
      _ = try await connection.execute("ROLLBACK")
      return found
    } catch {
      await connection.rollback()
      throw error
    }
  }

  private static let locked = """
    SELECT DISTINCT l.relation AS oid FROM pg_locks l
    WHERE l.locktype = 'relation' AND l.pid = pg_backend_pid() AND l.relation >= 16384
    """

  /// An empty source stands for the catalog of distributed tables.
  private static let query = """
    WITH RECURSIVE locked AS MATERIALIZED (\(locked)), called AS (
      SELECT p.oid FROM unnest($1::text[], $2::text[]) c(schema, name)
      JOIN pg_proc p ON p.proname = c.name JOIN pg_namespace n ON n.oid = p.pronamespace
      WHERE CASE WHEN c.schema = '' THEN pg_function_is_visible(p.oid) ELSE n.nspname = c.schema END
        AND p.oid >= 16384
      UNION
      SELECT d.refobjid FROM locked l JOIN pg_rewrite r ON r.ev_class = l.oid
      JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_proc'::regclass
      UNION
      SELECT d.refobjid FROM called c JOIN pg_depend d
        ON d.classid = 'pg_proc'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_proc'::regclass
    )
    SELECT format('foreign table %I.%I of server %I', n.nspname, c.relname, s.srvname) AS source
    FROM locked JOIN pg_class c USING (oid) JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_foreign_table f ON f.ftrelid = c.oid JOIN pg_foreign_server s ON s.oid = f.ftserver
    UNION
    SELECT format('function %I.%I', n.nspname, p.proname)
    FROM called JOIN pg_proc p USING (oid) JOIN pg_namespace n ON n.oid = p.pronamespace
    JOIN pg_language l ON l.oid = p.prolang
    WHERE EXISTS (
        SELECT FROM pg_depend d JOIN pg_extension x ON x.oid = d.refobjid
        WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.refclassid = 'pg_extension'::regclass
          AND d.deptype = 'e' AND x.extname = 'dblink')
      OR l.lanname NOT IN ('internal', 'c') AND p.prosrc ~ '\\mdblink'
    UNION
    SELECT '' WHERE to_regclass('pg_catalog.pg_dist_partition') IS NOT NULL
    """

  private static let distributed = """
    SELECT format('distributed table %I.%I', n.nspname, c.relname) AS source
    FROM (\(locked)) l JOIN pg_class c USING (oid) JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_dist_partition d ON d.logicalrelid = c.oid
    """
}
