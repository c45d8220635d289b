import Foundation
import ProcessRunner
import Sandbox
import TestSupport
import Testing

/// The real PgBouncer before the servers of a project, on a Unix socket in a folder of its own.
struct PgBouncer {
  private static let program = "/usr/sbin/pgbouncer"

  let folder: String
  private let process: ChildProcess

  /// - Parameters:
  ///   - settings: lines of its section `pgbouncer`.
  ///   - pool: processes of the server that one pool may have.
  init(
    _ database: TestDatabase, in folder: String, mode: String, pool: Int = 20, settings: [String] = []
  ) async throws {
    try Self.require()
    self.folder = folder
    let user = try ServerUser.current()
    let target = { (server: Sandbox.Server) in
      "host=\(database.pair.socketDirectory) port=\(database.pair.port(server)) dbname=\(database.name)"
    }
    let lines =
      [
        "[databases]", "primary = \(target(.primary))", "replica = \(target(.replica))", "[pgbouncer]",
        "listen_port = 6432", "unix_socket_dir = \(folder)", "auth_type = trust",
        "auth_file = \(folder)/users",
        "pool_mode = \(mode)", "default_pool_size = \(pool)", "logfile = \(folder)/log",
      ] + settings
    let users = ["postgres", "reportgen_reader", "reportgen_writer"].map { "\"\($0)\" \"\"" }
    let files = [(folder + "/pgbouncer.ini", lines), (folder + "/users", users)]
    for (file, lines) in files {
      try Data(lines.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: file))
    }
    for path in [folder] + files.map(\.0) { _ = chown(path, user.userID, user.groupID) }
    let nothing = open("/dev/null", O_RDWR | O_CLOEXEC)
    defer { close(nothing) }
    var arguments = [Self.program, "-q", files[0].0]
    // It refuses to run as root.
    if let name = user.name {
      arguments = ["/usr/bin/setpriv", "--reuid=\(name)", "--regid=\(name)", "--init-groups"] + arguments
    }
    process = try ChildProcess(
      Command(arguments[0], Array(arguments.dropFirst())), input: nothing, output: nothing, error: nothing)
    try await waitFor("PgBouncer to answer") {
      (try? psql(conninfo(.primary, user: "postgres"), "select 1")) == "1"
    }
  }

  func conninfo(_ server: Sandbox.Server, user: String) -> String {
    "host=\(folder) port=6432 dbname=\(server == .primary ? "primary" : "replica") user=\(user)"
  }

  func stop() async {
    process.signal(SIGINT)
    _ = await process.waitForExit()
  }

  private static func require() throws {
    guard access(program, X_OK) != 0 else { return }
    try #require(
      ProcessInfo.processInfo.environment["CI"] != "true",
      "pgbouncer is not installed: apt-get install pgbouncer")
    try Test.cancel("pgbouncer is not installed")
  }
}
