import Foundation
import PostgresClient
import ReportModel

extension Ledger {
  /// Records which attempt's rows the files of each interval show.
  ///
  /// - Parameters:
  ///   - folder: the export root as this host names it.
  ///   - entries: a nil interval stands for the whole of a report.
  package func exported(
    report: String, host: String, folder: String, entries: [(interval: Interval?, attempt: UUID)]
  )
    async throws
  {
    guard !entries.isEmpty else { return }
    _ = try await connection.query(
      """
      INSERT INTO reportgen.export (report, interval_start, host, folder, attempt_id)
      SELECT $1, e.interval_start, $2, $3, e.attempt_id FROM unnest($4::date[], $5::uuid[]) e(interval_start, attempt_id)
      ON CONFLICT (report, interval_start, host, folder)
        DO UPDATE SET attempt_id = excluded.attempt_id, exported_at = now()
      """,
      [
        report, host, folder, postgresArray(entries.map { $0.interval?.start.description ?? "-infinity" }),
        postgresArray(entries.map(\.attempt.uuidString)),
      ])
  }

  /// Deletes the records of intervals whose folders were removed.
  package func forgetExports(of report: String, _ starts: [CalendarDate], host: String, folder: String)
    async throws
  {
    guard !starts.isEmpty else { return }
    _ = try await connection.query(
      """
      DELETE FROM reportgen.export
      WHERE report = $1 AND interval_start = ANY ($2::date[]) AND host = $3 AND folder = $4
      """, [report, postgresArray(starts.map(\.description)), host, folder])
  }

  /// The attempt whose rows the files of each interval show, by report; the key nil stands for the whole of a report.
  func exports(of reports: [String], host: String, folder: String) async throws -> [String:
    [Interval?: UUID]]
  {
    let rows = try await connection.query(
      """
      SELECT e.report, CASE WHEN isfinite(i.interval_start) THEN i.interval_start END AS first,
        CASE WHEN isfinite(i.interval_end) THEN i.interval_end END AS last, e.attempt_id
      FROM reportgen.export e JOIN reportgen.interval i USING (report, interval_start)
      WHERE e.report = ANY ($1::text[]) AND e.host = $2 AND e.folder = $3
      """, [postgresArray(reports), host, folder])
    var exports: [String: [Interval?: UUID]] = [:]
    for row in rows.decoded {
      exports[try row["report"], default: [:]]
        .updateValue(try row.uuid("attempt_id"), forKey: try row.interval("first", "last"))
    }
    return exports
  }
}
