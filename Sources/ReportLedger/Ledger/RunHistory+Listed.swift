import Foundation
import PostgresClient
import ReportModel

/// A published interval in a list of them.
package struct ListedInterval: Hashable, Sendable {
  /// Nil for a report without a period.
  package var interval: Interval?
  package var state: IntervalState
  package var rowCount: Int
  package var runID: UUID
  /// `2026-11-23 04:30:12 MSK`, in the session's time zone.
  package var asOf: String
}

/// Published intervals that follow each other without a gap.
package struct ListedSpan: Hashable, Sendable {
  package var first: Interval
  package var last: Interval
  package var count: Int
}

extension RunHistory {
  /// The primary's clock, `2026-11-23 04:30:12 MSK`, in the session's time zone.
  package static func clock() -> Question<String> {
    Question(
      "SELECT to_char(clock_timestamp(), 'YYYY-MM-DD HH24:MI:SS TZ') AS now"
    ) { rows in
      return try Row(only: rows)["now"]
    }
  }

  /// The newest published intervals, newest first.
  ///
  /// - Parameter reports: each with how many are wanted.
  package static func newestIntervals(of reports: [(name: String, count: Int)]) -> Question<
    [String:
      [ListedInterval]]
  > {
    Question(
      """
      SELECT n.report, CASE WHEN isfinite(i.interval_start) THEN i.interval_start END AS first,
        CASE WHEN isfinite(i.interval_end) THEN i.interval_end END AS last, i.state, i.row_count, r.run_id,
        to_char(r.as_of_time, 'YYYY-MM-DD HH24:MI:SS TZ') AS as_of
      FROM unnest($1::text[], $2::bigint[]) n(report, wanted)
      CROSS JOIN LATERAL (
        SELECT * FROM reportgen.interval i WHERE i.report = n.report AND i.state <> 'expired'
        ORDER BY i.interval_start DESC LIMIT n.wanted) i
      JOIN reportgen.report_run r USING (attempt_id)
      ORDER BY n.report, i.interval_start DESC
      """, [postgresArray(reports.map(\.name)), postgresArray(reports.map { String($0.count) })]
    ) { rows in
      var found: [String: [ListedInterval]] = [:]
      for row in rows.decoded {
        found[try row["report"], default: []].append(
          ListedInterval(
            interval: try row.interval("first", "last"), state: try row.state("state"),
            rowCount: try row.int("row_count"), runID: try row.uuid("run_id"), asOf: try row["as_of"]))
      }
      return found
    }
  }

  /// What the checks of each report's newest attempt found that had any.
  package static func lastChecks(of reports: [String]) -> Question<[String: [CheckCount]]> {
    Question(
      """
      SELECT n.report, c.checks FROM unnest($1::text[]) n(report) CROSS JOIN LATERAL (
        SELECT r.checks FROM reportgen.report_run r WHERE r.report = n.report AND r.checks IS NOT NULL
        ORDER BY r.started_at DESC LIMIT 1) c
      """, [postgresArray(reports)]
    ) { rows in
      let decoder = JSONDecoder()
      var found: [String: [CheckCount]] = [:]
      for row in rows.decoded {
        found[try row["report"]] = try? decoder.decode([CheckCount].self, from: Data(try row["checks"].utf8))
      }
      return found
    }
  }

  /// Published intervals older than the newest ones, as spans, newest first; of reports with a period.
  ///
  /// - Parameter reports: each with how many of the newest are left out.
  package static func olderIntervals(of reports: [(name: String, count: Int)]) -> Question<
    [String: [ListedSpan]]
  > {
    Question(
      """
      WITH older AS (
        SELECT i.report, i.interval_start, i.interval_end,
          lag(i.interval_end) OVER (PARTITION BY i.report ORDER BY i.interval_start) IS DISTINCT FROM i.interval_start
            AS begins
        FROM unnest($1::text[], $2::bigint[]) n(report, wanted)
        CROSS JOIN LATERAL (
          SELECT * FROM reportgen.interval i
          WHERE i.report = n.report AND i.state <> 'expired' AND isfinite(i.interval_start)
          ORDER BY i.interval_start DESC OFFSET n.wanted) i
      ), spans AS (
        SELECT o.*, sum(o.begins::int) OVER (PARTITION BY o.report ORDER BY o.interval_start) AS span FROM older o
      )
      SELECT report, count(*) AS count, min(interval_start) AS first, min(interval_end) AS first_end,
        max(interval_start) AS last_start, max(interval_end) AS last
      FROM spans GROUP BY report, span ORDER BY report, span DESC
      """, [postgresArray(reports.map(\.name)), postgresArray(reports.map { String($0.count) })]
    ) { rows in
      var found: [String: [ListedSpan]] = [:]
      for row in rows.decoded {
        guard let first = try row.interval("first", "first_end"),
          let last = try row.interval("last_start", "last")
        else { continue }
        found[try row["report"], default: []].append(
          ListedSpan(first: first, last: last, count: try row.int("count")))
      }
      return found
    }
  }
}
