import PostgresClient
import ReportModel

/// A report that the ledger knows and that has no definition in the project.
package struct OrphanReport: Hashable, Sendable {
  /// A summary table or view that the report published last.
  package struct Relation: Hashable, Sendable {
    package var name: QualifiedName
    /// `v` for a view; nil when it does not exist any more.
    package var kind: String?
  }

  package var name: String
  package var relations: [Relation]
  /// Qualified names of what it left in the staging schema, with their kind.
  package var staging: [Relation]
  package var intervals: Int
  package var attempts: Int
  /// Host and folder of its files, `test-host:/srv/out`.
  package var exports: [String]
  /// `2026-11-23 04:30:12 MSK`; nil when no run is recorded.
  package var lastRun: String?
}

/// What the ledger and the catalogs have of reports without a definition; `Ledger.orphans`.
package struct OrphanRecords: Sendable {
  private let connection: Connection

  init(connection: Connection) {
    self.connection = connection
  }

  /// Reports that runs have chosen or published and whose names are not among the defined ones, sorted by name.
  ///
  /// Another project that publishes into the same database has its reports here, too.
  package func all(defined names: [String]) async throws -> [OrphanReport] {
    let rows = try await connection.query(
      """
      SELECT n.report, (SELECT count(*) FROM reportgen.interval i WHERE i.report = n.report) AS intervals,
        (SELECT count(*) FROM reportgen.report_run r WHERE r.report = n.report) AS attempts,
        (SELECT to_char(max(r.started_at), 'YYYY-MM-DD HH24:MI:SS TZ') FROM (
          SELECT started_at FROM reportgen.report_run r WHERE r.report = n.report UNION ALL
          SELECT u.started_at FROM reportgen.outcome o JOIN reportgen.run u USING (run_id) WHERE o.report = n.report) r)
          AS last_run
      FROM (
        SELECT report FROM reportgen.interval UNION SELECT report FROM reportgen.relation
        UNION SELECT report FROM reportgen.outcome UNION SELECT report FROM reportgen.export) n
      WHERE NOT n.report = ANY ($1::text[]) ORDER BY n.report
      """, [postgresArray(names)])
    guard rows.count > 0 else { return [] }
    let found = try rows.decoded.map { row in
      OrphanReport(
        name: try row["report"], relations: [], staging: [], intervals: try row.int("intervals"),
        attempts: try row.int("attempts"), exports: [], lastRun: try row.optional("last_run"))
    }
    let names = postgresArray(found.map(\.name))
    let relations = try await self.relations(names)
    let exports = try await connection.query(
      "SELECT DISTINCT report, host || ':' || folder AS place FROM reportgen.export WHERE report = ANY ($1::text[]) ORDER BY 1, 2",
      [names]
    ).decoded
    return try found.map { orphan in
      var orphan = orphan
      orphan.relations = relations.filter { $0.report == orphan.name && !$0.isStaging }.map(\.relation)
      orphan.staging = relations.filter { $0.report == orphan.name && $0.isStaging }.map(\.relation)
      orphan.exports = try exports.filter { try $0["report"] == orphan.name }.map { try $0["place"] }
      return orphan
    }
  }

  private func relations(_ names: String) async throws -> [(
    report: String, relation: OrphanReport.Relation, isStaging: Bool
  )] {
    let rows = try await connection.query(
      """
      SELECT r.report, r.schema_name, r.table_name, c.relkind AS kind, false AS is_staging
      FROM reportgen.relation r LEFT JOIN (pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace)
        ON n.nspname = r.schema_name AND c.relname = r.table_name
      WHERE r.report = ANY ($1::text[])
      UNION ALL
      SELECT o.report, n.nspname, c.relname, c.relkind, true
      FROM unnest($1::text[]) o(report) JOIN pg_namespace n ON n.nspname = $2
      JOIN pg_class c ON c.relnamespace = n.oid AND c.relname IN (o.report, o.report || ' new', o.report || ' ~', o.report || ' view')
        AND c.relkind IN ('r', 'v')
      ORDER BY 1, 2, 3
      """, [names, LedgerSchema.staging])
    return try rows.decoded.map { row in
      let name = QualifiedName(schema: try row["schema_name"], name: try row["table_name"])
      return (
        try row["report"], OrphanReport.Relation(name: name, kind: try row.optional("kind")),
        try row.bool("is_staging")
      )
    }
  }

  /// Takes the locks under which a report's runs would work, for as long as the session lives.
  ///
  /// - Returns: false when a run holds one of them.
  package func lockForever(_ orphan: OrphanReport) async throws -> Bool {
    let keys = orphan.relations.map { LockKey.of(table: $0.name) } + [LockKey.of(filesOf: orphan.name)]
    for key in keys.sorted() {
      let rows = try await connection.query("SELECT pg_try_advisory_lock($1) AS locked", [String(key)])
      guard try Row(only: rows).bool("locked") else { return false }
    }
    return true
  }

  /// Deletes all that the ledger has of a report; the rows of its runs stay.
  package func forget(_ orphan: OrphanReport) async throws {
    for table in ["export", "interval", "report_run", "outcome", "relation"] {
      _ = try await connection.query("DELETE FROM reportgen.\(table) WHERE report = $1", [orphan.name])
    }
    for relation in orphan.relations {
      _ = try await connection.query(
        """
        DELETE FROM reportgen.privilege p WHERE p.schema_name = $1 AND p.table_name = $2 AND NOT EXISTS (
          SELECT FROM reportgen.relation r WHERE r.schema_name = p.schema_name AND r.table_name = p.table_name)
        """, [relation.name.schema, relation.name.name])
    }
  }
}
