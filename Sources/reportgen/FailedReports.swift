import ReportEngine
import ReportInspection
import ReportLedger
import ReportModel

/// What `--failed` takes of the chosen reports: those that the last run failed or skipped, and what reads them.
struct FailedReports {
  let context: ProjectContext

  enum Found {
    case again([Report])
    /// Why there is nothing to repeat.
    case nothing(String)
  }

  func among(_ chosen: [Report], _ graph: DependencyGraph) async throws -> Found {
    let last = try await lastRun()
    let names = last?.toRepeat(in: graph) ?? []
    let again = chosen.filter { names.contains($0.name) }
    return again.isEmpty ? .nothing(Self.reason(last, isOfOthers: !names.isEmpty)) : .again(again)
  }

  private func lastRun() async throws -> LastRun? {
    do {
      return try await context.ledgerReport().lastRun()
    } catch let error as RunError {
      throw end([error.diagnostic], error.status)
    }
  }

  private static func reason(_ last: LastRun?, isOfOthers: Bool) -> String {
    guard let last else { return "nothing has failed: there was no run yet" }
    let what = isOfOthers ? "none of these reports" : "nothing"
    return "\(what) failed in the last run, of \(last.started): reportgen \(last.arguments)"
  }
}

extension RunChoice {
  /// The chosen reports.
  ///
  /// - Parameter orAll: all of them where none is named.
  /// - Returns: nil when `--failed` found none, which has been said; in JSON `empty` has.
  func reports(
    _ context: ProjectContext, _ graph: DependencyGraph, orAll: Bool = false, empty: some Encodable
  ) async throws -> [Report]? {
    let chosen = try context.select(selection, from: graph, orAll: orAll || failed)
    guard failed else { return chosen }
    switch try await FailedReports(context: context).among(chosen, graph) {
    case .again(let reports): return reports
    case .nothing(let reason):
      if context.options.format == .json {
        try Console.printJSON(empty)
      } else if !context.options.quiet {
        Console.print(reason)
      }
      return nil
    }
  }
}
