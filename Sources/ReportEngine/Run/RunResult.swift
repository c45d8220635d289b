import Foundation
import ReportModel

/// What became of one report in a run.
public struct ReportOutcome: Sendable {
  public enum State: String, Sendable, Codable, CaseIterable {
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

  public var report: Report
  public var state: State
  public var status: ExitStatus
  public var intervals: [Interval] = []
  /// Intervals that are published but end after the as-of: they stay missing.
  public var openIntervals: [Interval] = []
  public var failedIntervals: [Interval] = []
  /// Missing intervals that were left for the next run.
  public var leftForLater = 0
  /// Intervals that are no longer kept, with how many rows they had.
  public var expiredIntervals: [Interval] = []
  public var expiredRows = 0
  /// Published intervals that are of an older definition, which meant something else, and stay as they are.
  public var outdated = 0
  public var counts = RowCounts()
  /// Of a dry run: some of the rows that would change.
  public var samples = RowSamples()
  public var asOf: AsOf?
  public var attempts = 0
  public var seconds = StepSeconds()
  /// Relative to the output folder, with it in front: `out/sales-daily/2026-11-22/sales-daily.csv`.
  public var files: [String] = []
  public var owedFiles: [String] = []
  /// Folders of intervals that have no files any more.
  public var removedFolders: [String] = []
  public var diagnostics: [Diagnostic] = []

  public init(report: Report, state: State, status: ExitStatus = .done) {
    self.report = report
    self.state = state
    self.status = status
  }
}

/// What one execution of the command did.
public struct RunResult: Sendable {
  public var runID: UUID
  public var reports: [ReportOutcome]
  /// Findings that belong to no report: no server, no ledger, wrong usage.
  public var diagnostics: [Diagnostic]
  public var ownStatus: ExitStatus

  public var status: ExitStatus { ExitStatus.combined([ownStatus] + reports.map(\.status)) }

  public init(
    runID: UUID, reports: [ReportOutcome] = [], diagnostics: [Diagnostic] = [], ownStatus: ExitStatus = .done
  ) {
    self.runID = runID
    self.reports = reports
    self.diagnostics = diagnostics
    self.ownStatus = ownStatus
  }
}

/// What happens while a run goes on, for those who watch it. Reports can be at work side by side.
public enum RunEvent: Sendable {
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
public struct RunOptions: Sendable {
  public var dates: DateSelection
  public var backfill: Bool
  public var parameters: [String: Parameter.Value]
  public var allowShrink: Bool
  public var dryRun: Bool
  public var lockWait: Duration
  /// How many attempts a report gets within one run.
  public var tries: Int
  /// How many independent reports may run at once, each with a session of its own on both servers.
  public var jobs: Int

  /// Rows reach a summary table only with the default parameters and without `--dry-run`.
  var publishes: Bool { !dryRun && parameters.isEmpty }

  public init(
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
