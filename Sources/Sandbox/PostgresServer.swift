import CSpawn
import Foundation
import ReportModel

/// One server of a pair: its folder, its socket, and how to start and stop it.
///
/// All settings are arguments of `postgres`: nothing is written into a folder that belongs to the servers' user, and
/// a newer reportgen's settings hold from the next start on.
package struct PostgresServer: Sendable {
  package var name: String
  package var dataDirectory: String
  package var socketDirectory: String
  package var logFile: String
  package var port: Int
  package var programs: PostgresPrograms
  package var user: ServerUser
  package var settings: [String: String]

  /// A connection string for the server's only socket.
  package func conninfo(user: String, database: String) -> String {
    Self.conninfo(socketDirectory: socketDirectory, port: port, user: user, database: database)
  }

  static func conninfo(socketDirectory: String, port: Int, user: String, database: String) -> String {
    "host=\(quoted(socketDirectory)) port=\(port) dbname=\(quoted(database)) user=\(quoted(user))"
  }

  /// libpq's own rules; only what needs quotes gets them.
  private static func quoted(_ value: String) -> String {
    let isPlain = value.utf8.allSatisfy { byte in
      (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
        || "/._-".utf8.contains(byte)
    }
    if isPlain, !value.isEmpty { return value }
    return "'" + value.replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
  }

  /// The postmaster's process, if it lives; a zombie does not.
  package var processID: pid_t? {
    guard let first = lockFileLines.first, let id = pid_t(first), id > 0 else { return nil }
    return ProcessList.isAlive(id, withArgument: dataDirectory) ? id : nil
  }

  /// Whether the server takes connections, as it says itself in the last line of its lock file.
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

  /// Starts the server and waits until it takes connections; nothing happens if it does already.
  ///
  /// The server is a session leader without a terminal, survives us, and holds no file of ours but its log.
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
      throw Diagnostic(.error, "could not open \"\(logFile)\": \(String(cString: strerror(errno)))")
    }
    defer { close(log) }
    let options = allSettings.sorted { $0.key < $1.key }.flatMap { ["-c", "\($0.key)=\($0.value)"] }
    let command = Command(programs.program("postgres"), ["-D", dataDirectory] + options).run(as: user)
    return try ChildProcess(command, output: log, error: log)
  }

  private var allSettings: [String: String] {
    let own = [
      "listen_addresses": "", "unix_socket_directories": socketDirectory,
      "unix_socket_permissions": "0700", "port": String(port), "cluster_name": name,
    ]
    return settings.merging(own) { $1 }
  }

  /// False if the process ends before it takes connections.
  private func becomesReady(_ child: ChildProcess?) async throws -> Bool {
    let limit = ContinuousClock.now + .seconds(120)
    while !(isReady && (child == nil || processID == child?.processID)) {
      if let child, child.exitStatus != nil { return false }
      if child == nil, processID == nil { return false }
      guard ContinuousClock.now < limit else {
        throw Diagnostic(
          .error, "\(name) of the sandbox does not take connections", detail: "Waited 120 s.",
          hint: "Look into \(logFile).")
      }
      try await Task.sleep(for: .milliseconds(5))
    }
    return true
  }

  /// PostgreSQL refuses to start while the process named in a lock file exists, even as a zombie or, after a
  /// reboot, as somebody else's. It protects a folder in use by the shared memory too, and the folder of the
  /// sockets is only ours, so the files may go.
  private func removeStaleLockFiles() {
    guard processID == nil else { return }
    let socket = "\(socketDirectory)/.s.PGSQL.\(port)"
    for file in [lockFile, socket, socket + ".lock"] { unlink(file) }
  }

  // MARK: Stop

  /// Ends the server: a fast shutdown, and stronger means after 60 s; nothing happens if it does not run.
  package func stop() async throws {
    try await stop(by: [(SIGINT, .seconds(60)), (SIGQUIT, .seconds(10)), (SIGKILL, .seconds(10))])
  }

  /// Ends the server without saving anything, and whatever else runs on its folder (initdb, pg_basebackup).
  package func stopNow() async throws {
    // A postmaster ends its children by SIGQUIT; SIGKILL would leave them at work, so it comes two seconds later.
    let postmasters = ProcessList.withArgument(dataDirectory).filter(ProcessList.isPostmaster)
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

  /// SIGKILL for all of the server's processes at once, as if its machine had lost power.
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
      .error, "could not stop \(name) of the sandbox", detail: "Process \(process) survives SIGKILL.")
  }

  /// A postmaster that was killed leaves a segment of shared memory: key and id in the seventh line of its lock file.
  ///
  /// The children of a postmaster that was killed hold it until they notice.
  private func removeSharedMemory(within patience: Duration) async throws {
    let lines = lockFileLines
    guard lines.count >= 7 else { return }
    let numbers = lines[6].split(separator: " ").compactMap { Int64($0) }
    guard numbers.count == 2, let segment = Int32(exactly: numbers[1]) else { return }
    let limit = ContinuousClock.now + patience
    while rg_remove_unused_shared_memory(key_t(truncatingIfNeeded: numbers[0]), segment) == 1 {
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
    ServerLog.explain("could not start \(name) of the sandbox", log: log, logFile: logFile)
  }
}
