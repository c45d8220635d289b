import Foundation
import PostgresClient
import ReportModel

/// Who holds a report's lock at this moment.
package enum LockHolder: Hashable, Sendable {
  /// A run, by the ledger.
  ///
  /// - Parameter since: `02:14:09`, with the day in front where it is not today; in the session's time zone.
  case run(since: String, host: String, processID: Int)
  /// A session on the primary without a run in the ledger: `reportgen export`, or a lock taken by hand.
  case session(backendPID: Int)
}

extension Ledger {
  /// - Returns: nil when nobody holds the report's lock any more.
  package func lockHolder(of report: Report, otherThan run: UUID) async throws -> LockHolder? {
    let key = String(LockKey.of(report))
    let runs = try await connection.query(
      """
      SELECT to_char(r.started_at, CASE WHEN r.started_at::date = current_date THEN '' ELSE 'YYYY-MM-DD ' END
          || 'HH24:MI:SS') AS since, r.host, r.process_id
      FROM reportgen.run r
      WHERE r.finished_at IS NULL AND r.run_id <> $1 AND \(Self.isAlive("r"))
        AND (EXISTS (SELECT FROM reportgen.report_run a WHERE a.run_id = r.run_id AND a.lock_key = $2)
          OR EXISTS (SELECT FROM reportgen.outcome o WHERE o.run_id = r.run_id AND o.report = $3))
      ORDER BY r.started_at DESC, r.run_id LIMIT 1
      """, [run.uuidString, key, report.name])
    if let row = runs.decoded.first {
      return .run(since: try row["since"], host: try row["host"], processID: try row.int("process_id"))
    }
    let sessions = try await connection.query(
      """
      SELECT l.pid FROM pg_locks l
      WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
        AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
        AND l.classid = (($1::bigint >> 32) & 4294967295)::oid AND l.objid = ($1::bigint & 4294967295)::oid
      LIMIT 1
      """, [key])
    return try sessions.decoded.first.map { .session(backendPID: try $0.int("pid")) }
  }

  /// Condition: the session of a row of `reportgen.run` or `reportgen.report_run` still holds its advisory lock.
  ///
  /// - Parameter alias: of the row, which has a `lock_key`.
  static func isAlive(_ alias: String) -> String {
    """
    EXISTS (
      SELECT FROM pg_locks l
      WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
        AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
        AND l.classid = ((\(alias).lock_key >> 32) & 4294967295)::oid
        AND l.objid = (\(alias).lock_key & 4294967295)::oid)
    """
  }
}
