import PostgresClient
import ReportEngine
import ReportLedger

/// A session on a replica that holds everything committed before its as-of; both sides of a comparison are read there.
struct GatedReplica: Sendable {
  let session: Connection
  let asOf: AsOf

  /// - Returns: nil when no run has ever been recorded.
  /// - Throws: `RunError` when the gate does not open.
  static func open(_ gate: ReplicaGate) async throws -> GatedReplica? {
    let primary = try await gate.servers.openReaderOfPrimary()
    defer { Task { await primary.close() } }
    try await Ledger(connection: primary).requireCurrent()
    return try await gate.passReadOnly(primary: primary).map {
      GatedReplica(session: $0.replica, asOf: $0.asOf)
    }
  }

  /// Runs a body in a new snapshot that two sessions share.
  func inSnapshot<Value: Sendable>(
    _ servers: Servers, _ body: (ReplicaSnapshot, ReplicaSnapshot) async throws -> Value
  ) async throws -> Value {
    do {
      let first = try await ReplicaSnapshot.begin(on: session, asOf: asOf)
      let second = try await first.joined(by: servers)
      let result: Result<Value, any Error>
      do { result = .success(try await body(first, second)) } catch { result = .failure(error) }
      await second.leave()
      let value = try result.get()
      await first.end()
      return value
    } catch {
      await session.rollback()
      throw error
    }
  }
}
