import PostgresClient
import ReportModel

/// One session on the primary, with the advisory locks that live and die with it; used by one task at a time.
///
/// A lost session is replaced by the next call, which waits some time for a primary that is away. Its locks are gone then, and with them every attempt that it carried.
package actor PrimarySession {
  private static let lostLockPatience = Duration.seconds(15)

  private let servers: Servers
  private let reconnect: ServerReconnect
  /// A run can go on without it.
  private let isSpare: Bool
  /// An advisory lock that any number of sessions may hold, taken by whichever session this one is.
  private let sharedLock: Int64?
  private var current: Connection?
  private var heldLocks: Set<Int64> = []
  /// Until when a lost session may keep its locks: its server has to notice the loss first.
  private var lostLocksEnd: ContinuousClock.Instant?

  package init(servers: Servers, reconnect: ServerReconnect, isSpare: Bool, sharing sharedLock: Int64? = nil)
  {
    self.servers = servers
    self.reconnect = reconnect
    self.isSpare = isSpare
    self.sharedLock = sharedLock
  }

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

  /// For clean-up, for which nothing is opened.
  package var isUsable: Bool {
    get async {
      guard let current else { return false }
      return await current.isUsable
    }
  }

  package func close() async {
    await current?.close()
    current = nil
    heldLocks = []
  }

  /// Takes the report's advisory lock, unless this session holds it.
  ///
  /// Asks again and again and never waits within the server: PostgreSQL would end a circle of waiting runs, but only
  /// one that it sees, and one run waits in several sessions.
  /// - Parameter deadline: at least one try is made. Whoever locks several reports has one deadline for them all, and
  ///   takes them in the order of `LockKey.inOrder`.
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

  package func unlock(_ reports: [Report]) async {
    let keys = reports.map(LockKey.of).filter { heldLocks.remove($0) != nil }
    guard !keys.isEmpty, await isUsable, let current else { return }
    _ = try? await current.query(
      "SELECT pg_advisory_unlock(key) FROM unnest($1::bigint[]) key", [postgresArray(keys.map(String.init))])
  }
}
