import Foundation
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

/// What one execution of the command did.
package struct RunResult: Sendable {
  package var runID: UUID
  package var reports: [ReportOutcome]
  /// Findings that belong to no report: no server, no ledger, wrong usage.
  package var diagnostics: [Diagnostic]
  package var ownStatus: ExitStatus

  package var status: ExitStatus { ExitStatus.combined([ownStatus] + reports.map(\.status)) }

  package init(
    runID: UUID, reports: [ReportOutcome] = [], diagnostics: [Diagnostic] = [], ownStatus: ExitStatus = .done
  ) {
    self.runID = runID
    self.reports = reports
    self.diagnostics = diagnostics
    self.ownStatus = ownStatus
  }
}

/// What happens while a run goes on, for those who watch it. Reports can be at work side by side.
package enum RunEvent: Sendable {
  /// How often each report is going to be read; a report that is up to date is not in it, or has 0.
  case planned([String: Int])
  /// A step of one attempt begins.
  case step(report: String, step: String)
  /// Rows that the current read has given so far; said once a chunk, never a row.
  case rows(report: String, count: Int)
  /// Nothing of the report goes on right now: it waits for others of its level, or its files are written.
  case waiting(report: String)
  case retrying(report: String, because: Diagnostic, afterMilliseconds: Int)
  /// Something about the servers that explains why the run goes on slowly.
  case note(Diagnostic)
  /// Nothing more of the report is read or published in this run; once a report. Files that it owes can follow.
  case ended(ReportOutcome)
}

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
  var publishes: Bool { !dryRun && parameters.isEmpty }

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
