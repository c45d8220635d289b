import ReportLedger
import ReportModel

/// What a run knows of a report besides its attempts: for the outcome at the run's end.
struct ReportNotes: Sendable {
  let plan: ReportPlan
  /// What the expiry deleted, or would.
  var expired: (intervals: [Interval], rows: Int) = ([], 0)
  var removedFolders: [String] = []
  /// Statements that changed privileges.
  var grants: [String] = []
  /// Findings that do not belong to an attempt.
  var diagnostics: [Diagnostic] = []
  var status = ExitStatus.done

  init(_ plan: ReportPlan) { self.plan = plan }

  /// Adds to an outcome what its attempts do not know.
  func complete(_ outcome: inout ReportOutcome) {
    outcome.leftForLater = plan.intervals.leftForLater
    // A rebuild computes more than what was planned.
    var left = plan.intervals
    left.outdated.removeAll(where: Set(outcome.intervals).contains)
    outcome.outdated = left.outdated.count
    outcome.expiredIntervals = expired.intervals
    outcome.expiredRows = expired.rows
    outcome.removedFolders = removedFolders
    outcome.grants = grants
    // A report that failed or was skipped has a more important message than outdated intervals.
    let isRunning = ![.failed, .skipped].contains(outcome.state)
    let outdated = isRunning ? [left.outdatedWarning(outcome.report)].compactMap(\.self) : []
    outcome.diagnostics = outdated + diagnostics + outcome.diagnostics
    outcome.status = ExitStatus.combined([outcome.status, status])
  }
}
