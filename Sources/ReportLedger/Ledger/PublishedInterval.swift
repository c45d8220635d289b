import Foundation
import PostgresClient
import ReportModel

/// An interval whose rows are published, with the facts that its files show.
package struct PublishedInterval: Hashable, Sendable {
  package var report: String
  /// Nil for a report without a period.
  package var interval: Interval?
  /// `open`, `published` or `confirmed`.
  package var state: IntervalState
  /// Rows of the interval when it was published.
  package var rowCount: Int
  package var attemptID: UUID
  package var runID: UUID
  /// From 1; higher after a retry within the same run.
  package var attempt: Int
  /// Of the definition that computed the rows.
  package var fingerprint: String
  /// Of that definition; empty when the ledger does not have it.
  package var sql: String
  /// `confirmed` once a failover keeps the attempt's rows, of open intervals too.
  package var attemptState: AttemptState
  /// The as-of as a WAL position, `0/5C0000A8`.
  package var position: String
  /// `2026-11-23 04:30:12 MSK`, in the session's time zone.
  package var asOf: String
  /// What was read of other servers, for which the as-of does not hold; nil: nothing.
  package var unproven: [String]?
  /// The timeline that `position` belongs to.
  package var timeline: Int
  /// Name of the exported snapshot that was read.
  package var snapshot: String
  /// Host and port of the server that was read, or its socket's folder.
  package var replica: String
  /// `2026-11-23 04:31:00 MSK`, in the session's time zone; empty when the rows are not published.
  package var publishedAt: String
  /// Published by the attempt that wrote to the report's relation last.
  package var isLatest = false

  init(
    report: String, interval: Interval?, state: IntervalState, rowCount: Int, attemptID: UUID, runID: UUID,
    attempt: Int, fingerprint: String, sql: String, attemptState: AttemptState, position: String,
    asOf: String, unproven: [String]? = nil,
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
    self.unproven = unproven
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
  ///
  /// - Parameters:
  ///   - attempts: those whose intervals are wanted; nil for all.
  ///   - newestOnly: one interval of each report.
  package static func published(_ reports: [String], of attempts: [UUID]? = nil, newestOnly: Bool = false)
    -> Question<[String: [PublishedInterval]]>
  {
    Question(
      """
      SELECT p.report, CASE WHEN isfinite(p.interval_start) THEN p.interval_start END AS first,
        CASE WHEN isfinite(p.interval_end) THEN p.interval_end END AS last, p.state, coalesce(p.row_count, 0) AS rows,
        p.attempt_id, p.run_id, p.attempt, p.fingerprint,
        CASE WHEN lag(p.attempt_id) OVER (PARTITION BY p.report, p.fingerprint ORDER BY p.interval_start DESC) IS NULL
          THEN d.sql END AS sql, p.attempt_state, p.as_of_position,
        to_char(p.as_of_time, 'YYYY-MM-DD HH24:MI:SS TZ') AS as_of, array_to_json(p.as_of_unproven) AS unproven,
        p.timeline, p.snapshot, p.replica,
        to_char(p.published_at, 'YYYY-MM-DD HH24:MI:SS TZ') AS published_at, p.is_latest
      FROM (
        SELECT i.*, r.run_id, r.attempt, r.fingerprint, r.state AS attempt_state, r.as_of_position, r.as_of_time,
          r.as_of_unproven, r.timeline, r.snapshot, r.replica,
          r.published_at = max(r.published_at) OVER (PARTITION BY i.report) AS is_latest,
          row_number() OVER (PARTITION BY i.report ORDER BY i.interval_start DESC) AS place
        FROM reportgen.interval i JOIN reportgen.report_run r USING (attempt_id)
        WHERE i.report = ANY ($1::text[]) AND i.state IN ('open', 'published', 'confirmed')) p
      LEFT JOIN reportgen.definition d USING (fingerprint)
      WHERE ($2::uuid[] IS NULL OR p.attempt_id = ANY ($2::uuid[])) AND ($3 = 'f' OR p.place = 1)
      ORDER BY p.report, p.interval_start DESC
      """,
      [
        postgresArray(reports), attempts.map { postgresArray($0.map(\.uuidString)) }, newestOnly ? "t" : "f",
      ]
    ) { rows in
      var published: [String: [PublishedInterval]] = [:]
      // A thousand intervals of a report have one text, which comes with the first of them.
      var texts: [String: String] = [:]
      for row in rows.decoded {
        var interval = try PublishedInterval(row)
        if !interval.sql.isEmpty { texts[interval.fingerprint] = interval.sql }
        interval.sql = texts[interval.fingerprint] ?? ""
        published[interval.report, default: []].append(interval)
      }
      return published
    }
  }

  /// The same, asked alone.
  package func published(_ reports: [String], of attempts: [UUID]? = nil, newestOnly: Bool = false)
    async throws -> [String: [PublishedInterval]]
  {
    try await connection.ask(Self.published(reports, of: attempts, newestOnly: newestOnly))
  }
}

extension PublishedInterval {
  fileprivate init(_ row: Row) throws {
    self.init(
      report: try row["report"], interval: try row.interval("first", "last"), state: try row.state("state"),
      rowCount: try row.int("rows"), attemptID: try row.uuid("attempt_id"), runID: try row.uuid("run_id"),
      attempt: try row.int("attempt"), fingerprint: try row["fingerprint"],
      sql: try row.optional("sql") ?? "",
      attemptState: try row.state("attempt_state"), position: try row["as_of_position"],
      asOf: try row["as_of"], unproven: try row.texts("unproven"), timeline: try row.int("timeline"),
      snapshot: try row["snapshot"],
      replica: try row["replica"], publishedAt: try row["published_at"], isLatest: try row.bool("is_latest"))
  }

  /// The facts of files that show rows which are staged and not published: other parameters than the defaults.
  package init(unpublished attempt: Attempt, rows: Int, asOf: AsOf) {
    self.init(
      report: attempt.report.name, interval: attempt.portion.intervals.first, state: .open, rowCount: rows,
      attemptID: attempt.id, runID: attempt.runID, attempt: attempt.number,
      fingerprint: attempt.report.fingerprint, sql: attempt.report.query.text, attemptState: .dryRun,
      position: asOf.position.description, asOf: asOf.time, unproven: asOf.unproven, timeline: asOf.timeline,
      snapshot: asOf.snapshot,
      replica: asOf.replica, publishedAt: "")
  }
}
