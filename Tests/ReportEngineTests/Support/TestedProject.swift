import Foundation
import PostgresClient
import ReportDefinitions
import ReportModel
import Synchronization
import TestSupport
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

extension EngineProject {
  /// The superuser's, as `reportgen test` has them.
  var testServers: Servers {
    Servers(
      replica: "", primary: database.primary, owner: nil, timezone: project.timezone,
      applicationName: "engine of \(database.name)")
  }

  /// Writes a test file beside its report and reads it as the command does.
  func suite(_ name: String, _ yaml: String) throws -> ReportTests {
    try write("reports/\(name).test.yaml", yaml)
    let loaded = ProjectLoader(directory: directory).loadTests(try reports())
    guard !loaded.hasErrors else {
      throw Diagnostic(loaded.diagnostics.map(\.description).joined(separator: "\n"))
    }
    return try #require(loaded.value.first { $0.report == name })
  }

  /// What `reportgen test NAME` does.
  func test(_ name: String, _ yaml: String, patienceSeconds: Int = 60) async throws -> [TestOutcome] {
    try await test(try suite(name, yaml), patienceSeconds: patienceSeconds)
  }

  func test(_ suite: ReportTests, patienceSeconds: Int = 60) async throws -> [TestOutcome] {
    let finished = Mutex(0)
    let runner = TestRunner(
      servers: testServers, reader: "reportgen_reader", patienceSeconds: patienceSeconds)
    let outcomes = try await runner.run([suite], graph: DependencyGraph(try reports())) { _ in
      finished.withLock { $0 += 1 }
    }
    #expect(finished.withLock { $0 } == outcomes.count)
    return outcomes
  }

  /// Runs tests that all have to pass.
  func expectPass(_ name: String, _ yaml: String, sourceLocation: SourceLocation = #_sourceLocation)
    async throws
  {
    let outcomes = try await test(name, yaml)
    #expect(!outcomes.isEmpty, sourceLocation: sourceLocation)
    for outcome in outcomes where outcome.state != .passed {
      Issue.record("\(outcome.whole)", sourceLocation: sourceLocation)
    }
  }

  /// A report of the whole of something, tested without a period.
  func defineWhole(_ name: String, sql: String, _ yaml: String = "") async throws {
    try await define(
      name,
      """
      materialize: {as: table, table: reports.\(name.replacing("-", with: "_"))}
      export: {}
      \(yaml)
      """, sql: sql)
  }
}

extension TestOutcome {
  /// Line, difference and diagnostics, as the command prints them.
  var whole: String { ([TestSummary.text(self)] + diagnostics.map(\.description)).joined(separator: "\n") }
}
