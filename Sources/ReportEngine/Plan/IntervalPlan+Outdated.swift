import ReportLedger
import ReportModel

extension IntervalPlan {
  /// Warns of intervals that another definition published and that this run leaves as they are; nil when there are none.
  package func outdatedWarning(_ report: Report) -> Diagnostic? {
    guard let names = report.period.names(of: outdated) else { return nil }
    let intervals = "\(counted(outdated.count, "interval")) \(outdated.count == 1 ? "was" : "were")"
    return Diagnostic(
      .warning, "the definition of \"\(report.name)\" means something else than when \(intervals) published",
      detail: "\(names): the rows stay as they are.",
      hint: report.materialization.kind == .append
        ? "\"append\" runs no published interval again; \"as: incremental\" could."
        : "\"reportgen run \(report.name) --restate\" computes them again; so does every run with "
          + "\"on_change: restate\" under \"materialize\".", file: report.metadataFile)
  }
}
