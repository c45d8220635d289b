import Foundation
import PostgresClient
import ReportModel

extension Ledger {
  /// How fresh each report is by its newest published interval; intervals that were published before their end do not
  /// count.
  func freshness(of reports: [Report], timezone: String) async throws -> [String: ReportFreshness] {
    let rows = try await connection.query(
      """
      SELECT n.report, CASE WHEN isfinite(i.interval_start) THEN i.interval_start END AS first,
        CASE WHEN isfinite(i.interval_end) THEN i.interval_end END AS last,
        extract(epoch FROM r.as_of_time) AS as_of, extract(epoch FROM clock_timestamp()) AS now
      FROM unnest($1::text[]) n(report)
      LEFT JOIN LATERAL (
        SELECT * FROM reportgen.interval i
        WHERE i.report = n.report AND i.state IN ('published', 'confirmed')
        ORDER BY i.interval_start DESC LIMIT 1) i ON true
      LEFT JOIN reportgen.report_run r ON r.attempt_id = i.attempt_id
      """, [postgresArray(reports.map(\.name))])
    var facts: [String: (newest: Interval?, asOf: Double?, now: Double)] = [:]
    for row in rows.rows.indices {
      let day = { (column: String) in rows[row, column].flatMap { CalendarDate($0) } }
      let newest = day("first").flatMap { start in
        day("last").flatMap { Interval(start: start, end: $0) }
      }
      facts[rows[row, "report"] ?? ""] = (
        newest, rows[row, "as_of"].flatMap(Double.init), rows[row, "now"].flatMap(Double.init) ?? 0
      )
    }
    var freshness: [String: ReportFreshness] = [:]
    for report in reports {
      guard let (newest, asOf, now) = facts[report.name] else { continue }
      freshness[report.name] = ReportFreshness(
        of: report, newest: newest, asOf: asOf, now: now, timezone: timezone)
    }
    return freshness
  }
}
