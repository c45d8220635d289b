import Foundation
import HTTPClient
import ProcessRunner
import ReportDefinitions
import ReportModel
import Sandbox
import TestSupport
import Testing

@testable import SupersetAssets

/// A copy of the store's project with its sandbox, in which every report is published, and a real Superset connected to it.
///
/// The suite's tests share it and run one after another; each restores definitions and data.
final class Store: Sendable {
  @TaskLocal static var current: Store?

  let folder: String
  let api: SupersetAPI
  let url: String
  let account: SupersetAccount
  let loader: ProjectLoader

  private init(folder: String, url: String, account: SupersetAccount) throws {
    self.folder = folder
    self.url = url
    self.account = account
    loader = ProjectLoader(directory: folder)
    let client = try HTTPClient(limits: HTTPLimits(connect: .seconds(60), total: .seconds(120)))
    api = SupersetAPI(url: url, account: account, client: client)
  }

  static func shared() throws -> Store { try #require(current) }

  // MARK: Beginning and end

  static func with(_ body: (Store) async throws -> Void) async throws {
    try await prepareSuperset()
    try await temporaryDirectory { home in
      let folder = home + "/internetshop"
      try copyProject(to: folder)
      do {
        try await succeed(reportgen, ["sandbox", "up", "--quiet"], in: folder)
        try await succeed(reportgen, ["run", "--all", "--quiet"], in: folder)
        try await succeed(superset, ["up", folder + "/.reportgen/superset", "0"], in: folder)
        let store = try Store(folder: folder, url: text("url", folder), account: account(folder))
        try await body(store)
      } catch {
        await end(folder)
        throw error
      }
      await end(folder)
    }
  }

  private static func end(_ folder: String) async {
    _ = try? await run(superset, ["down", folder + "/.reportgen/superset"], in: folder)
    let sandbox = Sandbox(projectDirectory: folder, settings: .init(), timezone: "UTC")
    try? await sandbox.remove()
  }

  /// Where Superset is not installed the tests are skipped with a message; CI and "make superset-test" install it.
  private static func prepareSuperset() async throws {
    let installs = ProcessInfo.processInfo.environment["CI"] != nil
    let found = try await run(superset, [installs ? "prepare" : "check"], in: root)
    guard found.status != 0 else { return }
    if installs { throw Diagnostic("could not install Superset", detail: found.error) }
    try Test.cancel("no Superset here: \"make superset-test\" installs it")
  }

  /// Python of the virtual environment, which contains Selenium.
  static func python() async throws -> String {
    let environment = try await run(superset, ["prepare"], in: root).output
    return environment.trimmingCharacters(in: .newlines) + "/venv/bin/python"
  }

  private static func copyProject(to folder: String) throws {
    let manager = FileManager.default
    try manager.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for name in ["reportgen.yaml", "reports", "sql", "locales"] {
      try manager.copyItem(atPath: "\(root)/\(name)", toPath: "\(folder)/\(name)")
    }
    // The machine of a test can be slow.
    let file = folder + "/reportgen.yaml"
    let yaml = try String(contentsOfFile: file, encoding: .utf8)
    try yaml.replacing("\nsandbox:\n", with: "\nsandbox:\n  superset: {timeout: 600s}\n")
      .write(toFile: file, atomically: true, encoding: .utf8)
  }

  private static func text(_ name: String, _ folder: String) throws -> String {
    try String(contentsOfFile: "\(folder)/.reportgen/superset/\(name)", encoding: .utf8)
      .trimmingCharacters(in: .newlines)
  }

  private static func account(_ folder: String) throws -> SupersetAccount {
    try #require(SupersetAccount(firstLine: try text("credentials", folder)))
  }

  // MARK: Commands

  static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
    .standardizedFileURL.path
  private static let superset = root + "/scripts/superset"

  /// SwiftPM builds it next to the test bundle.
  private static let reportgen: String = {
    let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return URL(filePath: tests).deletingLastPathComponent().appending(path: "reportgen").path
  }()

  static func run(_ program: String, _ arguments: [String], in folder: String) async throws -> Command.Result
  {
    try await Command(program, arguments, environment: ["CI": ""], directory: folder).run()
  }

  private static func succeed(_ program: String, _ arguments: [String], in folder: String) async throws {
    let result = try await run(program, arguments, in: folder)
    guard result.status == 0 else {
      throw Diagnostic("\(arguments.joined(separator: " ")) ended \(result.status)", detail: result.error)
    }
  }

  func reportgen(_ arguments: String...) async throws -> Command.Result {
    try await Self.run(Self.reportgen, arguments, in: folder)
  }

  /// Starts the command; the caller ends it.
  func start(_ arguments: String...) throws -> ChildProcess {
    let nothing = open("/dev/null", O_WRONLY | O_CLOEXEC)
    defer { close(nothing) }
    return try ChildProcess(
      Command(Self.reportgen, arguments, directory: folder), output: nothing, error: nothing)
  }

  /// - Returns: the output of a successful sync.
  func sync(_ arguments: String..., sourceLocation: SourceLocation = #_sourceLocation) async throws -> String
  {
    let result = try await Self.run(Self.reportgen, ["superset", "sync"] + arguments, in: folder)
    #expect(result.status == 0, "\(result.error)", sourceLocation: sourceLocation)
    return result.output
  }

  func superset(_ word: String) async throws {
    let port = url.split(separator: ":").last.map(String.init) ?? ""
    try await Self.succeed(
      Self.superset, [word, folder + "/.reportgen/superset"] + (word == "up" ? [port] : []), in: folder)
  }

  /// Changes the store's data on the primary.
  func execute(_ sql: String) async throws {
    try await Self.succeed(Self.reportgen, ["sandbox", "psql", "--", "-Xqc", sql], in: folder)
  }

  /// The rows of a query as the role `superset` sees them, values as text.
  func rows(_ sql: String) async throws -> [[String: String?]] {
    let result = try await Self.run(
      Self.reportgen,
      [
        "sandbox", "psql", "--user", "superset", "--", "-XqAt", "-v", "ON_ERROR_STOP=1", "-c",
        "set timezone = 'UTC'",
        "-c", "select coalesce(json_agg(t), '[]') from (\(sql)) as t",
      ], in: folder)
    guard result.status == 0 else { throw Diagnostic("SQL failed: \(sql)", detail: result.error) }
    return try JSONDecoder().decode([[String: String?]].self, from: Data(result.output.utf8))
  }

  // MARK: Definitions

  /// Changes a file of the project until the end of the body.
  func changing(
    _ file: String, _ changes: (old: String, new: String)..., body: () async throws -> Void
  ) async throws {
    let path = "\(folder)/\(file)"
    let before = try String(contentsOfFile: path, encoding: .utf8)
    var text = before
    for change in changes {
      try #require(text.contains(change.old), "\(change.old)")
      text = text.replacing(change.old, with: change.new)
    }
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    defer { try? before.write(toFile: path, atomically: true, encoding: .utf8) }
    try await body()
  }

  /// The datasets as charts use them, with the types of the tables.
  func definitions() async throws -> (datasets: [SupersetDataset], dashboards: [Dashboard]) {
    let project = loader.loadProject().value
    let reports = loader.loadReports(project)
    let dashboards = loader.loadDashboards(reports)
    try #require(dashboards.diagnostics.isEmpty)
    let context = AssetContext(tables: try await tables(), timezone: project.timezone)
    return (AssetBundle.datasets(reports.value, dashboards.value, context), dashboards.value)
  }

  private func tables() async throws -> [QualifiedName: [Column]] {
    let rows = try await rows(
      """
      select attrelid::regclass::text as table, attname as column, format_type(atttypid, atttypmod) as type
      from pg_attribute where attnum > 0 and not attisdropped
        and attrelid in (select oid from pg_class where relnamespace in ('reports'::regnamespace, 'reportgen'::regnamespace))
      order by attrelid, attnum
      """)
    var tables: [QualifiedName: [Column]] = [:]
    for row in rows {
      let names = (row["table"] ?? nil)?.split(separator: ".").map(String.init) ?? []
      guard names.count == 2, let column = row["column"] ?? nil, let type = row["type"] ?? nil else {
        continue
      }
      tables[QualifiedName(schema: names[0], name: names[1]), default: []].append(
        Column(name: column, type: type))
    }
    return tables
  }

  // MARK: Superset

  /// Superset's number of an asset; nil when it does not have it.
  func number(_ kind: AssetName.Kind, _ name: String) async throws -> Int? {
    let id = AssetName(kind, name).id(in: "reportgen")
    let path = "/api/v1/\(kind.rawValue)/?q=(filters:!((col:uuid,opr:eq,value:'\(id)')))"
    return try await api.get(path)["result"]?.items.first?["id"]?.integer
  }

  /// The response to `GET /api/v1/chart/ID/data/`.
  func data(_ chart: String, forced: Bool = false) async throws -> OrderedJSON {
    let number = try #require(try await number(.chart, chart), "\(chart)")
    let answer = try await api.get("/api/v1/chart/\(number)/data/\(forced ? "?force=true" : "")")
    return try #require(answer["result"]?.items.first)
  }
}

/// Gives the tests of a suite one shared store.
struct WithStore: SuiteTrait, TestScoping {
  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    try await Store.with { store in
      try await Store.$current.withValue(store) { try await function() }
    }
  }
}
