import PostgresClient
import ReportLedger
import ReportModel

/// `on_schema_change: rebuild`: a table whose columns change is computed again from all of its history, since a row of
/// an older interval has no value for a new column.
extension AttemptRunner {
  /// The attempt at every published interval, when the query gives other columns than the table has.
  ///
  /// Asked under the report's lock, before anything is read.
  /// - Throws: `Diagnostic` when something that others made on the table would not survive.
  func extendedForRebuild(
    _ attempt: Attempt, in snapshot: ReplicaSnapshot, _ tables: KnownTables, on primary: Connection
  ) async throws -> Attempt {
    let report = attempt.report
    guard report.materialization.onSchemaChange == .rebuild, context.options.parameters.isEmpty,
      try await needsRebuild(attempt, in: snapshot, tables, on: primary),
      report.materialization.kind == .incremental
    else { return attempt }
    try await journal.plan(of: report)?.requireRebuildable(report)
    let ledger = Ledger(connection: primary)
    let published = (try await ledger.intervals(of: [report.name])[report.name] ?? [])
      .filter { $0.state != .expired }.compactMap(\.interval)
    var attempt = attempt
    attempt.portion = .rebuild(
      of: report, intervals: Set(published).union(attempt.portion.intervals))
    try await ledger.change(attempt)
    return attempt
  }

  private func needsRebuild(
    _ attempt: Attempt, in snapshot: ReplicaSnapshot, _ tables: KnownTables, on primary: Connection
  ) async throws -> Bool {
    let report = attempt.report
    guard let table = report.materialization.table,
      let existing = try await tables.shape(of: table, on: primary), existing.kind == "r"
    else { return false }
    let timezone = context.timezone
    let columns = try await snapshot.reading { replica in
      try await QueryColumns(connection: replica, memo: snapshot.memo)
        .columns(of: report, span: attempt.portion.spans[0], values: attempt.values, timezone: timezone)
    }
    return try await TableDependents.rebuilds(report, existing, columns, on: primary)
  }
}
