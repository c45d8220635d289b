import ReportLedger
import ReportModel

extension RunSummary {
  private static let maxNames = 10

  /// The diagnostics of all reports, each equal one once, where it came first.
  ///
  /// The detail of one that several reports share names them: five reports that meet one lagging replica fail alike.
  package static func diagnostics(of outcomes: [ReportOutcome]) -> [Diagnostic] {
    var order: [Diagnostic] = []
    var reports: [Diagnostic: [String]] = [:]
    for outcome in outcomes {
      for diagnostic in outcome.diagnostics {
        if reports[diagnostic] == nil { order.append(diagnostic) }
        // One report can have the same diagnostic twice.
        if reports[diagnostic]?.last != outcome.report.name {
          reports[diagnostic, default: []].append(outcome.report.name)
        }
      }
    }
    return order.map { naming(reports[$0] ?? [], in: $0) }
  }

  private static func naming(_ reports: [String], in diagnostic: Diagnostic) -> Diagnostic {
    guard reports.count > 1 else { return diagnostic }
    var names = reports.prefix(maxNames).joined(separator: ", ")
    if reports.count > maxNames { names += " and \(reports.count - maxNames) more" }
    var shared = diagnostic
    shared.detail = [diagnostic.detail, "Reports: \(names)."].compactMap(\.self).joined(separator: " ")
    return shared
  }
}
