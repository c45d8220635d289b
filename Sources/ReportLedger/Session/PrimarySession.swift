import Foundation
import PostgresClient
import ReportModel

/// One session on the primary and the locks of reports that it holds; used by one task at a time.
///
/// The call after a loss opens a new session, by the rules of `ServerReconnect`. The locks of the lost session are gone
/// then, and so is every attempt that ran on it.
package actor PrimarySession {
  private static let lostLockPatience = Duration.seconds(15)

  private let servers: Servers
  private let reconnect: ServerReconnect
  /// The run can do without this session.
  private let isSpare: Bool
  /// Whose session it is; nil: no run's.
  let run: UUID?
  /// The advisory lock that the open session holds as long as it lives, by which others know that it does: the run's,
  /// which all of its sessions share, or one of its own.
  private(set) var sessionKey: Int64 = 0
  private var current: Connection?
  /// Keys of the reports whose locks the open session has.
  var heldLocks: Set<Int64> = []
  /// Until then a lost session may still hold its locks: its server has to detect the loss. Nil when none was lost.
  private(set) var lostLocksEnd: ContinuousClock.Instant?

  /// - Parameters:
  ///   - isSpare: the run can do without this session.
  ///   - run: whose advisory lock every session opened here shares; nil for none.
  package init(servers: Servers, reconnect: ServerReconnect, isSpare: Bool, run: UUID? = nil) {
    self.servers = servers
    self.reconnect = reconnect
    self.isSpare = isSpare
    self.run = run
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
    sessionKey = try await Self.takeSessionKey(of: run, on: opened)
    return opened
  }

  /// Anybody can wait for the run's lock, whose key the ledger shows, and a session that asked for it would wait behind.
  /// A key that nobody knows yet is free.
  private static func takeSessionKey(of run: UUID?, on session: Connection) async throws -> Int64 {
    var key = run.map { LockKey.of(run: $0) } ?? Int64.random(in: .min ... .max)
    while true {
      let rows = try await session.query("SELECT pg_try_advisory_lock_shared($1) AS locked", [String(key)])
      if try rows.bool(0, "locked") { return key }
      key = Int64.random(in: .min ... .max)
    }
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
}
