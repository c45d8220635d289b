import PostgresClient
import ReportModel

/// The locks of reports: rows of `reportgen.report_lock`, which no role can take but those that write the ledger.
///
/// A row names its session, which is alive as long as its role holds the session's advisory lock. A row whose session is
/// gone is taken by the next one.
extension PrimarySession {
  /// Takes the report's lock, unless this session holds it.
  ///
  /// Polls every 100 ms instead of waiting in the server: PostgreSQL's deadlock detection does not see a circle of runs
  /// that each wait in several sessions.
  /// - Parameter deadline: the lock is tried at least once. A caller that locks several reports has one deadline for
  ///   all of them and takes them in the order of `LockKey.inOrder`.
  /// - Returns: the session that holds the lock: all of the attempt has to stay on it; nil when another run holds it
  ///   until the deadline.
  package func lock(_ report: Report, until deadline: ContinuousClock.Instant) async throws -> Connection? {
    try await lock(LockKey.of(report), until: deadline)
  }

  /// Takes a lock by its key; otherwise as above.
  package func lock(_ key: Int64, until deadline: ContinuousClock.Instant) async throws -> Connection? {
    let session = try await connection()
    guard !heldLocks.contains(key) else { return session }
    let deadline = max(deadline, lostLocksEnd ?? deadline)
    while try await !take(key, on: session) {
      guard ContinuousClock.now < deadline else { return nil }
      try await Task.sleep(for: .milliseconds(100))
    }
    heldLocks.insert(key)
    return session
  }

  /// Nearly always there is no row, and looking at whose it is costs more than to make it.
  private func take(_ key: Int64, on session: Connection) async throws -> Bool {
    let values = [String(key), String(sessionKey), run?.uuidString]
    let made = try await session.query("\(Self.insert) ON CONFLICT DO NOTHING RETURNING l.lock_key", values)
    if made.count == 1 { return true }
    // The condition is read when the row is locked, and therefore of its newest version.
    let taken = try await session.query(
      """
      \(Self.insert)
      ON CONFLICT (lock_key) DO UPDATE SET pid = excluded.pid, role = excluded.role,
        session_key = excluded.session_key, run_id = excluded.run_id, taken_at = excluded.taken_at
      WHERE NOT \(Ledger.isHeld("l"))
      RETURNING l.lock_key
      """, values)
    return taken.count == 1
  }

  private static let insert = """
    INSERT INTO reportgen.report_lock AS l (lock_key, pid, role, session_key, run_id)
    VALUES ($1, pg_backend_pid(), (SELECT r.oid FROM pg_roles r WHERE r.rolname = session_user), $2, $3)
    """

  /// Releases the locks of these reports that this session holds; does nothing when the session was lost.
  package func unlock(_ reports: [Report]) async {
    await unlock(reports.map(LockKey.of))
  }

  package func unlock(_ keys: [Int64]) async {
    let keys = keys.filter { heldLocks.remove($0) != nil }
    guard !keys.isEmpty, await isUsable, let session = try? await connection() else { return }
    _ = try? await session.query(
      "DELETE FROM reportgen.report_lock WHERE lock_key = ANY ($1::bigint[]) AND session_key = $2 AND pid = pg_backend_pid()",
      [postgresArray(keys.map(String.init)), String(sessionKey)])
  }
}
