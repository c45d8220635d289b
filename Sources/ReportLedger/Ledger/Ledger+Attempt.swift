import PostgresClient
import ReportModel

extension Ledger {
  /// The attempt has other intervals now than when it began.
  package func change(_ attempt: Attempt) async throws {
    let bounds = attempt.ledgerBounds
    _ = try await connection.query(
      "UPDATE reportgen.report_run SET interval_starts = $2::date[], interval_ends = $3::date[] WHERE attempt_id = $1",
      [attempt.id.uuidString, postgresArray(bounds.starts), postgresArray(bounds.ends)])
  }
}
