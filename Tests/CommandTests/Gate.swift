import PostgresClient
import TestSupport
import Testing

/// Holds a lock on a server from outside, so that a run stops exactly where it needs that lock.
///
/// The facts waited for are the server's own: who waits for which lock.
final class Gate: Sendable {
  private let connection: Connection
  private let conninfo: String

  /// - Parameter lock: SQL that takes the lock, within a transaction.
  init(_ conninfo: String, lock: String) async throws {
    self.conninfo = conninfo
    connection = try await Connection.open(
      conninfo, ConnectionOptions(name: "gate", applicationName: "gate"))
    _ = try await connection.execute("BEGIN; \(lock)")
  }

  /// The gate of `shop.gate(key)`.
  static func key(_ key: Int, on conninfo: String) async throws -> Gate {
    try await Gate(conninfo, lock: "SELECT pg_advisory_xact_lock(\(key))")
  }

  /// Waits until a session of the command waits for a lock on this server.
  func waitForRun(_ sourceLocation: SourceLocation = #_sourceLocation) async throws {
    try await waitUntil(
      conninfo,
      """
      exists (select from pg_stat_activity where application_name = 'reportgen'
        and datname = current_database() and wait_event_type = 'Lock')
      """, sourceLocation)
  }

  func open() async { await connection.close() }
}

/// Waits in the server until a condition holds there; asking again costs no round trip.
func waitUntil(
  _ conninfo: String, _ condition: String, _ sourceLocation: SourceLocation = #_sourceLocation
) async throws {
  let loop = """
    do $$ begin
      for i in 1..6000 loop
        perform pg_stat_clear_snapshot();
        if \(condition) then return; end if;
        perform pg_sleep(0.005);
      end loop;
      raise 'did not come true within 30 s';
    end $$
    """
  do {
    let connection = try await Connection.open(
      conninfo, ConnectionOptions(name: "watch", applicationName: "watch"))
    defer { Task { await connection.close() } }
    _ = try await connection.execute(loop)
  } catch {
    Issue.record("waited in vain for \(condition): \(error)", sourceLocation: sourceLocation)
    throw error
  }
}
