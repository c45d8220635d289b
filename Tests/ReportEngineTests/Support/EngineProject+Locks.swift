import PostgresClient
import ReportModel
import Testing

@testable import ReportEngine
@testable import ReportLedger

extension EngineProject {
  /// A session of the project's role on the primary that belongs to no run.
  func otherSession() -> PrimarySession {
    PrimarySession(
      servers: servers, reconnect: ServerReconnect(to: "primary", patience: .zero) { _ in }, isSpare: false)
  }

  /// Takes a report's lock as a run's session does, and keeps it until the session is closed.
  func lock(_ report: Report, in session: PrimarySession) async throws -> Connection {
    try #require(try await session.lock(report, until: .now))
  }

  /// Waits until a run asks for a lock that this session holds.
  func waitForLocking(besides session: Connection) async throws {
    try await wait(
      """
      select from pg_stat_activity where query like 'INSERT INTO reportgen.report_lock%'
        and application_name = 'engine of \(database.name)' and pid <> \(await session.backendPID)
      """)
  }
}
