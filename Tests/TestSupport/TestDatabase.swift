import ProcessRunner
import ReportModel
import Sandbox

/// A database of one test, on a primary and its replica.
package struct TestDatabase: Sendable {
  package let name: String
  /// The servers it is on.
  package let pair: TestPair

  /// Connection strings of the superuser.
  package var primary: String { conninfo(.primary, user: "postgres") }
  package var replica: String { conninfo(.replica, user: "postgres") }

  /// - Parameter user: `postgres`, or one of the sandbox' roles: `reportgen_reader`, `reportgen_writer`, `superset`.
  package func conninfo(_ server: Sandbox.Server, user: String) -> String {
    pair.conninfo(server, user: user, database: name)
  }

  /// Waits until the replica shows everything committed on the primary so far.
  package func waitForReplay() async throws { try await pair.waitForReplay() }
}

/// Runs the body with a fresh database on the pair that all tests share; the database is dropped afterwards.
///
/// The replica has it already. About 0.1 s of its own.
/// - Parameter clock: the time that the database's clock shows at the start; nil: the machine's.
package nonisolated(nonsending) func withDatabase<R>(
  clock: String? = ServerClock.noon, _ body: (TestDatabase) async throws -> R
) async throws -> R {
  try await TestPair.shared().withDatabase(clock: clock, body)
}

/// What `psql -XAtq` prints for the statements, without the last line feed: an oracle that shares no code with ours.
///
/// Holds the calling thread until psql ends.
/// - Throws: `Diagnostic` with psql's own error text.
package func psql(_ conninfo: String, _ sql: String) throws -> String {
  let arguments = ["-XAtq", "-v", "ON_ERROR_STOP=1", "-d", conninfo, "-c", sql]
  let result = try TestPostgres.programs().command("psql", arguments).runBlocking()
  guard result.status == 0 else { throw Diagnostic(.error, "psql failed", detail: result.error) }
  return result.output.hasSuffix("\n") ? String(result.output.dropLast()) : result.output
}
