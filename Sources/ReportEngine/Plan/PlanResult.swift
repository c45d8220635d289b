import ReportModel

/// What a run would do with one report.
public struct PlannedReport: Sendable {
  public enum State: String, Sendable, Codable {
    case run
    case upToDate = "up_to_date"
    /// The report itself, or what it reads, is not as a run needs it; the diagnostics say what to do.
    case cannotRun = "cannot_run"
    /// What it reads cannot run.
    case skipped
  }

  public var report: Report
  public var state: State
  public var status: ExitStatus = .done
  public var intervals: [Interval] = []
  /// Those of them that are published already: the lookback, or what was asked for.
  public var againIntervals: [Interval] = []
  /// Those of them that are not over yet.
  public var openIntervals: [Interval] = []
  /// Missing intervals that this run would leave for the next.
  public var leftForLater = 0
  /// Published intervals that are no longer kept.
  public var expiredIntervals: [Interval] = []
  /// Published intervals of a definition that meant something else, and that would stay.
  public var outdated = 0
  /// Publishing transactions.
  public var portions = 0
  /// Queries on the replica.
  public var reads = 0
  /// The summary table does not exist yet.
  public var makesTable = false
  /// The query gives other columns than the table has, and all of it is computed again: `on_schema_change: rebuild`.
  public var rebuildsTable = false
  public var estimate: CostEstimate?
  /// Folders whose files are missing now.
  public var owedFiles: [String] = []
  public var diagnostics: [Diagnostic] = []

  init(_ report: Report, _ state: State) {
    self.report = report
    self.state = state
  }

  mutating func show(_ plan: ReportPlan, today: CalendarDate) {
    intervals = plan.intervals.intervals
    againIntervals = plan.again
    openIntervals = plan.intervals.intervals.filter { $0.end > today }
    outdated = plan.intervals.outdated.count
    portions = plan.portions.count
    reads = report.materialization.kind == .view ? 0 : plan.reads
  }
}

/// What `reportgen run` with the same words would do.
public struct PlanResult: Sendable {
  /// In the order in which they run; reports of one level share a snapshot.
  public var levels: [[PlannedReport]] = []
  /// By the primary's clock, in the project's time zone; nil when the primary could not be asked.
  public var today: CalendarDate?
  /// Findings that belong to no report.
  public var diagnostics: [Diagnostic] = []
  public var ownStatus: ExitStatus = .done
  /// What a dry run of the same would change, where it was asked for.
  public var dryRun: RunResult?

  public var reports: [PlannedReport] { levels.flatMap(\.self) }

  public var status: ExitStatus {
    ExitStatus.combined([ownStatus, dryRun?.status ?? .done] + reports.map(\.status))
  }

  public init() {}
}
