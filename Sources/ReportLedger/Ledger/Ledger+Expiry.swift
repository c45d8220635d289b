import PostgresClient
import ReportModel

extension Ledger {
  /// Deletes the rows of an attempt's intervals and sets the intervals to `expired`, in one transaction.
  ///
  /// - Parameter condition: on `t`, the rows of these intervals.
  /// - Returns: how many rows they had.
  /// - Throws: `RunError` also when triggers or rules of others keep some of them, or change other rows.
  package func expire(_ attempt: Attempt, from table: QualifiedName, where condition: String) async throws
    -> Int
  {
    _ = try await connection.execute("BEGIN; SET LOCAL lock_timeout = '60s'")
    do {
      let rows =
        try await exists(table)
        ? try await delete(from: table, where: condition, of: attempt.report) : 0
      try await recordExpiry(attempt, rows: rows)
      _ = try await connection.execute("COMMIT")
      return rows
    } catch {
      await connection.rollback()
      throw error
    }
  }

  private func delete(from table: QualifiedName, where condition: String, of report: Report) async throws
    -> Int
  {
    let before = try await WrittenRows.read(table, on: connection)
    let rows = try await connection.execute("DELETE FROM \(table.quoted) t WHERE \(condition)")
    // No trigger can come now: the DELETE has locked the table against new ones.
    let others = try await OthersOnTable.read(table, on: connection)
    try others.requireOwnRows(of: report, in: table)
    guard !others.rewriting.isEmpty else { return rows }
    // Those that wait for the end of the transaction would come after the comparison.
    _ = try await connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
    let left = try await rowCount(in: table, where: condition)
    let after = try await WrittenRows.read(table, on: connection)
    let isOurs = before.map { before in after.map { $0 - before == WrittenRows(deleted: rows) } ?? true }
    guard left > 0 || isOurs == false else { return rows }
    let names = others.rewriting.joined(separator: ", ")
    throw RunError(
      .failed,
      Diagnostic(
        left > 0
          ? "\(counted(left, "row")) of \(table) that are no longer kept were not deleted: the table has \(names)"
          : "deleting rows of \(table) that are no longer kept changes others: the table has \(names)",
        detail: "Their rows are unchanged.",
        hint: "Drop what keeps or changes the rows; a trigger may write to other tables.",
        file: report.metadataFile))
  }

  /// - Parameter condition: SQL on alias `t`.
  /// - Returns: 0 when the table does not exist.
  package func rowCount(in table: QualifiedName, where condition: String) async throws -> Int {
    guard try await exists(table) else { return 0 }
    let rows = try await connection.query("SELECT count(*) AS rows FROM \(table.quoted) t WHERE \(condition)")
    return try Row(only: rows).int("rows")
  }

  private func exists(_ table: QualifiedName) async throws -> Bool {
    let rows = try await connection.query("SELECT to_regclass($1) IS NOT NULL AS present", [table.quoted])
    return try Row(only: rows).bool("present")
  }

  private func recordExpiry(_ attempt: Attempt, rows: Int) async throws {
    let bounds = attempt.ledgerBounds
    _ = try await connection.query(
      """
      WITH definition AS (
        INSERT INTO reportgen.definition (fingerprint, sql, keys) VALUES ($6, $9, $10::jsonb) ON CONFLICT DO NOTHING
      ), attempt AS (
        INSERT INTO reportgen.report_run
          (attempt_id, run_id, report, attempt, state, interval_starts, interval_ends, fingerprint, lock_key,
            rows_deleted, finished_at)
        VALUES ($1, $2, $3, 1, 'expired', $4::date[], $5::date[], $6, $7, $8, clock_timestamp())
      )
      UPDATE reportgen.interval SET state = 'expired', row_count = 0, attempt_id = $1
      WHERE report = $3 AND interval_start = ANY ($4::date[])
      """,
      [
        attempt.id.uuidString, attempt.runID.uuidString, attempt.report.name, postgresArray(bounds.starts),
        postgresArray(bounds.ends), attempt.report.fingerprint, String(attempt.lockKey), String(rows),
        attempt.report.query.text, StoredDefinition.json(of: attempt.report),
      ])
  }
}
