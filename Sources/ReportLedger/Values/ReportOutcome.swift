import ReportModel

/// The outcome of one report in a run.
package struct ReportOutcome: Sendable {
  /// The raw value is that of `reportgen.outcome.state` and of the JSON.
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
  /// What the report alone would end the run with.
  package var status: ExitStatus
  /// Published, or, in a dry run, checked; empty for the whole of a report.
  package var intervals: [Interval] = []
  /// Intervals that are published but end after the as-of: they stay missing.
  package var openIntervals: [Interval] = []
  /// Intervals whose rows could not be read or failed a check.
  package var failedIntervals: [Interval] = []
  /// Missing intervals that were left for the next run.
  package var leftForLater = 0
  /// Intervals that are no longer kept, with how many rows they had.
  package var expiredIntervals: [Interval] = []
  package var expiredRows = 0
  /// Published intervals of an older definition with another meaning, which stay as they are.
  package var outdated = 0
  /// Of all publishes of the run, added up.
  package var counts = RowCounts()
  /// Of a dry run: some of the rows that would change.
  package var samples = RowSamples()
  /// Of the newest publish; nil when nothing was read.
  package var asOf: AsOf?
  /// Attempts behind what was published, failed ones included.
  package var attempts = 0
  package var seconds = StepSeconds()
  /// Relative to the output folder, with it in front: `out/sales-daily/2026-11-22/sales-daily.csv`.
  package var files: [String] = []
  /// Folders whose files the ledger promises and that are not written yet.
  package var owedFiles: [String] = []
  /// Folders of intervals whose files were removed, as they are no longer kept.
  package var removedFolders: [String] = []
  /// GRANT and REVOKE statements that brought the privileges of a table that was there to the definition.
  package var grants: [String] = []
  /// Errors and warnings, in the order in which they happened.
  package var diagnostics: [Diagnostic] = []

  package init(report: Report, state: State, status: ExitStatus = .done) {
    self.report = report
    self.state = state
    self.status = status
  }
}
