import ReportLedger
import ReportModel

/// Whether planned reports find the tables that they read: those that exist, and those that the same run makes before.
///
/// Pure; reports are judged in the order of their levels.
struct Readiness {
  let graph: DependencyGraph
  /// Summary tables and views on the primary.
  let existing: Set<QualifiedName>
  private var states: [String: PlannedReport.State] = [:]

  init(graph: DependencyGraph, existing: Set<QualifiedName>) {
    self.graph = graph
    self.existing = existing
  }

  /// The planned report, with state and diagnostics changed when it cannot run; remembered for those that read it.
  mutating func judged(_ planned: PlannedReport) -> PlannedReport {
    var planned = planned
    if planned.state == .run {
      if let cause = graph.upstream(of: planned.report.name).filter(cannotRun).min() {
        planned.state = .skipped
        planned.diagnostics.append(Self.skipped(planned.report, because: cause))
      } else if let missing = missing(planned.report).first(where: { states[$0.name] != .run }) {
        planned.state = .cannotRun
        planned.diagnostics.append(Self.needs(planned.report, missing))
      }
    }
    planned.makesTable = planned.makesTable && planned.state == .run
    states[planned.report.name] = planned.state
    return planned
  }

  /// Reports whose tables are read and do not exist.
  func missing(_ report: Report) -> [Report] {
    let names = graph.direct(upstreamOf: report.name)
    return graph.reports.filter { other in
      names.contains(other.name) && !(other.materialization.table.map(existing.contains) ?? true)
    }
  }

  private func cannotRun(_ name: String) -> Bool {
    states[name] == .cannotRun || states[name] == .skipped
  }

  private static func skipped(_ report: Report, because cause: String) -> Diagnostic {
    Diagnostic(
      .warning, "\"\(report.name)\" would be skipped: it reads \"\(cause)\", which cannot run",
      file: report.sqlFile)
  }

  private static func needs(_ report: Report, _ upstream: Report) -> Diagnostic {
    let table = upstream.materialization.table?.description ?? upstream.name
    return Diagnostic(
      .warning, "\"\(report.name)\" cannot run: \(table) does not exist",
      hint: "\"\(upstream.name)\" makes it: \"reportgen run +\(report.name)\" runs it first.",
      file: report.sqlFile)
  }
}
