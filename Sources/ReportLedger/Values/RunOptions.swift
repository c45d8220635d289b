import ReportModel

/// What the caller asked for besides the reports.
package struct RunOptions: Sendable {
  package var dates: DateSelection
  package var backfill: Bool
  package var parameters: [String: Parameter.Value]
  package var allowShrink: Bool
  package var dryRun: Bool
  package var lockWait: Duration
  /// How many attempts a report gets within one run.
  package var tries: Int
  /// How many independent reports may run at once, each with a session of its own on both servers.
  package var jobs: Int

  /// Rows reach a summary table only with the default parameters and without `--dry-run`.
  package var publishes: Bool { !dryRun && parameters.isEmpty }

  package init(
    dates: DateSelection = .missing, backfill: Bool = false, parameters: [String: Parameter.Value] = [:],
    allowShrink: Bool = false, dryRun: Bool = false, lockWait: Duration = .zero, tries: Int = 3,
    jobs: Int = 1
  ) {
    self.dates = dates
    self.backfill = backfill
    self.parameters = parameters
    self.allowShrink = allowShrink
    self.dryRun = dryRun
    self.lockWait = lockWait
    self.tries = tries
    self.jobs = jobs
  }
}
