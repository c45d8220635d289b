import Foundation
import PostgresClient
import ProcessRunner
import ReportDefinitions
import ReportModel
import Sandbox
import TestSupport
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

/// This repository's own project on the sample store, in a database of the test.
struct StoreProject {
  /// The folder with reportgen.yaml.
  static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../..")
    .standardizedFileURL.path

  let database: TestDatabase
  let output: String
  let project: Project
  let reports: [Report]

  /// Loads what `reportgen sandbox up` loads: about 10 thousand purchases over the three years up to today.
  init(_ database: TestDatabase, output: String) async throws {
    let loader = ProjectLoader(directory: Self.directory)
    let loaded = (loader.loadProject(), loader.loadReports(loader.loadProject().value))
    try #require((loaded.0.diagnostics + loaded.1.diagnostics).map(\.description) == [])
    (self.database, self.output, project, reports) = (database, output, loaded.0.value, loaded.1.value)
    for file in project.sandbox.setup { _ = try await run(["-q", "-f", file]) }
    try await database.waitForReplay()
    _ = try await LedgerSetup(servers: servers).run(reports: reports)
    try await database.waitForReplay()
  }

  var servers: Servers {
    Servers(
      replica: database.conninfo(.replica, user: "reportgen_reader"),
      primary: database.conninfo(.primary, user: "reportgen_writer"), owner: "reportgen_owner",
      timezone: project.timezone)
  }

  /// What `reportgen run --all` does.
  func runAll() async throws -> RunResult {
    let graph = DependencyGraph(reports)
    return await RunEngine(configuration()).run(graph.reports, graph: graph)
  }

  /// What `reportgen export NAME` does in a project of that language.
  func export(_ name: String, locale: String) async throws -> RunResult {
    let loaded = ProjectLoader(directory: Self.directory).loadLanguage(locale, used: nil)
    try #require(loaded.diagnostics == [])
    var configuration = configuration()
    configuration.output.languages = Languages(standard: loaded.value, others: [:])
    let graph = DependencyGraph(reports)
    return await RunEngine(configuration).exportAgain(
      reports.filter { $0.name == name }, graph: graph)
  }

  private func configuration() -> RunConfiguration {
    let process = ProcessInfo.processInfo.processIdentifier
    return RunConfiguration(
      project: project,
      environment: Project.Environment(name: "test", lagWaitSeconds: 60, confirmWaitSeconds: 60),
      servers: servers,
      output: ExportRoot(
        path: output, shown: "out", host: "test-host", generator: "reportgen test"),
      run: RunRecord(host: "test-host", processID: process, version: "test", arguments: ["run", "--all"]),
      options: RunOptions(), fingerprints: StoredDefinitions.fingerprints)
  }

  /// psql on the primary, in the project's folder and time zone; what it prints on standard output.
  func run(_ arguments: [String]) async throws -> String {
    let environment = [
      "PGTZ": project.timezone, "PGOPTIONS": "-c client_min_messages=warning", "LC_ALL": "C.UTF-8",
      "LANGUAGE": "",
    ]
    let command = try TestPostgres.programs().command(
      "psql", ["-XAt", "-v", "ON_ERROR_STOP=1", "-d", database.primary] + arguments,
      environment: environment,
      directory: Self.directory)
    let result = try await command.run()
    guard result.status == 0 else { throw Diagnostic("psql failed", detail: result.error) }
    return result.output
  }

  /// The intervals that the ledger says are published; nil for a report without a period.
  func published(_ report: Report) async throws -> [Interval?] {
    guard report.period != .none else { return [nil] }
    let days = try await run([
      "-c",
      "select interval_start from reportgen.interval where report = '\(report.name)' and state = 'confirmed' order by 1",
    ])
    return days.split(separator: "\n").map { day in
      CalendarDate(String(day)).flatMap(report.period.interval(containing:))
    }
  }
}
