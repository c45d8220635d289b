import ReportLedger
import ReportModel

/// Staged rows and what their checks found; nothing is published.
struct CheckedReport: Sendable {
  var staged: StagedReport
  let checks: CheckResult

  /// Those whose checks passed; empty for the whole of a report.
  var intervals: [Interval] {
    let all = staged.attempt.portion.intervals
    return all.indices.filter(checks.isPublishable).map { all[$0] }
  }

  /// Whether anything may be published.
  var hasPublishableRows: Bool {
    staged.attempt.portion.intervals.isEmpty ? checks.failed.isEmpty : !intervals.isEmpty
  }

  /// The message of the first failed check, in the order of the intervals.
  var firstReason: String? { checks.failed.min { $0.key < $1.key }?.value.message }

  /// - Throws: `RunError`, transient, unless the staging table holds as many rows as were read.
  func requireAllRows() throws {
    let counted = checks.rowCounts.reduce(0, +) + checks.rowsOutside
    guard counted != staged.rowsRead else { return }
    throw RunError(
      .tryAgain,
      Diagnostic(
        "the staging table holds \(counted) of the \(staged.rowsRead) rows that were read",
        effect: .nothingPublished), isTransient: true)
  }

  /// Condition on `t` for the rows of intervals that failed, where others can be published; nil otherwise.
  func failedRows(timezone: String) -> String? {
    let all = staged.attempt.portion.intervals
    let failed = checks.failed.keys.sorted()
    guard !failed.isEmpty, failed.count < all.count else { return nil }
    return ReportQuery.condition(
      report: staged.attempt.report, intervals: failed.map { all[$0] }, timezone: timezone)
  }

  /// What the publishing transaction writes into the ledger.
  func record(counts: RowCounts, seconds: StepSeconds) -> PublishRecord {
    let all = staged.attempt.portion.intervals
    let ok = all.isEmpty ? [0] : all.indices.filter(checks.isPublishable)
    return PublishRecord(
      attempt: staged.attempt, intervals: intervals,
      states: all.isEmpty
        ? [.published] : intervals.map { $0.end > staged.asOf.today ? .open : .published },
      rowCounts: ok.map { checks.rowCounts[$0] }, counts: counts, asOf: staged.asOf, seconds: seconds,
      error: firstReason, allPublished: allPublished, checks: checks.counts)
  }

  /// Every interval that has rows after the publish, where that is known: after a new table, and after the last portion
  /// of a full refresh, no other interval has rows.
  private var allPublished: [Interval]? {
    let (portion, isNew) = (staged.attempt.portion, staged.staging.isNew)
    switch staged.attempt.report.materialization.kind {
    case .table, .view, .none: return nil
    case .merge, .append: return isNew ? intervals : nil
    case .incremental:
      if isNew { return intervals }
      return portion.replacesAll && checks.failed.isEmpty ? portion.keeping + intervals : nil
    }
  }
}
