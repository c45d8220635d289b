import PostgresClient
import ReportModel

/// The worst that is true of a report's last run that published; the raw value is that of
/// `reportgen.report_last_run.state`, where it is computed once for the command, metrics and dashboards.
package enum LastRunState: String, Hashable, Sendable, Codable {
  case confirmed, published
  case upToDate = "up_to_date"
  case exported, failed, skipped, running
  /// The process died before it recorded what became of the report.
  case abandoned
  /// The run was stopped before the report was done.
  case interrupted
}

/// A report's last run, without those that refused its options, dry runs, and runs with other parameters.
package struct ReportLastRun: Hashable, Sendable {
  /// `2026-11-23 04:30:12 MSK`, in the session's time zone.
  package var started: String
  package var state: LastRunState
  /// Nil when there was none.
  package var error: String?
}

extension RunHistory {
  /// - Returns: by report; without those that no run has chosen.
  package static func lastRuns(of reports: [String]) -> Question<[String: ReportLastRun]> {
    Question(
      """
      SELECT report, to_char(started_at, 'YYYY-MM-DD HH24:MI:SS TZ') AS started, state, error
      FROM reportgen.report_last_run WHERE report = ANY ($1::text[])
      """, [postgresArray(reports)]
    ) { rows in
      var last: [String: ReportLastRun] = [:]
      for row in rows.decoded {
        last[try row["report"]] = ReportLastRun(
          started: try row["started"], state: try row.state("state"), error: try row.optional("error"))
      }
      return last
    }
  }

  /// Intervals whose newest attempt failed, in the order of time; of reports with a period.
  package static func failedIntervals(of reports: [String]) -> Question<[String: [Interval]]> {
    Question(
      """
      SELECT report, interval_start AS first, interval_end AS last FROM reportgen.failed_interval
      WHERE report = ANY ($1::text[]) AND isfinite(interval_start) ORDER BY report, interval_start
      """, [postgresArray(reports)]
    ) { rows in
      var failed: [String: [Interval]] = [:]
      for row in rows.decoded {
        if let interval = try row.interval("first", "last") {
          failed[try row["report"], default: []].append(interval)
        }
      }
      return failed
    }
  }
}
