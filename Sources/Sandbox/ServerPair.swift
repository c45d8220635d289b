import Foundation
import ProcessRunner
import ReportModel

/// A primary and its streaming replica in one private folder: what the sandbox and the tests are made of.
///
/// Authentication is `trust`: only the servers' user and root can enter the folder of the sockets, and they could read
/// the data files anyway. No server listens on an address.
package struct ServerPair: Sendable {
  /// The role that initdb creates.
  package static let superuser = "postgres"
  static let primaryPort = 5432
  static let replicaPort = 5433
  static let slot = "replica"

  /// Holds both data folders and logs.
  package var folder: String
  package var socketDirectory: String
  package var programs: PostgresPrograms
  /// The OS user that the servers run as.
  package var user: ServerUser
  /// Run-time parameters of both servers.
  package var settings: [String: String]

  /// - Parameter settings: Override the defaults, such as `fsync=off`.
  package init(
    folder: String, socketDirectory: String, programs: PostgresPrograms, user: ServerUser,
    settings: [String: String] = [:]
  ) {
    self.folder = folder
    self.socketDirectory = socketDirectory
    self.programs = programs
    self.user = user
    self.settings = Self.defaultSettings.merging(settings) { $1 }
  }

  /// With `fsync=off` a crash of the machine can destroy the data; a crash of the servers alone loses nothing.
  private static let defaultSettings = [
    "fsync": "off", "wal_level": "replica", "hot_standby": "on", "hot_standby_feedback": "off",
    "shared_buffers": "128MB", "max_wal_size": "4GB", "checkpoint_timeout": "30min", "max_connections": "100",
    "autovacuum": "on", "jit": "off", "lc_messages": "C", "wal_retrieve_retry_interval": "200ms",
    "wal_receiver_status_interval": "1s",
  ]

  /// The server that `makePrimary` creates.
  package var primary: PostgresServer { makeServer("primary", port: Self.primaryPort, settings) }

  /// The server that `makeReplica` creates.
  package var replica: PostgresServer {
    makeReplica("replica", port: Self.replicaPort, ["primary_slot_name": Self.slot])
  }

  /// A further replica, whose folder `copyPrimary` creates.
  package func makeReplica(_ name: String, port: Int, _ settings: [String: String] = [:]) -> PostgresServer {
    // Not written by pg_basebackup, because a project that moves gets another folder for its sockets.
    let source = settings.merging(["primary_conninfo": primaryConninfo]) { $1 }
    return makeServer(name, port: port, self.settings.merging(source) { $1 })
  }

  private var primaryConninfo: String {
    "host=\(socketDirectory) port=\(Self.primaryPort) user=\(Self.superuser) application_name=replica"
  }

  private func makeServer(_ name: String, port: Int, _ settings: [String: String]) -> PostgresServer {
    PostgresServer(
      name: name, dataDirectory: "\(folder)/\(name)", socketDirectory: socketDirectory,
      logFile: "\(folder)/\(name).log", port: port, programs: programs, user: user, settings: settings)
  }

  // MARK: Create

  /// Creates an empty primary; its folder must not exist yet.
  package func makePrimary() async throws {
    try PrivateFolder.make(primary.dataDirectory, owner: user)
    let arguments = [
      "-D", primary.dataDirectory, "-U", Self.superuser, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8",
      "--lc-messages=C", "--no-sync", "--no-instructions",
    ]
    let result = try await programs.command("initdb", arguments).run(as: user).run()
    guard result.status == 0 else {
      throw ServerLog.explain("could not create the sandbox's primary", log: result.error)
    }
  }

  /// Replaces the replica by a new copy of the running primary, and starts it.
  package func makeReplica() async throws {
    try await removeReplica()
    try await copyPrimary(to: replica, ["-C", "-S", Self.slot])
    try await replica.start()
    guard try await streams(within: .seconds(20)) else {
      throw Diagnostic(
        .error, "the sandbox's replica does not stream", detail: "Waited 20 s.",
        hint: "See \(replica.logFile).")
    }
  }

  /// Fills the folder of a server that does not run from the running primary.
  package func copyPrimary(to server: PostgresServer, _ options: [String] = []) async throws {
    try PrivateFolder.make(server.dataDirectory, owner: user)
    let arguments =
      ["-D", server.dataDirectory, "-d", primaryConninfo, "-R"] + options
      + ["-X", "stream", "-c", "fast", "--no-sync"]
    let result = try await programs.command("pg_basebackup", arguments).run(as: user).run()
    guard result.status == 0 else {
      throw ServerLog.explain("could not copy the sandbox's primary to its replica", log: result.error)
    }
  }

  private func removeReplica() async throws {
    try await replica.stopNow()
    try PrivateFolder.remove(replica.dataDirectory)
    // A slot without a replica keeps WAL for ever; the walsender of a dead replica can still use it for seconds.
    let free = "select pg_terminate_backend(active_pid, 5000) from pg_replication_slots where active"
    _ = try await query(primary, free)
    _ = try await query(primary, "select pg_drop_replication_slot(slot_name) from pg_replication_slots")
  }

  /// Waits until the replica receives the primary's WAL.
  ///
  /// - Returns: false when the time is over.
  package func streams(within patience: Duration) async throws -> Bool {
    let limit = ContinuousClock.now + patience
    let sql = "select count(*) from pg_stat_get_wal_senders() where state = 'streaming'"
    repeat {
      if try await query(primary, sql) == "1" { return true }
      try await Task.sleep(for: .milliseconds(10))
    } while ContinuousClock.now < limit
    return false
  }

  // MARK: SQL

  /// Runs one statement with psql as the superuser.
  ///
  /// - Returns: a line for each row, its fields separated by `|`.
  package func query(_ server: PostgresServer, database: String = "postgres", _ sql: String) async throws
    -> String
  {
    let conninfo = server.conninfo(user: Self.superuser, database: database)
    let arguments = ["-XAtq", "-v", "ON_ERROR_STOP=1", "-d", conninfo, "-c", sql]
    let result = try await programs.command("psql", arguments, environment: ["PGCONNECT_TIMEOUT": "5"]).run()
    guard result.status == 0 else {
      throw ServerLog.explain("could not query the sandbox's \(server.name)", log: result.error)
    }
    return result.output.hasSuffix("\n") ? String(result.output.dropLast()) : result.output
  }
}
