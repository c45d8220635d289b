import ReportEngine
import ReportLedger
import ReportModel

/// What a run would do with one report.
package struct PlannedReport: Sendable {
  /// The raw value is that of the JSON.
  package enum State: String, Sendable, Codable {
    case run
    case upToDate = "up_to_date"
    /// The report itself, or a table that it reads, prevents a run; the diagnostics say what to do.
    case cannotRun = "cannot_run"
    /// What it reads cannot run.
    case skipped
  }

  var report: Report
  var state: State
  var status: ExitStatus = .done
  var intervals: [Interval] = []
  /// Those of them that are published already: the lookback, or what was asked for.
  var againIntervals: [Interval] = []
  /// Those of them that are not over yet.
  var openIntervals: [Interval] = []
  /// Missing intervals that this run would leave for the next.
  var leftForLater = 0
  /// Published intervals that are no longer kept.
  var expiredIntervals: [Interval] = []
  /// Published intervals of an older definition with another meaning, which would stay as they are.
  var outdated = 0
  /// Publishing transactions.
  var portions = 0
  /// Queries on the replica.
  var reads = 0
  /// The summary table does not exist yet.
  var makesTable = false
  /// The query gives other columns than the table has, and all of it is computed again: `on_schema_change: rebuild`.
  var rebuildsTable = false
  /// What was published is gone with the table, and all of it is computed anew.
  var makesLostTable = false
  /// GRANT and REVOKE statements for the table as it is.
  var grants: [String] = []
  var estimate: CostEstimate?
  /// How the rows of each portion reach the table; empty for what does not run.
  var ways: [PublishWay] = []
  /// What comparing on the replica takes of its disk at most, for one portion.
  var temporaryBytes: Int?
  /// Folders whose files are missing now.
  var owedFiles: [String] = []
  package var diagnostics: [Diagnostic] = []

  /// By difference where one portion goes so; otherwise that of the first portion.
  var way: PublishWay? { ways.first { $0 == .difference } ?? ways.first }

  init(_ report: Report, _ state: State) {
    self.report = report
    self.state = state
  }

  mutating func show(_ plan: ReportPlan, today: CalendarDate) {
    intervals = plan.intervals.intervals
    againIntervals = plan.recomputed
    openIntervals = plan.intervals.intervals.filter { $0.end > today }
    outdated = plan.intervals.outdated.count
    portions = plan.portions.count
    reads = report.materialization.kind == .view ? 0 : plan.reads
  }
}

/// What `reportgen run` with the same arguments would do.
package struct PlanResult: Sendable {
  /// In the order in which they run; reports of one level share a snapshot.
  var levels: [[PlannedReport]] = []
  /// By the primary's clock, in the project's time zone; nil when the primary could not be asked.
  var today: CalendarDate?
  /// Findings that belong to no report.
  package var diagnostics: [Diagnostic] = []
  /// Of `diagnostics` alone.
  package var ownStatus: ExitStatus = .done
  /// What a dry run of the same would change; nil when none was requested.
  package var dryRun: RunResult?

  /// Of all levels, in order.
  package var reports: [PlannedReport] { levels.flatMap(\.self) }

  package var status: ExitStatus {
    ExitStatus.combined([ownStatus, dryRun?.status ?? .done] + reports.map(\.status))
  }

  package init() {}
}
