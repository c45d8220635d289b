import Foundation
import PostgresClient
import ReportModel

/// Who holds a report's lock at this moment.
package enum LockHolder: Hashable, Sendable {
  /// A run, by the ledger.
  ///
  /// - Parameter since: `02:14:09`, with the day in front where it is not today; in the session's time zone.
  case run(since: String, host: String, processID: Int)
  /// A session on the primary without a run in the ledger: `reportgen export`, or a row written by hand.
  case session(backendPID: Int)
}

extension Ledger {
  /// - Returns: nil when nobody holds the report's lock any more.
  package func lockHolder(of report: Report, otherThan run: UUID) async throws -> LockHolder? {
    let holders = try await connection.query(
      """
      SELECT l.pid, r.host, r.process_id,
        to_char(r.started_at, CASE WHEN r.started_at::date = current_date THEN '' ELSE 'YYYY-MM-DD ' END
          || 'HH24:MI:SS') AS since
      FROM reportgen.report_lock l
      LEFT JOIN reportgen.run r ON r.run_id = l.run_id AND r.run_id <> $1 AND r.finished_at IS NULL
      WHERE l.lock_key = $2 AND \(Self.isHeld("l"))
      """, [run.uuidString, String(LockKey.of(report))])
    return try holders.decoded.first.map { holder in
      guard let host = try holder.optional("host") else { return .session(backendPID: try holder.int("pid")) }
      return .run(since: try holder["since"], host: host, processID: try holder.int("process_id"))
    }
  }

  /// Condition: the session of this row of `reportgen.report_lock` is alive: its process and role hold its advisory lock.
  static func isHeld(_ alias: String) -> String {
    """
    EXISTS (SELECT FROM pg_locks k JOIN pg_stat_activity a ON a.pid = k.pid
      WHERE k.pid = \(alias).pid AND a.usesysid = \(alias).role AND \(isAdvisory("k", "\(alias).session_key")))
    """
  }

  /// Condition: a session of the run of this row of `reportgen.run` still holds the run's advisory lock; in a function,
  /// which is planned where it is called.
  ///
  /// - Parameter alias: of the row, which has a `lock_key`.
  static func isAlive(_ alias: String) -> String { "\(LedgerSchema.ledger).run_lives(\(alias).lock_key)" }

  /// Condition: a row of `pg_locks` is the advisory lock of this key, which somebody holds in this database.
  ///
  /// - Parameter key: an SQL expression of type bigint.
  private static func isAdvisory(_ alias: String, _ key: String) -> String {
    """
    \(alias).locktype = 'advisory' AND \(alias).granted AND \(alias).objsubid = 1
      AND \(alias).database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
      AND \(alias).classid = ((\(key) >> 32) & 4294967295)::oid AND \(alias).objid = (\(key) & 4294967295)::oid
    """
  }
}
