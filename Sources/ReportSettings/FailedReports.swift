import ReportEngine
import ReportInspection
import ReportLedger
import ReportModel

/// The reports that `--failed` takes of the chosen ones: those that the last run failed or skipped, and those that
/// read them.
package enum FailedReports: Sendable {
  case found([Report])
  /// There is nothing to repeat, and why.
  case none(reason: String)

  /// - Parameter last: nil when the ledger has no run.
  package init(among chosen: [Report], _ graph: DependencyGraph, last: LastRun?) {
    let names = last?.toRepeat(in: graph) ?? []
    let again = chosen.filter { names.contains($0.name) }
    self =
      again.isEmpty ? .none(reason: Self.reason(last, isOfOthers: !names.isEmpty)) : .found(again)
  }

  private static func reason(_ last: LastRun?, isOfOthers: Bool) -> String {
    guard let last else { return "nothing has failed: there was no run yet" }
    let what = isOfOthers ? "none of these reports" : "nothing"
    return "\(what) failed in the last run, of \(last.started): reportgen \(last.arguments)"
  }
}
