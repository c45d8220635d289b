import PostgresClient
import ReportModel

/// The summary tables and views of reports: what the catalogs show of them beside what the ledger records of them;
/// `Ledger.tables`.
package struct TableRecords: Sendable {
  let connection: Connection

  /// Counting the rows of a table of this size takes milliseconds.
  static let countedBytes = 4 << 20
  /// Who rewrites a table locks it for long, and whether it has rows can wait.
  private static let countLockTimeout = "500ms"

  /// The summary tables and views of the reports, by the catalogs and the ledger.
  ///
  /// One query for all of them, and a second one that counts rows where that is cheap.
  /// - Returns: by report; without those that have no table.
  package func facts(of reports: [Report]) async throws -> [String: TableFacts] {
    try await counted(try await connection.ask(Self.facts(of: reports)))
  }

  /// The same without the count of rows, for `counted`.
  package static func facts(of reports: [Report]) -> Question<UncountedTables> {
    let tables = reports.compactMap { report in report.materialization.table.map { (report.name, $0) } }
    let named = Dictionary(tables) { first, _ in first }
    return Question(
      """
      SELECT n.report, i.intervals, i.rows, i.newest_rows, c.relkind AS kind,
        coalesce(c.relkind IN ('r', 'p', 'm') AND has_table_privilege(c.oid, 'SELECT'), false) AS is_countable,
        p.relation_oid IS NULL OR EXISTS (
          SELECT FROM reportgen.relation o WHERE o.report = n.report
            AND (o.schema_name = n.schema_name AND o.table_name = n.table_name OR o.relation_oid = c.oid)) AS is_recorded,
        m.nspname AS now_schema, m.relname AS now_name
      FROM unnest($1::text[], $2::text[], $3::text[]) n(report, schema_name, table_name)
      CROSS JOIN LATERAL (
        SELECT count(*) AS intervals, coalesce(sum(i.row_count), 0) AS rows,
          coalesce((array_agg(i.row_count ORDER BY i.interval_start DESC))[1], 0) AS newest_rows
        FROM reportgen.interval i WHERE i.report = n.report AND i.state <> 'expired') i
      LEFT JOIN (pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace)
        ON s.nspname = n.schema_name AND c.relname = n.table_name
      LEFT JOIN LATERAL (
        SELECT * FROM reportgen.relation p WHERE p.report = n.report ORDER BY p.recorded_at DESC LIMIT 1) p ON true
      LEFT JOIN LATERAL (
        SELECT s.nspname, m.relname FROM pg_class m JOIN pg_namespace s ON s.oid = m.relnamespace
        WHERE m.oid = p.relation_oid AND m.relkind IN ('r', 'p', 'v')) m ON true
      """,
      [
        postgresArray(tables.map(\.0)), postgresArray(tables.map(\.1.schema)),
        postgresArray(tables.map(\.1.name)),
      ]
    ) { rows in
      var found = UncountedTables()
      for row in rows.decoded {
        let report = try row["report"]
        let now = try row.optional("now_name")
        found.facts[report] = TableFacts(
          publishedIntervals: try row.int("intervals"), publishedRows: try row.int("rows"),
          newestRows: try row.int("newest_rows"), kind: try row.optional("kind"), rows: nil,
          isRecorded: try row.bool("is_recorded"),
          recordedNow: try now.map { QualifiedName(schema: try row["now_schema"], name: $0) })
        if try row.bool("is_countable"), try row.int("rows") > 0, let table = named[report] {
          found.countable.append((report, table))
        }
      }
      return found
    }
  }

  /// Adds how many rows the tables have, where that is cheap to count.
  package func counted(_ found: UncountedTables) async throws -> [String: TableFacts] {
    var facts = found.facts
    for (report, rows) in try await counts(found.countable) { facts[report]?.rows = rows }
    return facts
  }

  /// How many rows the tables have; nothing of a table that is locked, or that is large and has some.
  ///
  /// - Returns: by report.
  private func counts(_ tables: [(report: String, table: QualifiedName)]) async throws
    -> [String: Int]
  {
    guard !tables.isEmpty else { return [:] }
    let counts = tables.map { entry in
      // To read the size waits for a lock, too.
      """
      SELECT \(SQLQuote.literal(entry.report)) AS report,
        CASE WHEN pg_relation_size(\(SQLQuote.literal(entry.table.quoted))::regclass) < \(Self.countedBytes)
            THEN (SELECT count(*) FROM \(entry.table.quoted))
          WHEN NOT EXISTS (SELECT FROM \(entry.table.quoted)) THEN 0 END AS rows
      """
    }
    do {
      let isOpen = await connection.transactionStatus != .idle
      let sql = counts.joined(separator: " UNION ALL ")
      let rows =
        try await isOpen
        ? connection.query(sql)
        : connection.query(
          sql, after: "BEGIN READ ONLY; SET LOCAL lock_timeout = '\(Self.countLockTimeout)'", before: "COMMIT"
        )
      var counted: [String: Int] = [:]
      for row in rows.decoded {
        counted[try row["report"]] = try row.optionalInt("rows")
      }
      return counted
    } catch let error as PostgresError where !error.isConnectionLost {
      await connection.rollback()
      guard tables.count > 1 else { return [:] }
      // One of them is locked, or was dropped meanwhile: the others are counted without it.
      var counted: [String: Int] = [:]
      for table in tables { counted.merge(try await self.counts([table])) { first, _ in first } }
      return counted
    }
  }

  /// Deletes what the ledger has of published intervals whose rows are gone with their table; expired ones stay.
  package func forgetIntervals(of report: String) async throws {
    _ = try await connection.query(
      "DELETE FROM reportgen.interval WHERE report = $1 AND state <> 'expired'", [report])
  }
}

/// What the catalogs show of tables whose rows are not counted yet.
package struct UncountedTables: Sendable {
  /// By report.
  fileprivate(set) var facts: [String: TableFacts] = [:]
  fileprivate(set) var countable: [(report: String, table: QualifiedName)] = []
}
