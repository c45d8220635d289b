import Foundation
import PostgresClient
import ReportModel

/// One attempt as `reportgen history` and `reportgen status` show it.
package struct AttemptEntry: Hashable, Sendable {
  package var report: String
  /// `2026-11-23 04:30:12 MSK`, in the session's time zone.
  package var started: String
  /// `abandoned` where the process died.
  package var state: AttemptState
  /// How many intervals; 1 for the whole of a report.
  package var intervals: Int
  /// Nil for the whole of a report.
  package var firstInterval: String?
  /// Its end, exclusive; nil for the whole of a report.
  package var lastInterval: String?
  /// Nil until the rows were read.
  package var rowsRead: Int?
  /// Nil until the publish; so are `updated` and `deleted`.
  package var inserted: Int?
  package var updated: Int?
  package var deleted: Int?
  /// From its start to its end; nil while it runs.
  package var seconds: Double?
  /// Without detail and hint; nil when there was none.
  package var error: String?
  /// First days of those of its intervals that failed while it published others.
  package var failedIntervals: [CalendarDate]
  /// In lower case, as the server writes a UUID.
  package var runID: String

  fileprivate init(_ row: Row) throws {
    report = try row["report"]
    started = try row["started"]
    state = try row.state("state")
    intervals = try row.int("intervals")
    firstInterval = try row.optional("first")
    lastInterval = try row.optional("last")
    rowsRead = try row.optionalInt("rows_read")
    inserted = try row.optionalInt("rows_inserted")
    updated = try row.optionalInt("rows_updated")
    deleted = try row.optionalInt("rows_deleted")
    seconds = try row.optionalDouble("seconds")
    error = try row.optional("error")
    failedIntervals = try row["failed_starts"].split(separator: ",").compactMap { CalendarDate(String($0)) }
    runID = try row["run_id"]
  }
}

/// What the ledger has of past runs, for people and for what depends on their results; `Ledger.history`.
package struct RunHistory: Sendable {
  let connection: Connection

  private static let attemptColumns = """
    report, to_char(started_at, 'YYYY-MM-DD HH24:MI:SS TZ') AS started, state, intervals,
      CASE WHEN isfinite(first_interval_start) THEN first_interval_start END AS first,
      CASE WHEN isfinite(last_interval_end) THEN last_interval_end END AS last, rows_read, rows_inserted,
      rows_updated, rows_deleted, round(extract(epoch FROM finished_at - started_at), 3) AS seconds, error, run_id,
      array_to_string(failed_interval_starts, ',') AS failed_starts
    """

  /// Attempts of the named reports, newest first.
  package func attempts(of reports: [String], maxEntries: Int) async throws -> [AttemptEntry] {
    let rows = try await connection.query(
      """
      SELECT \(Self.attemptColumns)
      FROM reportgen.report_history WHERE report = ANY ($1::text[]) ORDER BY started_at DESC, report LIMIT $2
      """, [postgresArray(reports), String(maxEntries)])
    return try rows.decoded.map(AttemptEntry.init)
  }

  /// A version of each report's table: a text that changes whenever its rows or columns change.
  ///
  /// Equal versions mean equal rows, also after runs that changed nothing. A report that was never published has none.
  package func versions(of reports: [String]) async throws -> [String: String] {
    let rows = try await connection.query(
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
    for row in rows.decoded {
      let changedBy = try row.optional("changed_by") ?? "-"
      versions[try row["report"]] = "\(changedBy) \(try row["fingerprint"].prefix(16))"
    }
    return versions
  }
}
