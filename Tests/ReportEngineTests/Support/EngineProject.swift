import Foundation
import PostgresClient
import ReportDefinitions
import ReportExport
import ReportModel
import TestSupport
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

/// A project of one test: definitions in a folder, a database of its own on the shared pair, and an output folder.
///
/// Definitions go the way of every user's: through YAML and SQL files.
final class EngineProject: Sendable {
  let database: TestDatabase
  let directory: String
  let project: Project
  /// A session of the superuser, to set the scene and to look at what is there.
  let admin: Connection
  /// By the database's clock, in the project's time zone.
  let today: CalendarDate

  init(_ database: TestDatabase, directory: String, timezone: String) async throws {
    self.database = database
    self.directory = directory
    // Full staging, but for tests of publishes by difference.
    var project = Project(timezone: timezone)
    project.differenceFrom = .max
    self.project = project
    admin = try await Connection.open(
      database.primary, ConnectionOptions(name: "primary", settings: [SessionSetting("TimeZone", timezone)]))
    today = try #require(CalendarDate(try await admin.query("select now()::date").single() ?? ""))
    _ = try await admin.execute(Self.source)
    try FileManager.default.createDirectory(atPath: directory + "/reports", withIntermediateDirectories: true)
  }

  /// The owner of the summary tables may name the source, which gives column types, and read none of its rows.
  private static let source = """
    create schema src;
    create table src.sale (id int, day date, at timestamptz, currency text, amount numeric, note text);
    grant usage on schema src to reportgen_reader, reportgen_owner;
    alter default privileges in schema src grant select on tables to reportgen_reader;
    grant select on src.sale to reportgen_reader
    """

  // MARK: Definitions

  /// Writes a definition and makes schemas and rights as `reportgen init` does.
  func define(_ name: String, _ yaml: String, sql: String = Definition.sql) async throws {
    try write("reports/\(name).yaml", "title: \(name)\n" + yaml)
    try write("reports/\(name).sql", sql)
    _ = try await LedgerSetup(servers: servers).run(reports: try reports())
    // What the replica's role was granted has to be there as well.
    try await database.waitForReplay()
  }

