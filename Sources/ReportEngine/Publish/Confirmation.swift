import Foundation
import PostgresClient
import ReportModel

/// Step 8: a publish is done when a failover keeps it, which a replica that shows the ledger's rows proves.
struct Confirmation: Sendable {
  let servers: Servers
  let environment: Project.Environment

  /// Waits, within the environment's bound, until a replica shows the attempts as published.
  ///
  /// No snapshot may be open on the replica: it could hold up the very replay that is waited for.
  /// - Parameter replica: a session that may be used; another one is opened when it is lost.
  /// - Returns: the attempts that are confirmed.
  func wait(for attempts: [UUID], replica: Connection?) async throws -> Set<UUID> {
    guard environment.confirm == .replica else { return Set(attempts) }
    let deadline = ContinuousClock.now + .seconds(environment.confirmWaitSeconds)
    var session = replica
    var opened: Connection?
    var confirmed: Set<UUID> = []
    var pause = 1
    repeat {
      do {
        if session == nil {
          opened = try await servers.openReplica()
          session = opened
        }
        if let session { confirmed = try await shown(attempts, on: session) }
      } catch let error as PostgresError where error.isTransient || error.sqlState.matches(.undefinedTable) {
        await opened?.close()
        (session, opened) = (nil, nil)
      }
      if confirmed.count == attempts.count { break }
      try await Task.sleep(for: .milliseconds(pause))
      pause = min(pause * 2, 250)
    } while ContinuousClock.now < deadline
    await opened?.close()
    return confirmed
  }

  /// A primary shows its own rows, which proves nothing; one that was promoted after the read is the current leader,
  /// and what it has a failover has kept.
  private func shown(_ attempts: [UUID], on session: Connection) async throws -> Set<UUID> {
    let rows = try await session.query(
      """
      SELECT attempt_id FROM reportgen.report_run
      WHERE attempt_id = ANY ($1::uuid[]) AND state IN ('published', 'confirmed')
        AND CASE WHEN pg_is_in_recovery() THEN true
          ELSE ('x' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8))::bit(32)::int > timeline END
      """, [postgresArray(attempts.map(\.uuidString))])
    return Set(rows.rows.compactMap { $0[0].flatMap(UUID.init(uuidString:)) })
  }
}
