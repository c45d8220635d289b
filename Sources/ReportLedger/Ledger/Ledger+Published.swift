import PostgresClient
import ReportModel

extension Ledger.Entry {
  /// Sums of the rows of the entries that have some.
  package static func history(_ entries: [Ledger.Entry]) -> PublishHistory {
    var history = PublishHistory()
    for entry in entries where entry.state != .expired {
      if let interval = entry.interval {
        history.rows[interval] = entry.rowCount ?? 0
      } else {
        history.wholeRows = entry.rowCount ?? 0
      }
    }
    return history
  }
}

extension Ledger {
  /// The counts of each report's newest publish.
  package func lastPublishes(of reports: [String]) async throws -> [String: PublishHistory.Last] {
    guard !reports.isEmpty else { return [:] }
    let rows = try await connection.query(
      """
      SELECT n.report, r.rows_updated, r.rows_deleted, r.rows_unchanged,
        EXISTS (SELECT FROM jsonb_array_elements(r.checks) c WHERE c -> 'passed' = 'false') AS has_failed_check
      FROM unnest($1::text[]) n(report) CROSS JOIN LATERAL (
        SELECT * FROM reportgen.report_run r WHERE r.report = n.report AND r.published_at IS NOT NULL
        ORDER BY r.published_at DESC LIMIT 1) r
      """, [postgresArray(reports)])
    var last: [String: PublishHistory.Last] = [:]
    for row in rows.decoded {
      last[try row["report"]] = PublishHistory.Last(
        updated: try row.optionalInt("rows_updated") ?? 0, deleted: try row.optionalInt("rows_deleted") ?? 0,
        unchanged: try row.optionalInt("rows_unchanged") ?? 0,
        hasFailedCheck: try row.bool("has_failed_check"))
    }
    return last
  }
}
