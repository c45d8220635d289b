import PostgresClient
import ReportModel

extension Ledger {
  package func published(of report: String, _ intervals: [Interval]) async throws -> Set<CalendarDate> {
    let rows = try await connection.query(
      """
      SELECT interval_start FROM reportgen.interval
      WHERE report = $1 AND interval_start = ANY ($2::date[]) AND state <> 'expired'
      """, [report, postgresArray(intervals.map(\.start.description))])
    return Set(rows.rows.compactMap { $0[0].flatMap { CalendarDate($0) } })
  }
}
