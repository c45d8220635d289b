import ReportEngine
import ReportLedger
import ReportModel

/// What a run would do with one report.
package struct PlannedReport: Sendable {
  package enum State: String, Sendable, Codable {
    case run
    case upToDate = "up_to_date"
    /// The report itself, or what it reads, is not as a run needs it; the diagnostics say what to do.
    case cannotRun = "cannot_run"
    /// What it reads cannot run.
    case skipped
  }

  package var report: Report
  package var state: State
  package var status: ExitStatus = .done
  package var intervals: [Interval] = []
  /// Those of them that are published already: the lookback, or what was asked for.
  package var againIntervals: [Interval] = []
  /// Those of them that are not over yet.
  package var openIntervals: [Interval] = []
  /// Missing intervals that this run would leave for the next.
  package var leftForLater = 0
  /// Published intervals that are no longer kept.
  package var expiredIntervals: [Interval] = []
  /// Published intervals of a definition that meant something else, and that would stay.
  package var outdated = 0
  /// Publishing transactions.
  package var portions = 0
  /// Queries on the replica.
  package var reads = 0
  /// The summary table does not exist yet.
  package var makesTable = false
  /// The query gives other columns than the table has, and all of it is computed again: `on_schema_change: rebuild`.
  package var rebuildsTable = false
  package var estimate: CostEstimate?
  /// Folders whose files are missing now.
  package var owedFiles: [String] = []
  package var diagnostics: [Diagnostic] = []

  init(_ report: Report, _ state: State) {
    self.report = report
    self.state = state
  }

  package mutating func show(_ plan: ReportPlan, today: CalendarDate) {
    intervals = plan.intervals.intervals
    againIntervals = plan.again
    openIntervals = plan.intervals.intervals.filter { $0.end > today }
    outdated = plan.intervals.outdated.count
    portions = plan.portions.count
    reads = report.materialization.kind == .view ? 0 : plan.reads
  }
}

/// What `reportgen run` with the same words would do.
package struct PlanResult: Sendable {
  /// In the order in which they run; reports of one level share a snapshot.
  package var levels: [[PlannedReport]] = []
  /// By the primary's clock, in the project's time zone; nil when the primary could not be asked.
  package var today: CalendarDate?
  /// Findings that belong to no report.
  package var diagnostics: [Diagnostic] = []
  package var ownStatus: ExitStatus = .done
  /// What a dry run of the same would change, where it was asked for.
  package var dryRun: RunResult?

  package var reports: [PlannedReport] { levels.flatMap(\.self) }

  package var status: ExitStatus {
    ExitStatus.combined([ownStatus, dryRun?.status ?? .done] + reports.map(\.status))
  }

  package init() {}
}
