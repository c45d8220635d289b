import ReportModel

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

/// Commands that ask and write nothing.
extension EngineProject {
  /// What `reportgen plan NAMES` finds.
  func plan(_ names: [String], _ options: RunOptions = RunOptions()) async throws -> PlanResult {
    let graph = DependencyGraph(try reports())
    let selected = try Selection(patterns: names).apply(to: graph)
    return await PlanEngine(configuration(options)).plan(selected, graph: graph)
  }

  /// What `reportgen verify NAMES` finds.
  func verify(_ names: [String], _ choice: VerifyChoice = VerifyChoice(), servers: Servers? = nil)
    async throws -> VerifyResult
  {
    let graph = DependencyGraph(try reports(searchPath: servers?.searchPath.schemas ?? []))
    let selected = try Selection(patterns: names).apply(to: graph)
    var configuration = configuration(RunOptions())
    if let servers { configuration.servers = servers }
    return await VerifyEngine(configuration, choice: choice).verify(selected, graph: graph)
  }

  /// Every row of the ledger, every relation of ours and where its rows lie: equal before and after for who writes
  /// nothing.
  func everythingOfOurs() async throws -> String {
    let ledger = ["migration", "run", "outcome", "definition", "report_run", "interval", "export"].map {
      "select '\($0)', r::text from reportgen.\($0) r"
    }
    let relations = """
      select c.oid::regclass::text, format('%s %s %s', c.relkind, c.relfilenode, pg_relation_size(c.oid))
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname in ('reportgen', 'reportgen_staging', 'reports')
      """
    return try await rows((ledger + [relations]).joined(separator: " union all ") + " order by 1, 2")
  }
}

extension VerifiedReport {
  /// What it says, but for the as-of: one line for the whole, one for each interval and row.
  var text: String {
    VerifySummary.text(self).replacing(/[ ]{2}as of [0-9: -]+ [A-Z]+/, with: "")
      + diagnostics.map { $0.description + "\n" }.joined()
  }
}
