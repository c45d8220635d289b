import ReportModel

/// What the caller asked for besides the reports.
package struct RunOptions: Sendable {
  /// Which intervals are to be computed.
  package var dates: DateSelection
  /// Compute every missing interval, beyond the limit of one run.
  package var backfill: Bool
  /// `--failed`: also what an earlier run was to compute and failed or did not reach, published or not.
  package var continues = false
  /// Values given by the caller, by name; when there are any, nothing is published.
  package var parameters: [String: Parameter.Value]
  /// Publish although the table would lose more rows than the guard against shrinking allows.
  package var allowShrink: Bool
  /// Load and check staging tables, but publish nothing.
  package var dryRun: Bool
  /// How long to wait for a run that holds a report's lock.
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
