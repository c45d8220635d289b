import ReportLedger
import ReportModel

/// A plan as text for people, a table that fits a terminal, and below it what does not fit into columns.
package enum PlanSummary {
  private static let head = ["LEVEL", "REPORT", "INTERVALS", "COUNT", "READS", "PUBLISHES", "ROWS", "COST"]

  /// Ends in a line feed; empty when nothing is planned.
  package static func text(_ result: PlanResult) -> String {
    guard !result.levels.isEmpty else { return "" }
    let rows = result.levels.enumerated().flatMap { number, level in level.map { row($0, level: number + 1) }
    }
    let notes = result.reports.flatMap(notes)
    let plan = alignedTable([head] + rows) + "\n" + notes.visibleLines
    return plan + (result.dryRun.map { "\n" + RunSummary.text($0) } ?? "")
  }

  private static func row(_ planned: PlannedReport, level: Int) -> [String] {
    let isRun = planned.state == .run
    return [
      String(level), planned.report.name, what(planned),
      planned.intervals.isEmpty ? "-" : String(planned.intervals.count),
      isRun ? String(planned.reads) : "-", isRun ? String(planned.portions) : "-",
      planned.estimate.map { "~\($0.rows)" } ?? "-",
      planned.estimate.map { "~\(rounded($0.totalCost))" } ?? "-",
    ]
  }

  private static func what(_ planned: PlannedReport) -> String {
    switch planned.state {
    case .run: planned.report.period.names(of: planned.intervals) ?? "whole"
    case .upToDate, .cannotRun, .skipped: planned.state.rawValue.replacing("_", with: " ")
    }
  }

  /// One digit behind the point: nobody compares costs to more than that.
  private static func rounded(_ cost: Double) -> String { String((cost * 10).rounded() / 10) }

  private static func notes(_ planned: PlannedReport) -> [String] {
    let period = planned.report.period
    var notes: [String] = []
    func note(_ text: String) { notes.append("\(planned.report.name): \(text)") }
    if planned.makesTable, planned.report.materialization.kind != .view,
      let table = planned.report.materialization.table
    {
      note("new table \(table)")
    }
    for statement in planned.grants { note(statement) }
    if planned.makesLostTable { note("rows that were published are gone: all of them are computed again") }
    if planned.rebuildsTable, let table = planned.report.materialization.table {
      note("\(table) is rebuilt: its columns change")
    }
    if let way = wayText(planned) { note(way) }
    if let names = period.names(of: planned.againIntervals) {
      note("\(counted(planned.againIntervals.count, "published interval")) again: \(names)")
    }
    if let names = period.names(of: planned.openIntervals) { note("not over yet: \(names)") }
    if planned.leftForLater > 0 {
      note("\(planned.leftForLater) missing intervals are left for the next run, or for --backfill")
    }
    if let names = period.names(of: planned.expiredIntervals) {
      note("\(counted(planned.expiredIntervals.count, "interval")) expired: \(names)")
    }
    let materialization = planned.report.materialization
    if materialization.kind == .merge, planned.portions > 1,
      !materialization.uniqueKey.contains(where: { $0 == materialization.timeColumn })
    {
      note("each interval is published by itself: \"unique_key\" does not have the \"time_column\"")
    }
    if let estimate = planned.estimate, estimate.explained < planned.reads {
      note("rows and cost are estimated from \(estimate.explained) of the reads")
    }
    if let folder = planned.owedFiles.first {
      let more = planned.owedFiles.count - 1
      note("owed files: \(folder)" + (more > 0 ? " and \(counted(more, "more folder"))" : ""))
    }
    return notes
  }
}

extension PlanSummary {
  /// Nil where nothing is compared, and where the rows are too few to ask.
  private static func wayText(_ planned: PlannedReport) -> String? {
    switch planned.way {
    case nil: return nil
    case .difference:
      let compared = planned.ways.count { $0 == .difference }
      let some = compared < planned.ways.count ? " (\(compared) of \(planned.ways.count) publishes)" : ""
      let files = planned.temporaryBytes.map {
        ": up to \(max(1, $0 >> 20)) MB of temporary files on the replica"
      }
      return "by difference\(some)\(files ?? "")"
    case .fullStaging(let reason):
      switch reason {
      case .kind, .publishesNothing, .newTable, .fewRows: return nil
      default: return "full staging: \(reason.text)"
      }
    }
  }
}

/// A plan as the JSON that `--format json` prints; documented in docs/json.md, and stable.
package struct PlanDocument: Codable, Sendable, Hashable {
  /// One report; nil values are left out.
  package struct Report: Codable, Sendable, Hashable {
    var name: String
    var level: Int
    var state: String
    var exitCode: Int32
    var table: String?
    var makesTable: Bool
    var rebuildsTable: Bool
    var makesLostTable: Bool
    var intervals: [Interval]
    var againIntervals: [Interval]
    var openIntervals: [Interval]
    var leftForLater: Int
    var expiredIntervals: [Interval]
    var outdated: Int
    var reads: Int
    var publishes: Int
    var way: String?
    var wayReason: String?
    var wayText: String?
    var temporaryBytes: Int?
    var estimate: CostEstimate?
    var owed: [String]
    var grants: [String]
    var diagnostics: [DiagnosticDocument]
  }

  var exitCode: Int32
  var today: CalendarDate?
  var reports: [Report]
  var diagnostics: [DiagnosticDocument]
  var dryRun: RunDocument?

  package init(_ result: PlanResult) {
    exitCode = result.status.rawValue
    today = result.today
    diagnostics = result.diagnostics.map(DiagnosticDocument.init)
    dryRun = result.dryRun.map(RunDocument.init)
    reports = result.levels.enumerated().flatMap { number, level in
      level.map { Report($0, level: number + 1) }
    }
  }
}

extension PlanDocument.Report {
  fileprivate init(_ planned: PlannedReport, level: Int) {
    self.init(
      name: planned.report.name, level: level, state: planned.state.rawValue,
      exitCode: planned.status.rawValue, table: planned.report.materialization.table?.description,
      makesTable: planned.makesTable, rebuildsTable: planned.rebuildsTable,
      makesLostTable: planned.makesLostTable, intervals: planned.intervals,
      againIntervals: planned.againIntervals,
      openIntervals: planned.openIntervals, leftForLater: planned.leftForLater,
      expiredIntervals: planned.expiredIntervals, outdated: planned.outdated, reads: planned.reads,
      publishes: planned.portions, way: planned.way?.name, wayReason: planned.way?.reason?.name,
      wayText: planned.way?.reason?.text, temporaryBytes: planned.temporaryBytes, estimate: planned.estimate,
      owed: planned.owedFiles,
      grants: planned.grants,
      diagnostics: planned.diagnostics.map(DiagnosticDocument.init))
  }
}
