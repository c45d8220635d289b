import Foundation
import PostgresClient
import ReportModel

extension Ledger {
  /// Records the outcomes of selected reports; a later call replaces a report's earlier outcome.
  package func record(_ outcomes: [ReportOutcome], in runID: UUID) async throws {
    guard !outcomes.isEmpty else { return }
    try await connection.ask(Self.recording(outcomes, in: runID))
  }

  /// - Parameter outcomes: none changes nothing.
  static func recording(_ outcomes: [ReportOutcome], in runID: UUID) -> Question<Void> {
    let errors = outcomes.map { $0.diagnostics.first { $0.severity == .error }?.message ?? "" }
    return Question(
      """
      UPDATE reportgen.outcome o SET state = n.state, exit_status = n.exit_status, error = nullif(n.error, '')
      FROM unnest($2::text[], $3::text[], $4::int[], $5::text[]) n(report, state, exit_status, error)
      WHERE o.run_id = $1 AND o.report = n.report
      """,
      [
        runID.uuidString, postgresArray(outcomes.map(\.report.name)),
        postgresArray(outcomes.map(\.state.rawValue)),
        postgresArray(outcomes.map { String($0.status.rawValue) }), postgresArray(errors),
      ]
    ) { _ in }
  }

  /// Records which intervals the run is to compute, so that a later run can continue it.
  ///
  /// - Parameter plans: of the reports whose published intervals are computed again.
  package func plan(_ plans: [(report: String, intervals: [Interval])], in runID: UUID) async throws {
    guard !plans.isEmpty else { return }
    _ = try await connection.query(
      """
      UPDATE reportgen.outcome o SET interval_starts = n.starts::date[]
      FROM unnest($2::text[], $3::text[]) n(report, starts)
      WHERE o.run_id = $1 AND o.report = n.report
      """,
      [
        runID.uuidString, postgresArray(plans.map(\.report)),
        postgresArray(plans.map { postgresArray($0.intervals.map(\.start.description)) }),
      ])
  }

  /// Published intervals that a run was to compute again and did not reach: it was interrupted, its process died, or
  /// it ended 69 or 75. Of several runs that were to compute an interval the newest counts.
  package static func unfinished(of reports: [String]) -> Question<[String: Set<Interval>]> {
    Question(
      """
      SELECT i.report, i.interval_start AS first, i.interval_end AS last
      FROM (
        SELECT DISTINCT ON (o.report, p.interval_start) o.report, p.interval_start, o.exit_status, r.started_at,
          r.finished_at, r.lock_key
        FROM reportgen.outcome o JOIN reportgen.run r USING (run_id)
          CROSS JOIN unnest(o.interval_starts) p(interval_start)
        WHERE o.report = ANY ($1::text[])
        ORDER BY o.report, p.interval_start, r.started_at DESC, r.run_id) planned
      JOIN reportgen.interval i USING (report, interval_start)
      WHERE coalesce(planned.exit_status, 75) IN (69, 75, 130) AND i.published_at < planned.started_at
        AND i.state IN ('published', 'confirmed')
        AND (planned.finished_at IS NOT NULL OR NOT \(Self.isAlive("planned")))
      """, [postgresArray(reports)]
    ) { rows in
      var unfinished: [String: Set<Interval>] = [:]
      for row in rows.decoded {
        if let interval = try row.interval("first", "last") {
          unfinished[try row["report"], default: []].insert(interval)
        }
      }
      return unfinished
    }
  }

  /// First days of the intervals that each report's newest run was to compute, where the ledger has them.
  package static func lastPlanned(of reports: [String]) -> Question<[String: Set<CalendarDate>]> {
    Question(
      """
      SELECT p.report, s.interval_start FROM (
        SELECT DISTINCT ON (o.report) o.report, o.interval_starts
        FROM reportgen.outcome o JOIN reportgen.run r USING (run_id)
        WHERE o.report = ANY ($1::text[]) AND o.exit_status IS DISTINCT FROM 64
        ORDER BY o.report, r.started_at DESC, r.run_id) p
      CROSS JOIN unnest(p.interval_starts) s(interval_start)
      """, [postgresArray(reports)]
    ) { rows in
      var planned: [String: Set<CalendarDate>] = [:]
      for row in rows.decoded {
        planned[try row["report"], default: []].insert(try row.date("interval_start"))
      }
      return planned
    }
  }

  /// The newest publishing run that is over: finished, or left behind by a process that died.
  package func lastRun() async throws -> LastRun? {
    let rows = try await connection.query(
      """
      SELECT r.run_id, to_char(r.started_at, 'YYYY-MM-DD HH24:MI:SS TZ') AS started,
        array_to_string(r.arguments, ' ') AS arguments, r.finished_at IS NULL AS is_abandoned
      FROM reportgen.run r
      WHERE EXISTS (SELECT FROM reportgen.outcome o WHERE o.run_id = r.run_id)
        AND (r.finished_at IS NOT NULL OR NOT \(Self.isAlive("r"))) AND r.exit_status IS DISTINCT FROM 64
      ORDER BY r.started_at DESC, r.run_id LIMIT 1
      """)
    guard let run = rows.decoded.first else { return nil }
    let id = try run.uuid("run_id")
    let outcomes = try await connection.query(
      """
      SELECT report, coalesce(exit_status IN (0, 64), false) AS is_done FROM reportgen.outcome WHERE run_id = $1
      """, [id.uuidString])
    return LastRun(
      started: try run["started"], arguments: try run["arguments"], isAbandoned: try run.bool("is_abandoned"),
      selected: Set(try outcomes.decoded.map { try $0["report"] }),
      failed: Set(try outcomes.decoded.filter { try !$0.bool("is_done") }.map { try $0["report"] }))
  }
}

/// The last run that is over, as `run --failed` reads it.
package struct LastRun: Hashable, Sendable {
  /// `2026-11-23 04:30:12 MSK`.
  package var started: String
  /// The command's arguments, joined by spaces.
  package var arguments: String
  /// Its process died before it recorded its end.
  var isAbandoned: Bool
  var selected: Set<String>
  /// Failed, skipped, not confirmed or not reached; not those whose options the run refused.
  var failed: Set<String>

  /// What has to run again: what failed, and of the selected reports those that read it.
  package func toRepeat(in graph: DependencyGraph) -> Set<String> {
    let readers = failed.reduce(into: Set<String>()) { $0.formUnion(graph.downstream(of: $1)) }
    return failed.union(readers.intersection(selected)).intersection(graph.reports.map(\.name))
  }
}
