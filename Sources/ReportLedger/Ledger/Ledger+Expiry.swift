import PostgresClient
import ReportModel

extension Ledger {
  /// Deletes the rows of an attempt's intervals and sets the intervals to `expired`, in one transaction.
  ///
  /// - Parameter condition: on `t`, the rows of these intervals.
  /// - Returns: how many rows they had.
  package func expire(_ attempt: Attempt, from table: QualifiedName, where condition: String) async throws
    -> Int
  {
    _ = try await connection.execute("BEGIN; SET LOCAL lock_timeout = '60s'")
    do {
      let rows =
        try await exists(table)
        ? try await connection.execute("DELETE FROM \(table.quoted) t WHERE \(condition)") : 0
      try await recordExpiry(attempt, rows: rows)
      _ = try await connection.execute("COMMIT")
      return rows
    } catch {
      await connection.rollback()
      throw error
    }
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
