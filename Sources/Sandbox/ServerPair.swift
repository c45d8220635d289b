import Foundation
import ProcessRunner
import ReportModel

/// A primary and its streaming replica in one private folder: what the sandbox and the tests are made of.
///
/// `trust` is the only authentication: the sockets are in a folder that nobody but the servers' user (and root) can
/// enter, and there is no other way in, since no server listens on an address. Who gets to a socket could read
/// the data's files as well.
package struct ServerPair: Sendable {
  package static let superuser = "postgres"
  static let primaryPort = 5432
  static let replicaPort = 5433
  static let slot = "replica"

  /// Holds both data folders and logs.
  package var folder: String
  package var socketDirectory: String
  package var programs: PostgresPrograms
  package var user: ServerUser
  package var settings: [String: String]

  /// - Parameter settings: Over `defaultSettings`.
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

  /// A toy of one machine: after a crash of the machine itself (`fsync=off`) the data may be broken, and
  /// `reportgen sandbox reset` makes it anew. A crash of the servers alone loses nothing.
  private static let defaultSettings = [
    "fsync": "off", "wal_level": "replica", "hot_standby": "on", "hot_standby_feedback": "off",
    "shared_buffers": "128MB", "max_wal_size": "4GB", "checkpoint_timeout": "30min", "max_connections": "100",
    "autovacuum": "on", "jit": "off", "lc_messages": "C", "wal_retrieve_retry_interval": "200ms",
    "wal_receiver_status_interval": "1s",
  ]

  package var primary: PostgresServer { makeServer("primary", port: Self.primaryPort, settings) }

  package var replica: PostgresServer {
    makeReplica("replica", port: Self.replicaPort, ["primary_slot_name": Self.slot])
  }

  /// A server that follows the primary once `copyPrimary` has made its folder.
  package func makeReplica(_ name: String, port: Int, _ settings: [String: String] = [:]) -> PostgresServer {
    // Given here and not by pg_basebackup: a project that moves gets another folder for its sockets.
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

  /// Makes an empty primary; its folder must not exist yet.
  package func makePrimary() async throws {
    try PrivateFolder.make(primary.dataDirectory, owner: user)
    let arguments = [
      "-D", primary.dataDirectory, "-U", Self.superuser, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8",
      "--lc-messages=C", "--no-sync", "--no-instructions",
    ]
    let result = try await Command(programs.program("initdb"), arguments).run(as: user).run()
    guard result.status == 0 else {
      throw ServerLog.explain("could not create the primary of the sandbox", log: result.error)
    }
  }

  /// Makes the replica from the running primary, in place of whatever was there, and starts it.
  package func makeReplica() async throws {
    try await removeReplica()
    try await copyPrimary(to: replica, ["-C", "-S", Self.slot])
    try await replica.start()
    guard try await streams(within: .seconds(20)) else {
      throw Diagnostic(
        .error, "replica of the sandbox does not stream", detail: "Waited 20 s.",
        hint: "Look into \(replica.logFile).")
    }
  }

  /// Fills the folder of a server that does not run from the running primary.
  package func copyPrimary(to server: PostgresServer, _ options: [String] = []) async throws {
    try PrivateFolder.make(server.dataDirectory, owner: user)
    let arguments =
      ["-D", server.dataDirectory, "-d", primaryConninfo, "-R"] + options
      + ["-X", "stream", "-c", "fast", "--no-sync"]
    let result = try await Command(programs.program("pg_basebackup"), arguments).run(as: user).run()
    guard result.status == 0 else {
      throw ServerLog.explain("could not copy the primary of the sandbox to its replica", log: result.error)
    }
  }

  private func removeReplica() async throws {
    try await replica.stopNow()
    try PrivateFolder.remove(replica.dataDirectory)
    // A slot without a replica would keep WAL for ever; a dead replica's walsender may still hold it for a moment.
    let free = "select pg_terminate_backend(active_pid, 5000) from pg_replication_slots where active"
    _ = try await query(primary, free)
    _ = try await query(primary, "select pg_drop_replication_slot(slot_name) from pg_replication_slots")
  }

  /// Whether the replica receives the primary's WAL, waiting for it a bounded time.
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

  /// The rows of one statement, a line each, its fields separated by `|`; as superuser, by psql.
  package func query(_ server: PostgresServer, database: String = "postgres", _ sql: String) async throws
    -> String
  {
    let conninfo = server.conninfo(user: Self.superuser, database: database)
    let arguments = ["-XAtq", "-v", "ON_ERROR_STOP=1", "-d", conninfo, "-c", sql]
    let result = try await Command(programs.psql, arguments, environment: ["PGCONNECT_TIMEOUT": "5"]).run()
    guard result.status == 0 else {
      throw ServerLog.explain("could not ask the \(server.name) of the sandbox", log: result.error)
    }
    return result.output.hasSuffix("\n") ? String(result.output.dropLast()) : result.output
  }
}
