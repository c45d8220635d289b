import Foundation
import PostgresClient
import ReportModel

extension Ledger {
  /// Every interval of the named reports, in the order of time.
  package static func intervals(of reports: [String]) -> Question<[String: [Entry]]> {
    Question(
      """
      SELECT i.report, CASE WHEN isfinite(i.interval_start) THEN i.interval_start END AS first,
        CASE WHEN isfinite(i.interval_end) THEN i.interval_end END AS last, i.state, i.attempt_id, r.run_id,
        i.row_count, r.fingerprint
      FROM reportgen.interval i JOIN reportgen.report_run r USING (attempt_id)
      WHERE i.report = ANY ($1::text[]) ORDER BY i.report, i.interval_start
      """, [postgresArray(reports)]
    ) { rows in
      var entries: [String: [Entry]] = [:]
      for row in rows.decoded {
        entries[try row["report"], default: []].append(
          Entry(
            interval: try row.interval("first", "last"), state: try row.state("state"),
            attemptID: try row.uuid("attempt_id"), runID: try row.uuid("run_id"),
            rowCount: try row.optionalInt("row_count"), fingerprint: try row["fingerprint"]))
      }
      return entries
    }
  }

  /// The same, asked alone.
  package func intervals(of reports: [String]) async throws -> [String: [Entry]] {
    try await connection.ask(Self.intervals(of: reports))
  }

  /// How long each report's newest publish took, without the wait for the confirmation.
  package func lastSeconds(of reports: [String]) async throws -> [String: Double] {
    let rows = try await connection.query(
      """
      SELECT n.report,
        (SELECT sum(s.value::float8) FROM jsonb_each_text(r.step_seconds) s WHERE s.key <> 'confirm') AS seconds
      FROM unnest($1::text[]) n(report) CROSS JOIN LATERAL (
        SELECT step_seconds FROM reportgen.report_run r WHERE r.report = n.report AND r.published_at IS NOT NULL
        ORDER BY r.started_at DESC LIMIT 1) r
      """, [postgresArray(reports)])
    var seconds: [String: Double] = [:]
    for row in rows.decoded { seconds[try row["report"]] = try row.optionalDouble("seconds") }
    return seconds
  }

  /// First days of those of the intervals that have rows.
  package func published(of report: String, _ intervals: [Interval]) async throws -> Set<CalendarDate> {
    let rows = try await connection.query(
      """
      SELECT interval_start FROM reportgen.interval
      WHERE report = $1 AND interval_start = ANY ($2::date[]) AND state <> 'expired' AND isfinite(interval_start)
      """, [report, postgresArray(intervals.map(\.start.description))])
    return Set(try rows.decoded.map { try $0.date("interval_start") })
  }

  /// The first of an attempt's intervals that has rows already, as its first day; `-infinity` for the whole of a report.
  package func firstPublished(of attempt: Attempt) async throws -> String? {
    let rows = try await connection.query(
      """
      SELECT min(interval_start) AS first FROM reportgen.interval
      WHERE report = $1 AND interval_start = ANY ($2::date[]) AND state <> 'expired'
      """, [attempt.report.name, postgresArray(attempt.ledgerBounds.starts)])
    return try Row(only: rows).optional("first")
  }

  /// Whether the rows that this server shows are those of the attempt that published the interval.
  ///
  /// - Parameter isWhole: the report's files show the whole relation: then no later attempt may have written to it.
  package func shows(_ published: PublishedInterval, isWhole: Bool) async throws -> Bool {
    let attempt = published.attemptID.uuidString
    guard isWhole else {
      let start = published.interval?.start.description ?? "-infinity"
      return try await !connection.query(
        "SELECT FROM reportgen.interval WHERE report = $1 AND interval_start = $2::date AND attempt_id = $3",
        [published.report, start, attempt]
      ).isEmpty
    }
    return try await !connection.query(
      """
      SELECT FROM reportgen.report_run r WHERE r.attempt_id = $1 AND r.state IN ('published', 'confirmed')
        AND NOT EXISTS (
          SELECT FROM reportgen.report_run n WHERE n.report = r.report AND n.published_at > r.published_at)
      """, [attempt]
    ).isEmpty
  }
}
