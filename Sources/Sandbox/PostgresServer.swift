import Foundation
import ProcessRunner
import ReportModel

/// One server of a pair: where its files are, and how it is started and stopped.
///
/// All settings are arguments of `postgres`: no file in a folder of the servers' user is written, and the settings of a
/// newer reportgen are in effect from the next start on.
package struct PostgresServer: Sendable {
  /// For messages and as `cluster_name`: `primary`.
  package var name: String
  package var dataDirectory: String
  /// Holds the server's socket; it listens on no address, unless `settings` name one.
  package var socketDirectory: String
  /// Standard output and standard error of the server are appended to it.
  package var logFile: String
  /// A part of the socket's name.
  package var port: Int
  package var programs: PostgresPrograms
  /// The OS user that the server runs as.
  package var user: ServerUser
  /// Run-time parameters by name.
  package var settings: [String: String]

  /// A connection string for the server's only socket.
  package func conninfo(user: String, database: String) -> String {
    Self.conninfo(socketDirectory: socketDirectory, port: port, user: user, database: database)
  }

  static func conninfo(socketDirectory: String, port: Int, user: String, database: String) -> String {
    "host=\(quoted(socketDirectory)) port=\(port) dbname=\(quoted(database)) user=\(quoted(user))"
  }

  /// Quotes a value by the rules of libpq where it needs quotes.
  private static func quoted(_ value: String) -> String {
    let isPlain = value.utf8.allSatisfy { byte in
      (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
        || "/._-".utf8.contains(byte)
    }
    if isPlain, !value.isEmpty { return value }
    return "'" + value.replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
  }

  /// The postmaster's process id; nil when it does not run, or is a zombie.
  package var processID: pid_t? {
    guard let first = lockFileLines.first, let id = pid_t(first), id > 0 else { return nil }
    return ProcessList.isAlive(id, withArgument: dataDirectory) ? id : nil
  }

  /// Whether the server accepts connections, as the last line of its lock file says.
  package var isReady: Bool {
    let lines = lockFileLines
    return lines.count >= 8 && lines[7].hasPrefix("ready") && processID != nil
  }

  private var lockFile: String { dataDirectory + "/postmaster.pid" }

  private var lockFileLines: [String] {
    guard let text = try? String(contentsOfFile: lockFile, encoding: .utf8) else { return [] }
    return text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  // MARK: Start

  /// Starts the server and waits until it accepts connections, at most 120 s; nothing happens if it does already.
  ///
  /// The server is the leader of a session without a terminal, goes on when this process ends, and has no file of this
  /// process open but its log.
  /// - Throws: `Diagnostic` with the last lines of the server's log.
  package func start() async throws {
    guard processID == nil else {
      guard try await becomesReady(nil) else { throw startFailure(logText(from: 0)) }
      return
    }
    // After a SIGKILL of the postmaster its children need a moment to notice, and no server can start until then.
    try await removeSharedMemory(within: .seconds(10))
    let offset = logSize
    removeStaleLockFiles()
    guard try await becomesReady(try spawn()) else { throw startFailure(logText(from: offset)) }
  }

  private func spawn() throws -> ChildProcess {
    let log = open(logFile, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard log >= 0 else {
      throw SystemError("open", logFile, errno: errno).diagnostic()
    }
    defer { close(log) }
    let options = allSettings.sorted { $0.key < $1.key }.flatMap { ["-c", "\($0.key)=\($0.value)"] }
    let command = programs.command("postgres", ["-D", dataDirectory] + options).run(as: user)
    return try ChildProcess(command, output: log, error: log)
  }

  private var allSettings: [String: String] {
    let own = [
      "unix_socket_directories": socketDirectory, "unix_socket_permissions": "0700", "port": String(port),
      "cluster_name": name,
    ]
    return ["listen_addresses": ""].merging(settings) { $1 }.merging(own) { $1 }
  }

  /// - Returns: false if the process ends before the server accepts connections.
  private func becomesReady(_ child: ChildProcess?) async throws -> Bool {
    let limit = ContinuousClock.now + .seconds(120)
    while !(isReady && (child == nil || processID == child?.processID)) {
      if let child, child.exitStatus != nil { return false }
      if child == nil, processID == nil { return false }
      guard ContinuousClock.now < limit else {
        throw Diagnostic(
          .error, "the sandbox's \(name) does not accept connections", detail: "Waited 120 s.",
          hint: "See \(logFile).")
      }
      try await Task.sleep(for: .milliseconds(5))
    }
    return true
  }

  /// PostgreSQL does not start while the process named in a lock file exists, even if it is a zombie or, after a reboot,
  /// another program. The files can be removed: shared memory also protects a folder that is in use, and nobody else
  /// has sockets in our folder.
  private func removeStaleLockFiles() {
    guard processID == nil else { return }
    let socket = "\(socketDirectory)/.s.PGSQL.\(port)"
    for file in [lockFile, socket, socket + ".lock"] { unlink(file) }
  }

  // MARK: Stop

  /// Stops the server: a fast shutdown, after 60 s an immediate one, then SIGKILL; nothing happens if it does not run.
  package func stop() async throws {
    try await stop(by: [(SIGINT, .seconds(60)), (SIGQUIT, .seconds(10)), (SIGKILL, .seconds(10))])
  }

  /// Stops the server by an immediate shutdown, and every other process on its folder (initdb, pg_basebackup).
  package func stopNow() async throws {
    // On SIGQUIT a postmaster ends its children; SIGKILL, 2 s later, does not.
    let postmasters = ProcessList.withArgument(dataDirectory).filter(isPostmaster)
    for process in postmasters { kill(process, SIGQUIT) }
    let start = ContinuousClock.now
    while case let left = ProcessList.withArgument(dataDirectory), !left.isEmpty {
      let waited = ContinuousClock.now - start
      guard waited < .seconds(10) else { break }
      for process in left where waited > .seconds(2) || !postmasters.contains(process) {
        kill(process, SIGKILL)
      }
      try await Task.sleep(for: .milliseconds(5))
    }
    try await removeSharedMemory(within: .seconds(2))
  }

  private func isPostmaster(_ process: pid_t) -> Bool {
    ProcessList.arguments(of: process).first?.hasSuffix("/postgres") == true
  }

  /// Sends SIGKILL to all of the server's processes at once, as if its machine had lost power.
  package func crash() async throws {
    // A stopped postmaster neither forks nor restarts what dies.
    if let process = processID { kill(process, SIGSTOP) }
    let family = ProcessList.family(of: processID)
    for process in family { kill(process, SIGKILL) }
    while family.contains(where: ProcessList.isAlive) { try await Task.sleep(for: .milliseconds(2)) }
  }

  private func stop(by means: [(signal: Int32, patience: Duration)]) async throws {
    for (signal, patience) in means {
      guard let process = processID else { return }
      kill(process, signal)
      let limit = ContinuousClock.now + patience
      while ProcessList.isAlive(process, withArgument: dataDirectory), ContinuousClock.now < limit {
        try await Task.sleep(for: .milliseconds(5))
      }
    }
    guard let process = processID, means.last?.signal == SIGKILL else { return }
    throw Diagnostic(
      .error, "could not stop the sandbox's \(name)",
      detail: "Process \(process) is still running after SIGKILL.")
  }

  /// Removes the segment of shared memory that a killed postmaster leaves; the seventh line of its lock file has its key
  /// and id. Its children use it until they notice that it has died.
  private func removeSharedMemory(within patience: Duration) async throws {
    let lines = lockFileLines
    guard lines.count >= 7 else { return }
    let numbers = lines[6].split(separator: " ").compactMap { Int64($0) }
    guard numbers.count == 2, let segment = Int32(exactly: numbers[1]) else { return }
    let limit = ContinuousClock.now + patience
    while !SharedMemory.removeUnused(key: numbers[0], segment: segment) {
      guard ContinuousClock.now < limit else { return }
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  // MARK: Log

  private var logSize: Int {
    ((try? FileManager.default.attributesOfItem(atPath: logFile))?[.size] as? Int) ?? 0
  }

  private func logText(from offset: Int) -> String {
    guard let data = FileManager.default.contents(atPath: logFile) else { return "" }
    return String(decoding: data.dropFirst(offset).suffix(65536), as: UTF8.self)
  }

  private func startFailure(_ log: String) -> Diagnostic {
    ServerLog.explain("could not start the sandbox's \(name)", log: log, logFile: logFile)
  }
}
