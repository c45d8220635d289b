import Foundation
import ProcessRunner
import ReportModel

/// A private primary and its streaming replica, so that a newcomer needs no server.
///
/// The servers listen on Unix sockets only, go on when the command that started them ends, and are found by the
/// project's path. `fsync` is off, so a crash of the machine can destroy the data, which `reset` creates again.
package struct Sandbox: Sendable {
  /// Which of the two servers.
  package enum Server: String, Sendable, Hashable, Codable, CaseIterable {
    case primary, replica
  }

  /// Where its files are.
  package let layout: SandboxLayout
  let settings: Project.SandboxSettings
  let timezone: String
  /// Nil for the newest that is installed.
  let installation: PostgresInstallation?

  /// Reads and writes nothing.
  ///
  /// - Parameters:
  ///   - settings: `setup` files are loaded once, into a new database.
  ///   - timezone: The servers' `TimeZone`, an IANA name; a change is in effect from the next start on.
  ///   - installation: Where PostgreSQL's programs are; nil for the newest that is installed.
  package init(
    projectDirectory: String, settings: Project.SandboxSettings, timezone: String,
    installation: PostgresInstallation? = nil
  ) {
    let layout = SandboxLayout(projectDirectory: projectDirectory)
    self.init(layout: layout, settings: settings, timezone: timezone, installation: installation)
  }

  /// The same with its files in other places.
  package init(
    layout: SandboxLayout, settings: Project.SandboxSettings, timezone: String,
    installation: PostgresInstallation? = nil
  ) {
    self.layout = layout
    self.installation = installation
    self.settings = settings
    self.timezone = timezone
  }

  /// Creates and starts what is missing, and returns when the replica streams; changes nothing while everything is up.
  ///
  /// Another process that does the same waits.
  /// - Parameter progress: Called with one lower-case line for each step that takes time.
  /// - Throws: `Diagnostic`; a sandbox that could not be created completely has been removed by then.
  package func up(progress: (String) -> Void = { _ in }) async throws -> SandboxStatus {
    try await locked(progress) { try await raise(progress) }
  }

  /// Stops both servers and keeps their data; nothing happens if they are down.
  package func down() async throws {
    guard layout.dataDirectory != nil else { return }
    try await locked { try await halt() }
  }

  /// Stops both servers and removes the data, the logs and the sockets.
  package func remove() async throws {
    guard FileManager.default.fileExists(atPath: layout.stateDirectory) else { return }
    try await locked { try await clear() }
  }

  /// Removes all data and creates the sandbox again from the setup files.
  package func reset(progress: (String) -> Void = { _ in }) async throws -> SandboxStatus {
    try await locked(progress) {
      progress("removing the old data")
      try await clear()
      return try await raise(progress)
    }
  }

  // MARK: Connections

  /// A libpq connection string, also while the server does not run.
  ///
  /// - Parameters:
  ///   - user: `reportgen_reader`, `reportgen_writer`, `superset`, or the superuser `postgres`.
  ///   - database: The sandbox's own by default.
  package func conninfo(_ server: Server, user: String, database: String? = nil) -> String {
    let port = server == .primary ? ServerPair.primaryPort : ServerPair.replicaPort
    return PostgresServer.conninfo(
      socketDirectory: layout.socketDirectory, port: port, user: user, database: database ?? settings.database
    )
  }

  /// The same for programs that know SQLAlchemy's URIs, as Superset does.
  package func uri(_ server: Server, user: String) -> String {
    let port = server == .primary ? ServerPair.primaryPort : ServerPair.replicaPort
    let plain = CharacterSet.alphanumerics.union(["-", ".", "_", "~"])
    let folder = layout.socketDirectory.addingPercentEncoding(withAllowedCharacters: plain) ?? ""
    let database = settings.database.addingPercentEncoding(withAllowedCharacters: plain) ?? ""
    return "postgresql+psycopg2://\(user)@/\(database)?host=\(folder)&port=\(port)"
  }

  /// psql of the named or the newest installation, connected to a server of the sandbox.
  ///
  /// - Parameter arguments: Options of psql, which follow the connection string.
  /// - Throws: `Diagnostic` if no psql of a fitting version is installed.
  package func psql(
    _ server: Server = .primary, user: String = "postgres", arguments: [String] = []
  ) throws -> Command {
    try PostgresPrograms.find(installation).command(
      "psql", ["-d", conninfo(server, user: user)] + arguments)
  }

  // MARK: Steps

  private func locked<R>(
    _ progress: (String) -> Void = { _ in }, _ body: () async throws -> R
  ) async throws -> R {
    try layout.makeStateDirectory()
    let lock = try await FileLock(layout.lockFile) {
      progress("waiting for another \"reportgen sandbox\" command")
    }
    defer { withExtendedLifetime(lock) {} }
    return try await body()
  }

  private func raise(_ progress: (String) -> Void) async throws -> SandboxStatus {
    let user = try ServerUser.current()
    if let folder = layout.dataDirectory, Markers(folder).isComplete(.primary) {
      try await start(try makePair(folder, user), progress)
    } else {
      try await clear()
      try await create(user, progress)
    }
    return await status()
  }

  private func start(_ pair: ServerPair, _ progress: (String) -> Void) async throws {
    try PrivateFolder.verify(pair.folder, owner: .invoking(group: pair.user.groupID))
    try verifyDatabase(pair.folder)
    try PrivateFolder.make(layout.socketDirectory, owner: pair.user)
    if pair.primary.processID == nil { progress("starting the primary") }
    try await pair.primary.start()
    if Markers(pair.folder).isComplete(.replica), try await revive(pair, progress) { return }
    try await makeReplica(pair, progress)
  }

  /// - Returns: false for a replica that was promoted, or that misses WAL that the primary no longer has.
  private func revive(_ pair: ServerPair, _ progress: (String) -> Void) async throws -> Bool {
    if pair.replica.processID == nil { progress("starting the replica") }
    do {
      try await pair.replica.start()
      let isReplica = try await pair.query(pair.replica, "select pg_is_in_recovery()") == "t"
      guard isReplica else { return false }
      return try await pair.streams(within: .seconds(10))
    } catch is Diagnostic {
      return false
    }
  }

  func makeReplica(_ pair: ServerPair, _ progress: (String) -> Void) async throws {
    progress("copying the primary to its replica")
    try Markers(pair.folder).remove(.replica)
    try await pair.makeReplica()
    try Markers(pair.folder).complete(.replica, database: settings.database)
  }

  private func halt() async throws {
    guard let folder = layout.dataDirectory else { return }
    let pair = try makePair(folder, try ServerUser.current(), ofAnyVersion: true)
    // The replica first: a primary that shuts down waits until its replica has received everything.
    try await pair.replica.stop()
    try await pair.primary.stop()
    try layout.removeSockets(of: pair.user)
  }

  /// Stops every process on the sandbox's folders, complete or not, and removes the folders.
  func clear() async throws {
    let user = try ServerUser.current()
    if let folder = layout.dataDirectory {
      try PrivateFolder.verify(folder, owner: .invoking(group: user.groupID))
    }
    // Servers can still run on a folder that was removed. Any version of the programs does: nothing is started.
    let programs = try PostgresPrograms.find(installation)
    for folder in [layout.insideDirectory, layout.outsideDirectory] {
      let pair = ServerPair(
        folder: folder, socketDirectory: layout.socketDirectory, programs: programs, user: user)
      try await pair.replica.stopNow()
      try await pair.primary.stopNow()
    }
    try layout.removeSockets(of: user)
    try layout.removeData()
  }

  /// The pair in a folder, with the programs of the version that made it.
  ///
  /// - Parameter ofAnyVersion: for callers that start no server: signals and psql do not depend on the version.
  func makePair(_ folder: String, _ user: ServerUser, ofAnyVersion: Bool = false) throws -> ServerPair {
    let version = try? String(contentsOfFile: folder + "/primary/PG_VERSION", encoding: .utf8)
    let major = version.flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    return ServerPair(
      folder: folder, socketDirectory: layout.socketDirectory,
      programs: try PostgresPrograms.find(installation, major: ofAnyVersion ? nil : major), user: user,
      settings: ["timezone": timezone])
  }

  private func verifyDatabase(_ folder: String) throws {
    guard let created = Markers(folder).database, created != settings.database else { return }
    throw Diagnostic(
      .error, "the sandbox has database \"\(created)\", not \"\(settings.database)\"",
      detail: "\"sandbox.database\" was changed after the sandbox was created.",
      hint: "Change it back, or run \"reportgen sandbox reset\", which creates all data of the sandbox again."
    )
  }
}
