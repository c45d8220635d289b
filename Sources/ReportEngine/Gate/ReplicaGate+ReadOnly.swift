import PostgresClient
import ReportModel

/// The gate for a command that writes nothing, not even the row by which a run proves its replica.
extension ReplicaGate {
  /// The replica that a run would ask first, however far it has replayed; or what it would read in its place.
  func openAny(primary: Connection) async throws -> Connection {
    let reading = try await read(primary)
    do {
      let candidates = try await openReplicas(reading)
      for other in candidates.dropFirst() { await other.session.close() }
      return candidates[0].session
    } catch let error as PostgresError where error.isTransient && environment.lagging == .usePrimary {
      return try await servers.openReaderOfPrimary()
    }
  }
}
