import Foundation
import PostgresClient
import ReportLedger
import ReportModel

/// `on_schema_change: rebuild`: a table whose columns change is computed again from all of its history, since a row of
/// an older interval has no value for a new column.
extension RunEngine {
  /// The attempt at every published interval, when the query gives other columns than the table has.
  ///
  /// Asked under the report's lock, before anything is read.
  /// - Throws: `Diagnostic` when something that others made on the table would not survive.
  func widened(_ attempt: Attempt, in snapshot: ReplicaSnapshot, on primary: Connection) async throws
    -> Attempt
  {
    let report = attempt.report
    guard report.materialization.onSchemaChange == .rebuild, options.parameters.isEmpty,
      try await needsRebuild(attempt, in: snapshot, on: primary), report.materialization.kind == .incremental
    else { return attempt }
    try notes[report.name]?.plan.requireRebuildable(report)
    let ledger = Ledger(connection: primary)
    let published = (try await ledger.intervals(of: [report.name])[report.name] ?? [])
      .filter { $0.state != "expired" }.compactMap(\.interval)
    var attempt = attempt
    attempt.portion = .rebuild(
      of: report, intervals: Set(published).union(attempt.portion.intervals))
    try await ledger.change(attempt)
    return attempt
  }

  private func needsRebuild(_ attempt: Attempt, in snapshot: ReplicaSnapshot, on primary: Connection)
    async throws
    -> Bool
  {
    let report = attempt.report
    guard let table = report.materialization.table,
      let existing = try await TableShape.read(table, on: primary), existing.kind == "r"
    else { return false }
    let columns = try await snapshot.reading { [timezone] replica in
      try await QueryColumns(connection: replica)
        .columns(of: report, span: attempt.portion.spans[0], values: attempt.values, timezone: timezone)
    }
    return try await TableDependents.rebuilds(report, existing, columns, on: primary)
  }

  /// A rebuild shows all intervals or none: it is not tried again in parts.
  static func undivided(_ error: any Error) -> any Error {
    guard var failure = error as? RunError else { return error }
    failure.isOfRows = false
    return failure
  }

  /// Rows that have no value for a new column, until they are computed again.
  func noteAdded(_ staged: StagedReport) {
    let report = staged.attempt.report
    guard let existing = staged.existing, let table = report.materialization.table else { return }
    let difference = SchemaDifference(existing: existing.columns, columns: staged.staging.columns)
    guard let added = difference.added.first, leavesRows(staged) else { return }
    let isAppended = report.materialization.kind == .append
    noteDiagnostics(
      report,
      [
        Diagnostic(
          .warning,
          "\(table) has gained column \"\(added.name)\", which is null in the rows of other intervals",
          detail: isAppended ? "They stay so: \"append\" never runs a published interval again." : nil,
          hint: isAppended ? nil : "\"reportgen run \(report.name) --full-refresh\" computes them again.",
          file: report.sqlFile)
      ])
  }

  /// Whether rows of intervals that this run does not compute stay as they are.
  private func leavesRows(_ staged: StagedReport) -> Bool {
    let portion = staged.attempt.portion
    guard options.dates != .fullRefresh, !portion.replacesAll else { return false }
    return othersPublished(staged.attempt.report) > 0
  }

  /// How a rebuild ends whose rows must not be seen.
  func notRebuilt(_ staged: StagedReport, _ checks: CheckResult) -> RunError {
    let report = staged.attempt.report
    noteDiagnostics(report, checks.diagnostics)
    let (failed, all) = (checks.failed.count, checks.rowCounts.count)
    return RunError(
      .failed,
      Diagnostic(
        "\(report.materialization.table?.description ?? report.name) was not rebuilt: \(failed) of its \(all) "
          + "\(all == 1 ? "interval" : "intervals") failed a check",
        detail: "A rebuild shows all intervals or none. Columns and rows are as they were before.",
        file: report.metadataFile))
  }
}
