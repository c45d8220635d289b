import Foundation
import PostgresClient
import ReportModel

/// An interval whose rows are published, with everything that its files say of it.
package struct PublishedInterval: Hashable, Sendable {
  package var report: String
  /// Nil for a report without a period.
  package var interval: Interval?
  /// `open`, `published` or `confirmed`.
  package var state: String
  package var rowCount: Int
  package var attemptID: UUID
  package var runID: UUID
  package var attempt: Int
  package var fingerprint: String
  package var sql: String
  /// `confirmed` once a failover keeps the attempt's rows, of open intervals too.
  package var attemptState: String
  package var position: String
  /// `2026-11-23 04:30:12 MSK`, in the session's time zone.
  package var asOf: String
  package var timeline: Int
  package var snapshot: String
  package var replica: String
  package var publishedAt: String
  /// Published by the attempt that wrote to the report's relation last.
  package var isLatest = false

  package init(
    report: String, interval: Interval?, state: String, rowCount: Int, attemptID: UUID, runID: UUID,
    attempt: Int, fingerprint: String, sql: String, attemptState: String, position: String, asOf: String,
    timeline: Int, snapshot: String, replica: String, publishedAt: String, isLatest: Bool = false
  ) {
    self.report = report
    self.interval = interval
    self.state = state
    self.rowCount = rowCount
    self.attemptID = attemptID
    self.runID = runID
    self.attempt = attempt
    self.fingerprint = fingerprint
    self.sql = sql
    self.attemptState = attemptState
    self.position = position
    self.asOf = asOf
    self.timeline = timeline
    self.snapshot = snapshot
    self.replica = replica
    self.publishedAt = publishedAt
    self.isLatest = isLatest
  }

  /// The folder of its files: the interval's name, or the day of the as-of without a period.
  package func folderName(_ report: Report) -> String {
    interval.map(report.period.name) ?? String(asOf.prefix(10))
  }
}

extension Ledger {
  /// What is published of the named reports, newest interval first.
  package func published(_ reports: [String]) async throws -> [String: [PublishedInterval]] {
    let rows = try await connection.query(
      """
      SELECT i.report, CASE WHEN isfinite(i.interval_start) THEN i.interval_start END AS first,
        CASE WHEN isfinite(i.interval_end) THEN i.interval_end END AS last, i.state, coalesce(i.row_count, 0) AS rows,
        i.attempt_id, r.run_id, r.attempt, r.fingerprint,
        CASE WHEN lag(i.attempt_id) OVER (PARTITION BY i.report, r.fingerprint ORDER BY i.interval_start DESC) IS NULL
          THEN d.sql END AS sql, r.state AS attempt_state, r.as_of_position,
        to_char(r.as_of_time, 'YYYY-MM-DD HH24:MI:SS TZ') AS as_of, r.timeline, r.snapshot, r.replica,
        to_char(i.published_at, 'YYYY-MM-DD HH24:MI:SS TZ') AS published_at,
        r.published_at = max(r.published_at) OVER (PARTITION BY i.report) AS is_latest
      FROM reportgen.interval i JOIN reportgen.report_run r USING (attempt_id)
      LEFT JOIN reportgen.definition d USING (fingerprint)
      WHERE i.report = ANY ($1::text[]) AND i.state IN ('open', 'published', 'confirmed')
      ORDER BY i.report, i.interval_start DESC
      """, [postgresArray(reports)])
    var published: [String: [PublishedInterval]] = [:]
    // A thousand intervals of a report have one text, which comes with the first of them.
    var texts: [String: String] = [:]
    for row in rows.rows.indices {
      var interval = try Self.publishedInterval(rows, row)
      if !interval.sql.isEmpty { texts[interval.fingerprint] = interval.sql }
      interval.sql = texts[interval.fingerprint] ?? ""
      published[interval.report, default: []].append(interval)
    }
    return published
  }

  private static func publishedInterval(_ rows: Rows, _ row: Int) throws -> PublishedInterval {
    func text(_ column: String) -> String { rows[row, column] ?? "" }
    guard let attemptID = UUID(uuidString: text("attempt_id")), let runID = UUID(uuidString: text("run_id"))
    else {
      throw RunError(.bug, Diagnostic("the ledger's interval of \"\(text("report"))\" names no run"))
    }
    let interval = CalendarDate(text("first")).flatMap { start in
      CalendarDate(text("last")).flatMap { Interval(start: start, end: $0) }
    }
    return PublishedInterval(
      report: text("report"), interval: interval, state: text("state"), rowCount: Int(text("rows")) ?? 0,
      attemptID: attemptID, runID: runID, attempt: Int(text("attempt")) ?? 1,
      fingerprint: text("fingerprint"),
      sql: text("sql"), attemptState: text("attempt_state"), position: text("as_of_position"),
      asOf: text("as_of"), timeline: Int(text("timeline")) ?? 0,
      snapshot: text("snapshot"), replica: text("replica"), publishedAt: text("published_at"),
      isLatest: text("is_latest") == "t")
  }
}
