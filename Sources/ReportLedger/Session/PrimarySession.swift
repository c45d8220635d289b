import PostgresClient
import ReportModel

/// One session on the primary and the advisory locks that it holds; used by one task at a time.
///
/// The call after a loss opens a new session, by the rules of `ServerReconnect`. The locks of the lost session are gone
/// then, and so is every attempt that ran on it.
package actor PrimarySession {
  private static let lostLockPatience = Duration.seconds(15)

  private let servers: Servers
  private let reconnect: ServerReconnect
  /// The run can do without this session.
  private let isSpare: Bool
  /// Key of a shared advisory lock that every session opened here takes first; nil for none.
  private let sharedLock: Int64?
  private var current: Connection?
  private var heldLocks: Set<Int64> = []
  /// Until then a lost session may still hold its locks: its server has to detect the loss. Nil when none was lost.
  private var lostLocksEnd: ContinuousClock.Instant?

  /// - Parameters:
  ///   - isSpare: the run can do without this session.
  ///   - sharedLock: key of a shared advisory lock that every session opened here takes first; nil for none.
  package init(servers: Servers, reconnect: ServerReconnect, isSpare: Bool, sharing sharedLock: Int64? = nil)
  {
    self.servers = servers
    self.reconnect = reconnect
    self.isSpare = isSpare
    self.sharedLock = sharedLock
  }

  /// The open session; opens one when there is none or when it was lost, whose locks are then gone.
  ///
  /// - Throws: the error of the last attempt to connect, once `reconnect` has given up.
  package func connection() async throws -> Connection {
    if let current, await current.isUsable { return current }
    heldLocks = []
    let opened = try await reconnect.opening(isSpare: isSpare) { [servers] in try await servers.openPrimary()
    }
    if current != nil { lostLocksEnd = .now + Self.lostLockPatience }
    current = opened
    if let sharedLock {
      _ = try await opened.query("SELECT pg_advisory_lock_shared($1)", [String(sharedLock)])
    }
    return opened
  }

  /// Whether a session is open; opens none, so clean-up asks here first.
  package var isUsable: Bool {
    get async {
      guard let current else { return false }
      return await current.isUsable
    }
  }

  /// Closes the session, and so releases its locks.
  package func close() async {
    await current?.close()
    current = nil
    heldLocks = []
  }

  /// Takes the report's advisory lock, unless this session holds it.
  ///
  /// Polls every 100 ms instead of waiting in the server: PostgreSQL's deadlock detection does not see a circle of runs
  /// that each wait in several sessions.
  /// - Parameter deadline: the lock is tried at least once. A caller that locks several reports has one deadline for
  ///   all of them and takes them in the order of `LockKey.inOrder`.
  /// - Returns: the session that holds the lock: all of the attempt has to stay on it; nil when another run holds it
  ///   until the deadline.
  package func lock(_ report: Report, until deadline: ContinuousClock.Instant) async throws -> Connection? {
    let key = LockKey.of(report)
    let session = try await connection()
    guard !heldLocks.contains(key) else { return session }
    let deadline = max(deadline, lostLocksEnd ?? deadline)
    while true {
      let rows = try await session.query("SELECT pg_try_advisory_lock($1) AS locked", [String(key)])
      if try rows.bool(0, "locked") { break }
      guard ContinuousClock.now < deadline else { return nil }
      try await Task.sleep(for: .milliseconds(100))
    }
    heldLocks.insert(key)
    return session
  }

  /// - Returns: the session that has held the report's lock since `lock`.
  /// - Throws: `RunError`, transient, when that session is lost: another run may have published since.
  package func session(holding report: Report) async throws -> Connection {
    let session = try await connection()
    guard heldLocks.contains(LockKey.of(report)) else {
      throw RunError(
        .tryAgain,
        Diagnostic(
          "the session on the primary that held the lock of \"\(report.name)\" was lost",
          effect: .nothingPublished, hint: "Run again; what was published before is unchanged."),
        isTransient: true, server: "primary")
    }
    return session
  }

  /// Releases the locks of these reports that this session holds; does nothing when the session was lost.
  package func unlock(_ reports: [Report]) async {
    let keys = reports.map(LockKey.of).filter { heldLocks.remove($0) != nil }
    guard !keys.isEmpty, await isUsable, let current else { return }
    _ = try? await current.query(
      "SELECT pg_advisory_unlock(key) FROM unnest($1::bigint[]) key", [postgresArray(keys.map(String.init))])
  }
}
