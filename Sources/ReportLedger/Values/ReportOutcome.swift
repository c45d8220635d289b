import ReportModel

/// What became of one report in a run.
package struct ReportOutcome: Sendable {
  package enum State: String, Sendable, Codable, CaseIterable {
    /// Published, and a failover keeps it.
    case confirmed
    /// Published, but no replica has shown it yet.
    case published
    case upToDate = "up_to_date"
    case dryRun = "dry_run"
    /// Files were written without a publish: parameters other than the defaults, or `as: none`.
    case exported
    case failed
    case skipped
  }

  package var report: Report
  package var state: State
  package var status: ExitStatus
  package var intervals: [Interval] = []
  /// Intervals that are published but end after the as-of: they stay missing.
  package var openIntervals: [Interval] = []
  package var failedIntervals: [Interval] = []
  /// Missing intervals that were left for the next run.
  package var leftForLater = 0
  /// Intervals that are no longer kept, with how many rows they had.
  package var expiredIntervals: [Interval] = []
  package var expiredRows = 0
  /// Published intervals that are of an older definition, which meant something else, and stay as they are.
  package var outdated = 0
  package var counts = RowCounts()
  /// Of a dry run: some of the rows that would change.
  package var samples = RowSamples()
  package var asOf: AsOf?
  package var attempts = 0
  package var seconds = StepSeconds()
  /// Relative to the output folder, with it in front: `out/sales-daily/2026-11-22/sales-daily.csv`.
  package var files: [String] = []
  package var owedFiles: [String] = []
  /// Folders of intervals that have no files any more.
  package var removedFolders: [String] = []
  package var diagnostics: [Diagnostic] = []

  package init(report: Report, state: State, status: ExitStatus = .done) {
    self.report = report
    self.state = state
    self.status = status
  }
}
