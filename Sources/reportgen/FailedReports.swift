import ReportDefinitions
import ReportEngine
import ReportModel

/// What `run --failed` takes of the chosen reports: those that the last run failed or skipped, and what reads them.
struct FailedReports {
  let context: ProjectContext

  /// - Returns: nil when there is nothing to repeat, which was said then.
  func among(_ selected: [Report], _ graph: DependencyGraph, _ options: GlobalOptions) async throws
    -> [Report]?
  {
    let last = try await lastRun()
    let names = last?.toRepeat(in: graph) ?? []
    let again = selected.filter { names.contains($0.name) }
    guard again.isEmpty else { return again }
    if options.format == .json {
      try Console.printJSON(RunDocument(RunResult(runID: nil)))
    } else if !options.quiet {
      Console.print(Self.nothing(last, isOfOthers: !names.isEmpty))
    }
    return nil
  }

  private func lastRun() async throws -> LastRun? {
    do {
      return try await LedgerReport(
        servers: context.servers(try context.environment()), fingerprints: StoredDefinitions.fingerprints
      ).lastRun()
    } catch let error as RunError {
      throw end([error.diagnostic], error.status)
    }
  }

  private static func nothing(_ last: LastRun?, isOfOthers: Bool) -> String {
    guard let last else { return "nothing has failed: there was no run yet" }
    let what = isOfOthers ? "none of these reports" : "nothing"
    return "\(what) failed in the last run, of \(last.started): reportgen \(last.arguments)"
  }
}
