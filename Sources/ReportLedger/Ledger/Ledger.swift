import Foundation
import PostgresClient
import ReportModel

/// Reads and writes schema `reportgen` on the primary, each call one round trip.
///
/// The rows are what other runs, Superset and people believe; nothing is kept here.
package struct Ledger: Sendable {
  package let connection: Connection

  package init(connection: Connection) {
    self.connection = connection
  }

  /// An interval as the ledger has it; nil bounds for a report without a period.
  package struct Entry: Hashable, Sendable {
    package var interval: Interval?
    package var state: String
    package var attemptID: UUID
    package var runID: UUID
    package var rowCount: Int?
    /// Of the definition that made the rows.
    package var fingerprint = ""

    package init(
      interval: Interval?, state: String, attemptID: UUID, runID: UUID, rowCount: Int?,
      fingerprint: String = ""
    ) {
      self.interval = interval
      self.state = state
      self.attemptID = attemptID
      self.runID = runID
      self.rowCount = rowCount
      self.fingerprint = fingerprint
    }
  }

  // MARK: Schema

  /// - Returns: 0 when there is no ledger yet.
  package func version() async throws -> Int {
    // One round trip where there is a ledger; the look before keeps an open transaction whole where there is none.
    let isOpen = await connection.transactionStatus != .idle
    if isOpen, try await !hasMigrations() { return 0 }
    do {
      let version = try await connection.query("SELECT coalesce(max(version), 0) FROM reportgen.migration")
      return version.rows.first?.first.flatMap { $0.flatMap { Int($0) } } ?? 0
    } catch let error as PostgresError where error.sqlState.matches(.undefinedTable) {
      return 0
    }
  }

  private func hasMigrations() async throws -> Bool {
    let rows = try await connection.query(
      "SELECT to_regclass('reportgen.migration') IS NOT NULL AS present")
    return rows.rows.first?.first == "t"
  }

  /// Applies what is missing, in one transaction, behind an advisory lock.
  /// - Returns: the names of what was applied.
  package func migrate() async throws -> [String] {
    _ = try await connection.execute("BEGIN; SELECT pg_advisory_xact_lock(\(LockKey.migration))")
    do {
      let current = try await version()
      let pending = LedgerMigration.all.filter { $0.version > current }
      for migration in pending {
        _ = try await connection.execute(migration.sql)
        _ = try await connection.query(
          "INSERT INTO reportgen.migration (version, name) VALUES ($1, $2)",
          [String(migration.version), migration.name])
      }
      _ = try await connection.execute("COMMIT")
      return pending.map(\.name)
    } catch {
      await connection.rollback()
      throw error
    }
  }

  // MARK: A run

  /// - Parameter reports: what the run chose, so that one that dies leaves word of what it did not come to.
  package func begin(_ run: RunRecord, selecting reports: [String]) async throws {
    _ = try await connection.query(
      """
      WITH run AS (
        INSERT INTO reportgen.run (run_id, host, process_id, version, arguments, lock_key)
        VALUES ($1, $2, $3, $4, $5, $6)
      )
      INSERT INTO reportgen.outcome (run_id, report, state) SELECT $1, unnest($7::text[]), 'selected'
      """,
      [
        run.id.uuidString, run.host, String(run.processID), run.version, postgresArray(run.arguments),
        String(LockKey.of(run: run.id)), postgresArray(reports),
      ])
  }

  /// Writes a mark that a replica of this very timeline has to show.
  package func mark(_ runID: UUID) async throws -> Int {
    let rows = try await connection.query(
      "UPDATE reportgen.run SET gates = gates + 1 WHERE run_id = $1 RETURNING gates", [runID.uuidString])
    return try SingleRow(rows).int("gates")
  }

  package func finish(_ runID: UUID, status: ExitStatus, timeout: Duration? = nil) async throws {
    _ = try await connection.query(
      "UPDATE reportgen.run SET finished_at = clock_timestamp(), exit_status = $2 WHERE run_id = $1",
      [runID.uuidString, String(status.rawValue)], timeout: timeout)
  }

  // MARK: Attempts

  /// Attempts of the same report that a dead process left behind end here: the caller holds the report's lock.
  package func begin(_ attempt: Attempt) async throws {
    let bounds = attempt.ledgerBounds
    _ = try await connection.query(
      """
      WITH abandoned AS (
        UPDATE reportgen.report_run SET state = 'abandoned', finished_at = clock_timestamp()
        WHERE report = $3 AND state = 'running'
      ), definition AS (
        INSERT INTO reportgen.definition AS d (fingerprint, sql, keys) VALUES ($7, $9, $10::jsonb)
        ON CONFLICT (fingerprint) DO UPDATE SET keys = excluded.keys WHERE d.keys IS NULL
      )
      INSERT INTO reportgen.report_run
        (attempt_id, run_id, report, attempt, state, interval_starts, interval_ends, fingerprint, lock_key)
      VALUES ($1, $2, $3, $4, 'running', $5::date[], $6::date[], $7, $8)
      """,
      [
        attempt.id.uuidString, attempt.runID.uuidString, attempt.report.name, String(attempt.number),
        postgresArray(bounds.starts), postgresArray(bounds.ends), attempt.report.fingerprint,
        String(attempt.lockKey), attempt.report.query.text, StoredDefinition.json(of: attempt.report),
      ])
  }

  package func end(
    _ attempt: Attempt, state: String, error: String?, sqlState: String?, seconds: StepSeconds,
    counts: RowCounts? = nil, timeout: Duration? = nil
  ) async throws {
    _ = try await connection.query(
      """
      UPDATE reportgen.report_run SET state = $2, error = $3, error_sqlstate = $4, step_seconds = $5::jsonb,
        rows_read = coalesce($6, rows_read), finished_at = clock_timestamp()
      WHERE attempt_id = $1 AND state = 'running'
      """,
      [attempt.id.uuidString, state, error, sqlState, seconds.json, counts.map { String($0.read) }],
      timeout: timeout)
  }

  /// First statement of the publishing transaction: the attempt's row is locked and must still be this attempt's.
  package func claim(_ attempt: Attempt) async throws -> Bool {
    let rows = try await connection.query(
      "SELECT FROM reportgen.report_run WHERE attempt_id = $1 AND state = 'running' FOR UPDATE",
      [attempt.id.uuidString])
    return rows.count == 1
  }

  /// Last statement before the COMMIT of the publish.
  ///
  /// Intervals of another period that share days with the published ones go: their rows are replaced.
  package func publish(_ published: PublishRecord) async throws {
    let attempt = published.attempt
    let bounds = published.ledgerBounds
    _ = try await connection.query(
      """
      WITH interval AS (
        INSERT INTO reportgen.interval (report, interval_start, interval_end, state, attempt_id, row_count)
        SELECT $2, i.interval_start, i.interval_end, i.state, $1, i.row_count
        FROM unnest($3::date[], $4::date[], $5::text[], $6::bigint[]) i(interval_start, interval_end, state, row_count)
        ON CONFLICT (report, interval_start) DO UPDATE SET interval_end = excluded.interval_end,
          state = excluded.state, attempt_id = excluded.attempt_id, row_count = excluded.row_count,
          published_at = excluded.published_at
      ), superseded AS (
        DELETE FROM reportgen.interval i
        WHERE i.report = $2 AND NOT i.interval_start = ANY ($3::date[]) AND (
          NOT i.interval_start = ANY ($19::date[]) AND i.state <> 'expired'
          OR i.interval_start < (SELECT max(e) FROM unnest($4::date[]) e)
            AND i.interval_end > (SELECT min(s) FROM unnest($3::date[]) s)
            AND EXISTS (
              SELECT FROM unnest($3::date[], $4::date[]) n(interval_start, interval_end)
              WHERE n.interval_start < i.interval_end AND i.interval_start < n.interval_end))
      )
      UPDATE reportgen.report_run SET state = 'published', published_at = clock_timestamp(),
        as_of_position = $7::pg_lsn, as_of_time = $8::timestamptz, timeline = $9, snapshot = $10, replica = $11,
        rows_read = $12, rows_inserted = $13, rows_updated = $14, rows_deleted = $15, rows_unchanged = $16,
        step_seconds = $17::jsonb, error = $18
      WHERE attempt_id = $1
      """,
      [
        attempt.id.uuidString, attempt.report.name, postgresArray(bounds.starts), postgresArray(bounds.ends),
        postgresArray(published.states), postgresArray(published.rowCounts.map(String.init)),
        published.asOf.position.description, published.asOf.isoTime, String(published.asOf.timeline),
        published.asOf.snapshot, published.asOf.replica, String(published.counts.read),
        String(published.counts.inserted), String(published.counts.updated), String(published.counts.deleted),
        String(published.counts.unchanged), published.seconds.json, published.error,
        published.allPublished.map { postgresArray($0.map(\.start.description)) },
      ])
  }

  /// After a connection was lost at COMMIT: the row on the current leader decides.
  package func state(ofAttempt id: UUID) async throws -> String? {
    let rows = try await connection.query(
      "SELECT state FROM reportgen.report_run WHERE attempt_id = $1", [id.uuidString])
    return rows.rows.first?.first ?? nil
  }

  /// - Returns: the attempts that the current leader has; one that a failover has lost is not among them.
  package func confirm(_ attempts: [UUID]) async throws -> Set<UUID> {
    let rows = try await connection.query(
      """
      WITH interval AS (
        UPDATE reportgen.interval SET state = 'confirmed' WHERE attempt_id = ANY ($1::uuid[]) AND state = 'published'
      )
      UPDATE reportgen.report_run SET state = 'confirmed', finished_at = clock_timestamp()
      WHERE attempt_id = ANY ($1::uuid[]) AND state IN ('published', 'confirmed')
      RETURNING attempt_id
      """, [postgresArray(attempts.map(\.uuidString))])
    return Set(rows.rows.compactMap { $0[0].flatMap(UUID.init(uuidString:)) })
  }

  // MARK: Reading

  /// Every interval of the named reports, in the order of time.
  package func intervals(of reports: [String]) async throws -> [String: [Entry]] {
    let rows = try await connection.query(
      """
      SELECT i.report, CASE WHEN isfinite(i.interval_start) THEN i.interval_start END,
        CASE WHEN isfinite(i.interval_end) THEN i.interval_end END, i.state, i.attempt_id, r.run_id, i.row_count, r.fingerprint
      FROM reportgen.interval i JOIN reportgen.report_run r USING (attempt_id)
      WHERE i.report = ANY ($1::text[]) ORDER BY i.report, i.interval_start
      """, [postgresArray(reports)])
    var entries: [String: [Entry]] = [:]
    for row in rows.rows {
      guard let report = row[0], let state = row[3], let id = row[4].flatMap(UUID.init(uuidString:)),
        let run = row[5].flatMap(UUID.init(uuidString:))
      else { continue }
      let bounds = row[1].flatMap { CalendarDate($0) }.flatMap { start in
        row[2].flatMap { CalendarDate($0) }.flatMap { Interval(start: start, end: $0) }
      }
      entries[report, default: []].append(
        Entry(
          interval: bounds, state: state, attemptID: id, runID: run, rowCount: row[6].flatMap { Int($0) },
          fingerprint: row[7] ?? ""))
    }
    return entries
  }

  /// How long each report's newest publish took, waiting for the replica aside.
  package func lastSeconds(of reports: [String]) async throws -> [String: Double] {
    let rows = try await connection.query(
      """
      SELECT n.report, (SELECT sum(s.value::float8) FROM jsonb_each_text(r.step_seconds) s WHERE s.key <> 'confirm')
      FROM unnest($1::text[]) n(report) CROSS JOIN LATERAL (
        SELECT step_seconds FROM reportgen.report_run r WHERE r.report = n.report AND r.published_at IS NOT NULL
        ORDER BY r.started_at DESC LIMIT 1) r
      """, [postgresArray(reports)])
    return Dictionary(
      rows.rows.compactMap { row in row[0].flatMap { name in row[1].flatMap(Double.init).map { (name, $0) } }
      },
      uniquingKeysWith: { first, _ in first })
  }

  // MARK: Exports

  package func exported(
    report: String, host: String, folder: String, entries: [(interval: Interval?, attempt: UUID)]
  )
    async throws
  {
    guard !entries.isEmpty else { return }
    _ = try await connection.query(
      """
      INSERT INTO reportgen.export (report, interval_start, host, folder, attempt_id)
      SELECT $1, e.interval_start, $2, $3, e.attempt_id FROM unnest($4::date[], $5::uuid[]) e(interval_start, attempt_id)
      ON CONFLICT (report, interval_start, host, folder)
        DO UPDATE SET attempt_id = excluded.attempt_id, exported_at = now()
      """,
      [
        report, host, folder, postgresArray(entries.map { $0.interval?.start.description ?? "-infinity" }),
        postgresArray(entries.map(\.attempt.uuidString)),
      ])
  }

  /// Their folders are gone.
  package func forgetExports(of report: String, _ starts: [CalendarDate], host: String, folder: String)
    async throws
  {
    guard !starts.isEmpty else { return }
    _ = try await connection.query(
      """
      DELETE FROM reportgen.export
      WHERE report = $1 AND interval_start = ANY ($2::date[]) AND host = $3 AND folder = $4
      """, [report, postgresArray(starts.map(\.description)), host, folder])
  }

  /// The attempt whose rows each folder shows, by the ledger; key is report and first day (nil: no period).
  package func exports(of reports: [String], host: String, folder: String) async throws -> [String:
    [Interval?: UUID]]
  {
    let rows = try await connection.query(
      """
      SELECT e.report, CASE WHEN isfinite(i.interval_start) THEN i.interval_start END,
        CASE WHEN isfinite(i.interval_end) THEN i.interval_end END, e.attempt_id
      FROM reportgen.export e JOIN reportgen.interval i USING (report, interval_start)
      WHERE e.report = ANY ($1::text[]) AND e.host = $2 AND e.folder = $3
      """, [postgresArray(reports), host, folder])
    var exports: [String: [Interval?: UUID]] = [:]
    for row in rows.rows {
      guard let report = row[0], let id = row[3].flatMap(UUID.init(uuidString:)) else { continue }
      let bounds = row[1].flatMap { CalendarDate($0) }.flatMap { start in
        row[2].flatMap { CalendarDate($0) }.flatMap { Interval(start: start, end: $0) }
      }
      exports[report, default: [:]].updateValue(id, forKey: bounds)
    }
    return exports
  }
}
