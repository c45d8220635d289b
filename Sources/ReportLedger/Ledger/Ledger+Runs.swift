import Foundation
import PostgresClient
import ReportModel

extension Ledger {
  /// Records a run and its selected reports, so that a run that dies does not lose which reports it did not reach.
  ///
  /// - Parameter reports: names of the selected reports.
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

  /// Increments `gates` in the run's row, for the gate: a replica that shows it follows this primary.
  ///
  /// - Returns: the new value of `gates`.
  package func mark(_ runID: UUID) async throws -> Int {
    let rows = try await connection.query(
      "UPDATE reportgen.run SET gates = gates + 1 WHERE run_id = $1 RETURNING gates", [runID.uuidString])
    return try Row(only: rows).int("gates")
  }

  /// Records the last outcomes and the end of a run.
  ///
  /// - Parameter timeout: for both; nil for the session's.
  package func finish(
    _ runID: UUID, status: ExitStatus, outcomes: [ReportOutcome] = [], timeout: Duration? = nil
  ) async throws {
    _ = try await connection.ask(
      Self.recording(outcomes, in: runID),
      Question(
        "UPDATE reportgen.run SET finished_at = clock_timestamp(), exit_status = $2 WHERE run_id = $1",
        [runID.uuidString, String(status.rawValue)]
      ) { _ in }, timeout: timeout)
  }

  /// - Returns: nil when no run has ever been recorded.
  package func newestRun() async throws -> RunMark? {
    let rows = try await connection.query(
      "SELECT run_id, gates FROM reportgen.run ORDER BY started_at DESC, run_id LIMIT 1")
    return try rows.decoded.first.map { RunMark(runID: try $0.uuid("run_id"), gates: try $0.int("gates")) }
  }

  /// Whether the server shows the run's row with at least so many marks.
  package func shows(_ mark: RunMark) async throws -> Bool {
    let found = try await connection.query(
      "SELECT FROM reportgen.run WHERE run_id = $1 AND gates >= $2",
      [mark.runID.uuidString, String(mark.gates)])
    return found.count == 1
  }
}

/// A row of the primary's ledger, committed before the gate, that a replica has to show: it follows this primary then.
package struct RunMark: Hashable, Sendable {
  package var runID: UUID
  /// How often the run has changed its row; each gate needs a higher value, since a replica that a failover left behind
  /// still shows the earlier ones.
  var gates: Int

  package init(runID: UUID, gates: Int) {
    self.runID = runID
    self.gates = gates
  }
}
