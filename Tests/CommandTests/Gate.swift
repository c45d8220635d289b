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

  /// Waits until a session of the command waits for a lock of this kind on this server.
  func waitForRun(_ kind: String, _ sourceLocation: SourceLocation = #_sourceLocation) async throws {
    try await waitUntil(conninfo, Self.waiting(kind), sourceLocation)
  }

  static func waiting(_ kind: String) -> String {
    """
    exists (select from pg_stat_activity where application_name = 'reportgen'
      and datname = current_database() and wait_event_type = 'Lock' and wait_event = '\(kind)')
    """
  }

  func open() async { await connection.close() }
}

/// Waits until a condition holds on a server.
///
/// Asks in statements of their own, since one long statement would hold a snapshot that can hold up replay.
func waitUntil(
  _ conninfo: String, _ condition: String, _ sourceLocation: SourceLocation = #_sourceLocation
) async throws {
  let session = try await Connection.open(
    conninfo, ConnectionOptions(name: "watch", applicationName: "watch"))
  defer { Task { await session.close() } }
  try await waitFor(condition, sourceLocation: sourceLocation) {
    try await session.query("select \(condition)").rows.first?.first == "t"
  }
}