  func write(_ path: String, _ text: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: directory + "/" + path))
  }

  func reports(timezone: String? = nil, searchPath: [String] = []) throws -> [Report] {
    var project = project
    if let timezone { project.timezone = timezone }
    project.searchPath = searchPath
    let loaded = ProjectLoader(directory: directory).loadReports(project)
    guard !loaded.hasErrors else {
      throw Diagnostic(loaded.diagnostics.map(\.description).joined(separator: "\n"))
    }
    return loaded.value
  }

  func report(_ name: String) throws -> Report { try #require(try reports().first { $0.name == name }) }

  func day(_ offset: Int) -> CalendarDate {
    CalendarDate(daysSinceEpoch: today.daysSinceEpoch + offset) ?? today
  }

  // MARK: Runs

  func servers(timezone: String? = nil) -> Servers {
    Servers(
      replica: database.conninfo(.replica, user: "reportgen_reader"),
      primary: database.conninfo(.primary, user: "reportgen_writer"), owner: "reportgen_owner",
      timezone: timezone ?? project.timezone, applicationName: "engine of \(database.name)")
  }

  var servers: Servers { servers() }
  var output: String { directory + "/out" }

  var exportRoot: ExportRoot {
    ExportRoot(path: output, shown: "out", host: "test-host", generator: "reportgen test")
  }

  /// - Parameters:
  ///   - days: so many have passed since today.
  ///   - limit: of what one attempt reads.
  func configuration(
    _ options: RunOptions, timezone: String? = nil, days: Int = 0, limit: PortionLimit = PortionLimit()
  ) -> RunConfiguration {
    var project = project
    if let timezone { project.timezone = timezone }
    var servers = servers(timezone: timezone)
    servers.clockShiftDays = days
    let environment = Project.Environment(name: "test", lagWaitSeconds: 30, confirmWaitSeconds: 30)
    return RunConfiguration(
      project: project, environment: environment, servers: servers, output: exportRoot,
      run: RunRecord(
        host: "test-host", processID: ProcessInfo.processInfo.processIdentifier, version: "test",
        arguments: ["run"]),
      options: options, portionLimit: limit, fingerprints: StoredDefinitions.fingerprints)
  }

  /// What `reportgen run NAMES` does; every definition of the folder is in the graph.
  func run(_ names: [String], _ options: RunOptions = RunOptions(), timezone: String? = nil) async throws
    -> RunResult
  {
    let graph = DependencyGraph(try reports(timezone: timezone))
    let selected = try Selection(patterns: names).apply(to: graph)
    return await RunEngine(configuration(options, timezone: timezone)).run(selected, graph: graph)
  }

  /// One report's outcome.
  func run(_ name: String, _ dates: DateSelection = .missing) async throws -> ReportOutcome {
    try await outcome(name, RunOptions(dates: dates))
  }

  func outcome(_ name: String, _ options: RunOptions, timezone: String? = nil) async throws -> ReportOutcome {
    let result = try await run([name], options, timezone: timezone)
    guard result.diagnostics.isEmpty else {
      throw Diagnostic(result.diagnostics.map(\.description).joined(separator: "\n"))
    }
    return try #require(result.reports.first)
  }

  /// A run that has to end well, to set the scene.
  @discardableResult
  func publish(
    _ name: String, _ dates: DateSelection = .missing, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> ReportOutcome {
    let outcome = try await run(name, dates)
    #expect(outcome.text == "", sourceLocation: sourceLocation)
    #expect(outcome.status == .done, sourceLocation: sourceLocation)
    return outcome
  }

  // MARK: Looking

  func execute(_ sql: String) async throws { _ = try await admin.execute(sql) }

  /// The rows of a query, values by `|`, rows by line feeds.
  func rows(_ sql: String) async throws -> String {
    try await admin.query(sql).rows.map { $0.map { $0 ?? "null" }.joined(separator: "|") }
      .joined(separator: "\n")
  }

  func count(_ sql: String) async throws -> Int {
    Int(try await rows("select count(*) from (\(sql)) counted")) ?? -1
  }

  /// How many rows two queries do not share, compared by their text: 1.0 is not 1.00.
  func difference(_ one: String, _ other: String) async throws -> Int {
    let (left, right) = ("select l::text from (\(one)) l", "select r::text from (\(other)) r")
    return try await count("(\(left) except all \(right)) union all (\(right) except all \(left))")
  }

  /// A run for which no table is too small to be compared on the replica.
  func compare(_ names: [String], _ options: RunOptions = RunOptions()) async throws -> [ReportOutcome] {
    let graph = DependencyGraph(try reports())
    let selected = try Selection(patterns: names).apply(to: graph)
    var configuration = configuration(options)
    configuration.project.differenceFrom = 1
    return await RunEngine(configuration).run(selected, graph: graph).reports
  }

  func compare(_ name: String, _ dates: DateSelection = .missing) async throws -> ReportOutcome {
    try #require(try await compare([name], RunOptions(dates: dates)).first)
  }

  /// Where every row lies and which transaction wrote it: equal before and after for rows that nobody wrote.
  func versions(of table: String) async throws -> String {
    try await rows("select ctid, xmin from \(table) order by ctid")
  }

  /// State and rows of each interval, by the ledger.
  func intervals(_ report: String) async throws -> String {
    try await rows(
      """
      select interval_start, state, row_count from reportgen.interval
      where report = '\(report)' order by interval_start
      """)
  }
}

extension ReportOutcome {
  /// Everything that the outcome has to say, as people read it, but for `outdatedText`.
  var text: String {
    diagnostics.filter { !$0.message.contains(Self.outdatedWords) }.map(\.description).joined(separator: "\n")
  }

  /// What is said of intervals that another definition made.
  var outdatedText: String {
    diagnostics.filter { $0.message.contains(Self.outdatedWords) }.map(\.description).joined(separator: "\n")
  }

  private static let outdatedWords = "means something else than when"

  /// Whether its rows were compared on the replica, by the steps of its publishes.
  var isCompared: Bool { seconds.seconds.contains { $0.step == "compare" } }

  /// `3 +1 ~1 -1 =1`: read, inserted, updated, deleted, unchanged.
  var counted: String {
    "\(counts.read) +\(counts.inserted) ~\(counts.updated) -\(counts.deleted) =\(counts.unchanged)"
  }
}

/// Runs the body with a project of its own. Whatever it did, at its end nothing half-done may be left.
///
/// - Parameter clock: the time that the database's clock shows at the start; nil: the machine's.
func withProject(
  timezone: String = "Europe/Moscow", clock: String? = ServerClock.noon,
  sourceLocation: SourceLocation = #_sourceLocation, _ body: (EngineProject) async throws -> Void
) async throws {
  await Turns.shared.take()
  do {
    try await withDatabase(clock: clock) { database in
      try await temporaryDirectory { directory in
        let project = try await EngineProject(database, directory: directory, timezone: timezone)
        do {
          try await body(project)
          try await expectTidy(project, sourceLocation: sourceLocation)
        } catch {
          await project.admin.close()
          throw error
        }
        await project.admin.close()
      }
    }
  } catch {
    await Turns.shared.give()
    throw error
  }
  await Turns.shared.give()
}

/// A few projects at a time: a hundred runs at once on one pair of servers would test nothing but patience.
private actor Turns {
  static let shared = Turns(ProcessInfo.processInfo.activeProcessorCount * 2)

  private var free: Int
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(_ count: Int) { free = count }

  func take() async {
    guard free == 0 else {
      free -= 1
      return
    }
    await withCheckedContinuation { waiting.append($0) }
  }

  func give() {
    if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
  }
}
