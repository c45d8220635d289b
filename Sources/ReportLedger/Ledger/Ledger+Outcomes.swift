import Foundation
import PostgresClient
import ReportModel

extension Ledger {
  /// What has become of reports that the run chose; a later word replaces an earlier one.
  package func record(_ outcomes: [ReportOutcome], in runID: UUID, timeout: Duration? = nil) async throws {
    guard !outcomes.isEmpty else { return }
    let errors = outcomes.map { $0.diagnostics.first { $0.severity == .error }?.message ?? "" }
    _ = try await connection.query(
      """
      UPDATE reportgen.outcome o SET state = n.state, exit_status = n.exit_status, error = nullif(n.error, '')
      FROM unnest($2::text[], $3::text[], $4::int[], $5::text[]) n(report, state, exit_status, error)
      WHERE o.run_id = $1 AND o.report = n.report
      """,
      [
        runID.uuidString, postgresArray(outcomes.map(\.report.name)),
        postgresArray(outcomes.map(\.state.rawValue)),
        postgresArray(outcomes.map { String($0.status.rawValue) }), postgresArray(errors),
      ], timeout: timeout)
  }

  /// The newest publishing run that is over: finished, or left behind by a process that died.
  package func lastRun() async throws -> LastRun? {
    let rows = try await connection.query(
      """
      SELECT r.run_id, to_char(r.started_at, 'YYYY-MM-DD HH24:MI:SS TZ') AS started,
        array_to_string(r.arguments, ' ') AS arguments, r.finished_at IS NULL AS is_abandoned
      FROM reportgen.run r
      WHERE EXISTS (SELECT FROM reportgen.outcome o WHERE o.run_id = r.run_id)
        AND (r.finished_at IS NOT NULL OR NOT EXISTS (
          SELECT FROM pg_locks l
          WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
            AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
            AND l.classid = ((r.lock_key >> 32) & 4294967295)::oid
            AND l.objid = (r.lock_key & 4294967295)::oid))
      ORDER BY r.started_at DESC, r.run_id LIMIT 1
      """)
    guard !rows.isEmpty, let id = rows[0, "run_id"] else { return nil }
    let outcomes = try await connection.query(
      "SELECT report, coalesce(exit_status = 0, false) FROM reportgen.outcome WHERE run_id = $1", [id])
    return LastRun(
      started: rows[0, "started"] ?? "", arguments: rows[0, "arguments"] ?? "",
      isAbandoned: rows[0, "is_abandoned"] == "t", selected: Set(outcomes.rows.compactMap { $0[0] }),
      failed: Set(outcomes.rows.filter { $0[1] != "t" }.compactMap { $0[0] }))
  }
}

/// The last run that is over, as `run --failed` reads it.
package struct LastRun: Hashable, Sendable {
  /// `2026-11-23 04:30:12 MSK`.
  package var started: String
  package var arguments: String
  /// Its process died.
  package var isAbandoned: Bool
  package var selected: Set<String>
  /// Failed, skipped, not confirmed, not come to.
  package var failed: Set<String>

  /// What has to run again: what failed, and of the chosen reports those that read it.
  package func toRepeat(in graph: DependencyGraph) -> Set<String> {
    let readers = failed.reduce(into: Set<String>()) { $0.formUnion(graph.downstream(of: $1)) }
    return failed.union(readers.intersection(selected)).intersection(graph.reports.map(\.name))
  }
}
