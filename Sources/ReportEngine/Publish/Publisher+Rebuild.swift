import PostgresClient
import ReportLedger
import ReportModel

extension StagedReport {
  /// The table's columns change, and all of its rows with them.
  var changesColumns: Bool {
    existing.map {
      attempt.report.rebuilds(SchemaDifference(existing: $0.columns, columns: staging.columns))
    } ?? false
  }
}

/// The publish of a table whose columns change: columns, rows and ledger in one transaction, in the table itself, so
/// that what others made on it survives.
///
/// Until the table is locked readers see the old rows, since nobody sees a DELETE before its COMMIT; then they wait
/// for as long as it takes to insert the new ones.
extension Publisher {
  func rebuild(_ staged: StagedReport, _ statements: PublishStatements, existing: TableShape)
    async throws
    -> RowCounts
  {
    let table = statements.target
    let changes = try await changes(staged, existing: existing, name: table)
    let removed = try await primary.execute("DELETE FROM \(table.quoted)")
    try requireRows(staged, insteadOf: removed)
    try await lock(table)
    for statement in [changes.alteration].compactMap(\.self) + changes.statements {
      try await explaining(statement, staged) { _ = try await primary.execute(statement) }
    }
    try await explaining(statements.insertAll, staged) {
      try requireWritten(
        try await primary.execute(statements.insertAll), of: staged.rowsRead, table, staged)
    }
    _ = try await primary.execute("ANALYZE \(table.quoted)")
    return RowCounts(read: staged.rowsRead, inserted: staged.rowsRead, deleted: removed)
  }

  private func requireRows(_ staged: StagedReport, insteadOf removed: Int) throws {
    let difference = RowDifference(
      paired: 0, removed: removed, kept: 0, added: staged.rowsRead, changed: 0, published: removed,
      deletable: removed)
    guard !allowShrink, difference.shrinksTooMuch(isKeyed: false) else { return }
    throw Self.shrinks(report: staged.attempt.report, by: removed - staged.rowsRead, of: removed)
  }

  /// Takes the lock in short tries, so that readers wait at most `lockTimeoutMilliseconds` behind each.
  private func lock(_ table: QualifiedName) async throws {
    _ = try await primary.execute("SAVEPOINT unlocked")
    try await withLockRetries {
      _ = try await primary.execute(
        "ROLLBACK TO SAVEPOINT unlocked; SET LOCAL lock_timeout = \(Self.lockTimeoutMilliseconds);"
          + " LOCK TABLE \(table.quoted) IN ACCESS EXCLUSIVE MODE; SET LOCAL lock_timeout = '60s'")
    }
  }
}
