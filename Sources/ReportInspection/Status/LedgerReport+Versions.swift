import PostgresClient
import ReportEngine
import ReportLedger
import ReportModel

extension LedgerReport {
  /// What each report's table holds, in a word that changes when its rows or its columns change.
  ///
  /// Equal words mean equal rows, also after runs that changed nothing. A report that was never published has none.
  /// - Throws: `RunError`.
  package func versions(of reports: [String]) async throws -> [String: String] {
    try await reading { ledger in
      let rows = try await ledger.connection.query(
        """
        SELECT report,
          (array_agg(attempt_id ORDER BY at DESC) FILTER (WHERE changed > 0))[1] AS changed_by,
          (array_agg(fingerprint ORDER BY at DESC))[1] AS fingerprint
        FROM (
          SELECT report, attempt_id, fingerprint, coalesce(published_at, finished_at) AS at,
            coalesce(rows_inserted, 0) + coalesce(rows_updated, 0) + coalesce(rows_deleted, 0) AS changed
          FROM reportgen.report_run
          WHERE report = ANY ($1::text[]) AND state IN ('published', 'confirmed', 'expired')
        ) AS published
        GROUP BY report
        """, [postgresArray(reports)])
      var versions: [String: String] = [:]
      for row in rows.rows.indices {
        guard let report = rows[row, "report"] else { continue }
        versions[report] = "\(rows[row, "changed_by"] ?? "-") \((rows[row, "fingerprint"] ?? "").prefix(16))"
      }
      return versions
    }
  }
}

extension DependencyGraph {
  /// What each summary table and view shows: a view has no rows of its own, so it is as new as all it reads.
  ///
  /// - Parameter versions: by report.
  package func tableVersions(_ versions: [String: String]) -> [QualifiedName: String] {
    var tables: [QualifiedName: String] = [:]
    for report in reports {
      guard let table = report.materialization.table, let own = versions[report.name] else { continue }
      guard report.materialization.kind == .view else {
        tables[table] = own
        continue
      }
      let below = upstream(of: report.name).subtracting([report.name]).sorted().compactMap { versions[$0] }
      tables[table] = ([own] + below).joined(separator: ", ")
    }
    return tables
  }
}
