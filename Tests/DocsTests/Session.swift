import Foundation
import ProcessRunner
import ReportModel
import Sandbox
import TestSupport
import Testing

/// The folder and the servers in which one document's commands run, one after the other.
///
/// The store's data end on 2026-11-23, which is also what the servers' clock says: numbers in the documents hold on
/// any day.
final class Session: Sendable {
  static let today = "2026-11-23"
  /// How documents name the home folder of the one who types.
  static let shownHome = "/home/you"

  let home: String
  let folder: String
  private let sandbox: Sandbox
  private let project: String

  /// - Parameter kind: `project`: a copy of this project with its sandbox up. `empty`: an empty folder, and a database
  ///   with the store's tables that has never seen reportgen.
  init(_ kind: String, home: String) async throws {
    self.home = home
    project = home + "/internetshop"
    folder = kind == "empty" ? home + "/shop-reports" : project
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Self.copyProject(to: project)
    let isEmpty = kind == "empty"
    sandbox = Sandbox(
      projectDirectory: project,
      settings: Project.SandboxSettings(
        database: "internetshop", setup: isEmpty ? [] : Self.storeFiles), timezone: "Europe/Moscow")
    do {
      try await start(isEmpty: isEmpty)
    } catch {
      await end()
      throw error
    }
  }

  private static let storeFiles = [
    "sql/store/schema.sql", "sql/roles.sql", "sql/store/sample.sql", "sql/store/sample-small.sql",
  ]

  private static func copyProject(to folder: String) throws {
    let manager = FileManager.default
    try manager.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for name in ["reportgen.yaml", "reports", "sql"] {
      try manager.copyItem(atPath: Repository.root.appending(path: name).path, toPath: folder + "/" + name)
    }
    let sample = folder + "/sql/store/sample-small.sql"
    let text = try String(contentsOfFile: sample, encoding: .utf8)
    try #require(text.contains("current_date"))
    try text.replacing("current_date", with: "date '\(today)'")
      .write(toFile: sample, atomically: true, encoding: .utf8)
  }

  private func start(isEmpty: Bool) async throws {
    _ = try await sandbox.up()
    try writeServices()
    if isEmpty {
      for file in Self.storeFiles where file != "sql/roles.sql" {
        try await prepare("psql -Xq -v ON_ERROR_STOP=1 service=shop-admin -f \(project)/\(file)")
      }
      // What the sandbox grants a newcomer, a database administrator has to grant here.
      try await prepare(
        """
        psql -Xq service=shop-admin -c 'drop owned by reportgen_owner' -c 'drop role superset' \
          -c 'drop role reportgen_writer' -c 'drop role reportgen_owner' -c 'drop role reportgen_reader'
        """)
    } else {
      // The command sets up the ledger, too.
      try await prepare("reportgen sandbox up --quiet")
    }
    let clock = ServerClock.set(to: "\(Self.today) 04:30:12+03")
    _ = try psql(sandbox.conninfo(.primary, user: "postgres"), clock)
  }

  /// Services by which documents reach servers whose addresses they cannot know.
  private func writeServices() throws {
    let services: [(String, Sandbox.Server, String)] = [
      ("shop-admin", .primary, "postgres"), ("shop-primary", .primary, "reportgen_writer"),
      ("shop-replica", .replica, "reportgen_reader"), ("shop-replica-admin", .replica, "postgres"),
      ("superset", .primary, "superset"),
    ]
    let text = services.map { name, server, user in
      let pairs = sandbox.conninfo(server, user: user).split(separator: " ").joined(separator: "\n")
      return "[\(name)]\n\(pairs)\n"
    }.joined(separator: "\n")
    try text.write(toFile: home + "/.pg_service.conf", atomically: true, encoding: .utf8)
  }

  /// Stops the servers and removes what they leave outside of the folder.
  func end() async { try? await sandbox.remove() }

  // MARK: Commands

  /// Runs a text as a shell does; both streams in the order in which they were written.
  ///
  /// - Parameters:
  ///   - interrupted: the one command of the text gets SIGTERM as soon as its run has locked its report; a shell
  ///     has commands in the background ignore Ctrl-C.
  ///   - keepsProgress: lines of progress stay; readers at a terminal do not see them.
  func run(_ script: String, interrupted: Bool = false, keepsProgress: Bool = false) async throws -> (
    status: Int32, lines: [String]
  ) {
    let script = interrupted ? Self.interrupted(script) : script
    let command = Command(
      "/bin/sh", ["-c", "exec 2>&1\n" + script], environment: environment, directory: folder)
    let result = try await command.run()
    let output = keepsProgress ? result.output : withoutProgress(result.output)
    var lines = output.replacing(home, with: Self.shownHome).components(separatedBy: "\n")
    if lines.last == "" { lines.removeLast() }
    return (result.status, lines)
  }

  private static func interrupted(_ script: String) -> String {
    """
    \(script) &
    begun="select count(*) from reportgen.report_lock join reportgen.run using (run_id) where process_id = $!"
    until [ "$(psql -XAt service=shop-admin -c "$begun")" = 1 ]; do kill -0 $! || exit 1; done
    kill -TERM $!
    wait $!
    """
  }

  func prepare(_ script: String) async throws {
    let (status, lines) = try await run(script)
    guard status == 0 else {
      throw Diagnostic("a document's preparation failed: \(script)", detail: lines.joined(separator: "\n"))
    }
  }

  func write(_ text: String, to file: String) throws {
    let path = file.replacing("~", with: home)
    let url = URL(filePath: path.hasPrefix("/") ? path : folder + "/" + path)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
  }

  private var environment: [String: String] {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    return [
      "PATH": Self.executableFolder + ":" + path, "HOME": home, "PGSERVICEFILE": home + "/.pg_service.conf",
      "LC_ALL": "C.UTF-8", "LANGUAGE": "",
    ]
  }

  /// SwiftPM puts the command beside the test bundle.
  static let executableFolder: String = {
    let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return URL(filePath: tests).deletingLastPathComponent().path
  }()
}
