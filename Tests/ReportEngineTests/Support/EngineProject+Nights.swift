import ReportDefinitions
import ReportModel
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

extension EngineProject {
  /// What `reportgen run NAMES` does some days after today.
  func night(
    _ days: Int, _ names: [String], _ options: RunOptions = RunOptions(),
    limit: PortionLimit = PortionLimit()
  ) async throws -> RunResult {
    let graph = DependencyGraph(try reports())
    let selected = try Selection(patterns: names).apply(to: graph)
    return await RunEngine(configuration(options, days: days, limit: limit)).run(selected, graph: graph)
  }

  /// One report's outcome.
  @discardableResult
  func night(
    _ days: Int, _ name: String, _ dates: DateSelection = .missing, dryRun: Bool = false,
    limit: PortionLimit = PortionLimit()
  ) async throws -> ReportOutcome {
    let result = try await night(days, [name], RunOptions(dates: dates, dryRun: dryRun), limit: limit)
    guard result.diagnostics.isEmpty else {
      throw Diagnostic(result.diagnostics.map(\.description).joined(separator: "\n"))
    }
    return try #require(result.reports.first)
  }

  func status(_ name: String, days: Int = 0) async throws -> (ReportStatus, Diagnostic?) {
    var servers = servers
    servers.clockShiftDays = days
    let ledger = LedgerReport(servers: servers, fingerprints: StoredDefinitions.fingerprints)
    let health = try await ledger.health(of: [try report(name)], in: DependencyGraph(try reports()))
    return (try #require(health.first?.status), health.first?.warnings.first)
  }

  func history(_ name: String) async throws -> [HistoryEntry] {
    let reports = try reports().filter { $0.name == name }
    return try await LedgerReport(servers: servers, fingerprints: StoredDefinitions.fingerprints)
      .history(of: reports)
  }

  /// From the one to the other, both included and counted from today.
  func days(_ first: Int, _ last: Int) -> [CalendarDate] { (first...last).map(day) }

  /// One sale a day, numbered by how many days ago it was.
  func sellDaily(since days: Int, until last: Int = 20, each count: Int = 1) async throws {
    try await execute(
      """
      insert into src.sale (id, day, amount)
        select n * 1000 + k, date '\(today)' - n, 1 from generate_series(-\(last), \(days)) n, generate_series(1, \(count)) k
      """)
  }
}
