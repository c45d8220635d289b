import ReportLedger
import ReportModel

extension IntervalPlan {
  /// Names the intervals that were missed and stay missing; nil when there are none.
  package func missedWarning(_ report: Report) -> Diagnostic? {
    guard !missed.isEmpty else { return nil }
    return Diagnostic(
      .warning,
      "\(counted(missed.count, "interval")) of \"\(report.name)\" \(missed.count == 1 ? "was" : "were") missed:"
        + " \(report.period.list(of: missed))",
      detail: report.catchUp == .state
        ? "Its query has neither :start nor :end: it records the state at the time of the run, which was not recorded then."
        : "catch_up is \"none\".",
      hint: report.catchUp == .state
        ? nil : "\"reportgen run \(report.name) --from \(missed[0].start)\" computes them.",
      file: report.metadataFile)
  }

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
