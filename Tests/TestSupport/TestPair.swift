import Foundation
import ProcessRunner
import ReportModel
import Sandbox
import Synchronization
import Testing

/// A running primary and its streaming replica, of one test process or of one test.
///
/// They are made as the sandbox makes its own, with the sandbox' roles.
package final class TestPair: Sendable {
  private let pair: ServerPair
  private let databases = Atomic<Int>(0)
  private let replicas = Atomic<Int>(0)

  /// The pair that all tests share; it is never stopped by a test.
  static func shared() async throws -> TestPair {
    try requirePostgres()
    return try await sharedStart.value
  }

  /// Without autovacuum: what it removes can hold up replay on the replica, where a test holds a snapshot open, and
  /// what it counts changes the estimates of the planner.
  private static let settings: [String: String] = {
    var settings = [
      "shared_buffers": "64MB", "max_connections": "300", "timezone": "UTC", "autovacuum": "off",
    ]
    settings["lc_messages"] = ServerMessages.locale
    return settings
  }()

  private static let sharedStart = Task { try await TestPair("shared") }

  /// Starts a new pair in a folder of its own; about a second.
  ///
  /// - Parameter more: run-time parameters besides those of every pair.
  init(_ name: String, _ more: [String: String] = [:]) async throws {
    let root = try TestFolder.shared.get()
    let folder = root.makePath(name)
    try PrivateFolder.make(folder, owner: .invoking(group: root.user.groupID), mode: 0o710)
    try PrivateFolder.make(folder + "/sockets", owner: root.user)
    pair = ServerPair(
      folder: folder, socketDirectory: folder + "/sockets", programs: try TestPostgres.programs(),
      user: root.user, settings: Self.settings.merging(more) { $1 })
    try await pair.makePrimary()
    try await pair.primary.start()
    _ = try await pair.query(pair.primary, SandboxRoles.create)
    try await pair.makeReplica()
  }

  // MARK: Where things are

  package var folder: String { pair.folder }
  /// Holds the sockets of both servers.
  package var socketDirectory: String { pair.socketDirectory }
  package func dataDirectory(_ server: Sandbox.Server) -> String { self[server].dataDirectory }
  package func logFile(_ server: Sandbox.Server) -> String { self[server].logFile }
  package func port(_ server: Sandbox.Server) -> Int { self[server].port }
  /// The postmaster's, nil while the server does not run.
  package func processID(_ server: Sandbox.Server) -> Int32? { self[server].processID }

  package func conninfo(
    _ server: Sandbox.Server, user: String = "postgres", database: String = "postgres"
  ) -> String {
    self[server].conninfo(user: user, database: database)
  }

  subscript(_ server: Sandbox.Server) -> PostgresServer {
    server == .primary ? pair.primary : pair.replica
  }

  // MARK: Faults

  /// SIGKILL for all processes of the server; returns when none is left.
  package func killPrimary() async throws { try await self[.primary].crash() }
  package func killReplica() async throws { try await self[.replica].crash() }

  /// Starts a server that was killed or stopped; nothing happens if it runs.
  package func startPrimary() async throws { try await pair.primary.start() }

  /// Starts the replica again; returns when it takes connections, which may be before it streams.
  package func startReplica() async throws { try await pair.replica.start() }

  /// A clean, fast shutdown of one server.
  package func shutDown(_ server: Sandbox.Server) async throws { try await self[server].stop() }

  /// SIGSTOP for a server's processes, as if its machine hung; `resume` lets it go on.
  package func pause(_ server: Sandbox.Server) { signal(server, SIGSTOP) }
  package func resume(_ server: Sandbox.Server) { signal(server, SIGCONT) }

  /// Lets a server read its configuration and pg_hba.conf again; returns when every new session is under them.
  package func reloadSettings(_ server: Sandbox.Server) async throws {
    // A session that begins later has the postmaster's time, which is set before its next accept.
    let time = "select pg_conf_load_time()"
    let before = try await pair.query(self[server], time)
    _ = try await pair.query(self[server], "select pg_reload_conf()")
    try await waitFor("the \(server.rawValue) to read its configuration again") {
      try await pair.query(self[server], time) != before
    }
  }

  /// Waits until both servers take sessions, and the replica has replayed all that the primary has committed.
  ///
  /// Servers that were killed or started refuse sessions for a moment, and the replica may not stream yet.
  package func waitUntilWhole() async throws {
    try await waitFor("both servers to take sessions, and the replica to replay") {
      do {
        let position = try await pair.query(pair.primary, "select pg_current_wal_flush_lsn()")
        return try await pair.query(pair.replica, "select pg_last_wal_replay_lsn() >= '\(position)'") == "t"
      } catch is Diagnostic {
        return false
      }
    }
  }

  /// Makes a primary of the replica; returns when it takes writes. The old primary goes on unless it was stopped.
  package func promote() async throws { _ = try await pair.query(pair.replica, "select pg_promote()") }

  /// Makes one more replica of the primary, on a port of its own in the same folder of sockets.
  package func addReplica() async throws -> AddedReplica {
    let number = replicas.add(1, ordering: .relaxed).newValue
    return try await AddedReplica(pair, name: "replica-\(number)", port: pair.replica.port + number)
  }

  /// Waits until the replica has replayed all that the primary has committed.
  package func waitForReplay() async throws {
    let position = try await pair.query(pair.primary, "select pg_current_wal_lsn()")
    try await waitForReplay(position)
  }

  /// Stops both servers and removes their folder; a pair that is not stopped goes with the test process.
  package func stop() async throws {
    for server in Sandbox.Server.allCases {
      resume(server)
      try await self[server].stopNow()
    }
    try PrivateFolder.remove(folder)
  }

  private func signal(_ server: Sandbox.Server, _ number: Int32) {
    for process in ProcessList.family(of: self[server].processID) { kill(process, number) }
  }

  // MARK: Databases

  /// A fresh database with the rights of the sandbox' own, on both servers; dropped afterwards.
  ///
  /// - Parameter clock: the time that its clock shows at the start; nil: the machine's.
  package nonisolated(nonsending) func withDatabase<R>(
    clock: String? = ServerClock.noon, _ body: (TestDatabase) async throws -> R
  ) async throws -> R {
    let number = databases.add(1, ordering: .relaxed).newValue
    let database = TestDatabase(name: "test_\(number)", pair: self)
    try await create(database.name, clock: clock)
    let result: R
    do {
      result = try await body(database)
    } catch {
      try? await drop(database.name)
      throw error
    }
    try await drop(database.name)
    return result
  }

  private func create(_ name: String, clock: String?) async throws {
    _ = try await pair.query(pair.primary, "create database \(name) template template0")
    let statements = [SandboxRoles.grant(on: name)] + (clock.map { [ServerClock.set(to: $0)] } ?? [])
    let script = (statements + ["select pg_current_wal_insert_lsn()"]).joined(separator: ";\n")
    try await waitForReplay(try await pair.query(pair.primary, database: name, script))
  }

  private func drop(_ name: String) async throws {
    _ = try await pair.query(pair.primary, "drop database \(name) with (force)")
  }

  /// One session that waits in the server; its own snapshots are too short to hold the replay up.
  private func waitForReplay(_ position: String) async throws {
    let loop = """
      do $$ begin
        for i in 1..12000 loop
          if pg_last_wal_replay_lsn() >= '\(position)' then return; end if;
          perform pg_sleep(0.005);
          commit;  -- lets the snapshot go: held for the whole statement, it can hold up the replay it waits for
        end loop;
        raise 'replica has not replayed \(position) within a minute';
      end $$
      """
    _ = try await pair.query(pair.replica, loop)
  }
}

/// Starts a primary and a replica of the test's own, to be killed, paused or promoted; about a second.
///
/// - Parameter settings: run-time parameters of both servers, besides those of every pair.
package func startPrivatePair(_ settings: [String: String] = [:]) async throws -> TestPair {
  try requirePostgres()
  return try await TestPair("pair", settings)
}

/// Without PostgreSQL a laptop skips the test and says so; a CI machine fails it, and so does one that was told to use
/// another PostgreSQL.
package func requirePostgres() throws {
  do {
    _ = try TestPostgres.programs()
    _ = try ServerUser.current()
  } catch {
    guard ProcessInfo.processInfo.environment["CI"] != "true", TestPostgres.installation == nil else {
      throw error
    }
    try Test.cancel("\(error)")
  }
}
