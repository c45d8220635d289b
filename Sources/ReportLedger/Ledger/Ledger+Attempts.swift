import Foundation
import PostgresClient
import ReportModel

extension Ledger {
  /// Inserts the attempt as `running`, and sets the report's other running attempts to `abandoned`: the caller holds the
  /// report's lock, so their processes have died.
  ///
  /// The keys beside a definition are the newest that gave its fingerprint: an older version stored fewer of them.
  package func begin(_ attempt: Attempt) async throws {
    let bounds = attempt.ledgerBounds
    _ = try await connection.query(
      """
      WITH abandoned AS (
        UPDATE reportgen.report_run SET state = 'abandoned', finished_at = clock_timestamp()
        WHERE report = $3 AND state = 'running'
      ), definition AS (
        INSERT INTO reportgen.definition AS d (fingerprint, sql, keys) VALUES ($7, $9, $10::jsonb)
        ON CONFLICT (fingerprint) DO UPDATE SET keys = excluded.keys WHERE d.keys IS DISTINCT FROM excluded.keys
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

  /// Replaces the recorded intervals of the attempt.
  package func change(_ attempt: Attempt) async throws {
    let bounds = attempt.ledgerBounds
    _ = try await connection.query(
      "UPDATE reportgen.report_run SET interval_starts = $2::date[], interval_ends = $3::date[] WHERE attempt_id = $1",
      [attempt.id.uuidString, postgresArray(bounds.starts), postgresArray(bounds.ends)])
  }

  /// Records the end of an attempt whose row is still `running`; otherwise changes nothing.
  ///
  /// - Parameters:
  ///   - counts: rows read; nil keeps what is recorded.
  ///   - timeout: for the statement; nil for the session's.
  package func end(
    _ attempt: Attempt, state: AttemptState, error: String?, sqlState: String?, seconds: StepSeconds,
    counts: RowCounts? = nil, timeout: Duration? = nil
  ) async throws {
    _ = try await connection.query(
      """
      UPDATE reportgen.report_run SET state = $2, error = $3, error_sqlstate = $4, step_seconds = $5::jsonb,
        rows_read = coalesce($6, rows_read), finished_at = clock_timestamp()
      WHERE attempt_id = $1 AND state = 'running'
      """,
      [attempt.id.uuidString, state.rawValue, error, sqlState, seconds.json, counts.map { String($0.read) }],
      timeout: timeout)
  }

  /// Locks the attempt's row; the first statement of the publishing transaction.
  ///
  /// - Parameter opening: statements that begin the transaction, sent in the same round trip; nil in an open one.
  /// - Returns: false when the row is no longer `running`: then nothing may be published.
  package func claim(_ attempt: Attempt, opening: String? = nil) async throws -> Bool {
    let id = SQLQuote.literal(attempt.id.uuidString)
    let rows = try await connection.query(
      "\(opening.map { $0 + "; " } ?? "")SELECT FROM reportgen.report_run WHERE attempt_id = \(id) AND state = 'running' FOR UPDATE"
    )
    return rows.count == 1
  }

  /// Last statement before the COMMIT of the publish.
  ///
  /// Deletes intervals of another period that share days with the published ones: their rows are replaced.
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
      ), relation AS (
        INSERT INTO reportgen.relation AS o (schema_name, table_name, report, relation_oid)
        SELECT n.nspname, c.relname, $2, c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = $21 AND c.relname = $22
        ON CONFLICT (schema_name, table_name)
          DO UPDATE SET report = excluded.report, relation_oid = excluded.relation_oid, recorded_at = clock_timestamp()
          WHERE (o.report, o.relation_oid) IS DISTINCT FROM (excluded.report, excluded.relation_oid)
            OR EXISTS (
              SELECT FROM reportgen.relation p WHERE p.report = excluded.report AND p.recorded_at > o.recorded_at)
      )
      UPDATE reportgen.report_run SET state = 'published', published_at = clock_timestamp(),
        as_of_position = $7::pg_lsn, as_of_time = $8::timestamptz, timeline = $9, snapshot = $10, replica = $11,
        rows_read = $12, rows_inserted = $13, rows_updated = $14, rows_deleted = $15, rows_unchanged = $16,
        step_seconds = $17::jsonb, error = $18, failed_interval_starts = $20::date[], as_of_unproven = $23::text[],
        checks = $24::jsonb
      WHERE attempt_id = $1
      """,
      [
        attempt.id.uuidString, attempt.report.name, postgresArray(bounds.starts), postgresArray(bounds.ends),
        postgresArray(published.states.map(\.rawValue)), postgresArray(published.rowCounts.map(String.init)),
        published.asOf.position.description, published.asOf.isoTime, String(published.asOf.timeline),
        published.asOf.snapshot, published.asOf.replica, String(published.counts.read),
        String(published.counts.inserted), String(published.counts.updated), String(published.counts.deleted),
        String(published.counts.unchanged), published.seconds.json, published.error,
        published.allPublished.map { postgresArray($0.map(\.start.description)) },
        postgresArray(published.failedIntervals.map(\.start.description)),
        attempt.report.materialization.table?.schema, attempt.report.materialization.table?.name,
        published.asOf.unproven.map { postgresArray($0) }, CheckCount.json(published.checks),
      ])
  }

  /// Records what the checks of an attempt found that publishes nothing.
  package func record(_ checks: [CheckCount], of attempt: Attempt) async throws {
    guard let json = CheckCount.json(checks) else { return }
    _ = try await connection.query(
      "UPDATE reportgen.report_run SET checks = $2::jsonb WHERE attempt_id = $1 AND state = 'running'",
      [attempt.id.uuidString, json])
  }

  /// The recorded state of an attempt, which decides whether a COMMIT took effect whose connection was lost.
  ///
  /// - Returns: nil when the current leader does not have the attempt.
  package func state(ofAttempt id: UUID) async throws -> AttemptState? {
    let rows = try await connection.query(
      "SELECT state FROM reportgen.report_run WHERE attempt_id = $1", [id.uuidString])
    return try rows.decoded.first?.state("state")
  }

  /// Sets published attempts, and their intervals, to `confirmed`.
  ///
  /// - Returns: the attempts that the current leader has; without those that a failover has lost.
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
    return Set(try rows.decoded.map { try $0.uuid("attempt_id") })
  }

  /// Those of the attempts that a server shows as published, so that a failover to it keeps them.
  ///
  /// A primary's own rows prove nothing, unless it was promoted after the read: then a failover has kept them.
  package func kept(_ attempts: [UUID]) async throws -> Set<UUID> {
    let rows = try await connection.query(
      """
      SELECT attempt_id FROM reportgen.report_run
      WHERE attempt_id = ANY ($1::uuid[]) AND state IN ('published', 'confirmed')
        AND CASE WHEN pg_is_in_recovery() THEN true
          ELSE ('x' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8))::bit(32)::int > timeline END
      """, [postgresArray(attempts.map(\.uuidString))])
    return Set(try rows.decoded.map { try $0.uuid("attempt_id") })
  }
}
