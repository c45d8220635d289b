import Foundation
import PostgresClient
import ReportLedger
import ReportModel

/// An open session on a server that a run may read.
struct ReplicaCandidate: Sendable {
  var session: Connection
  /// Host and port, or the cluster's name.
  var place: String
}

/// Which of several replicas a run reads: the first in the order of the string that has replayed far enough.
extension ReplicaGate {
  /// One session on each host that answers; where the string names several, those that do not are passed over.
  ///
  /// - Throws: `RunError`, or the first host's `PostgresError`, when there is none.
  func openReplicas(_ reading: Reading) async throws -> [ReplicaCandidate] {
    let places = try servers.replicaPlaces()
    guard places.count > 1 else { return [try await openReplica(at: nil, reading)] }
    let ordered = try await ClusterMembers.ask(environment)?.order(places) ?? places
    var candidates: [ReplicaCandidate] = []
    var failures: [any Error] = []
    for place in ordered {
      do {
        candidates.append(try await openReplica(at: place, reading))
      } catch  where Self.isPassedOver(error) {
        failures.append(error)
      } catch {
        for candidate in candidates { await candidate.session.close() }
        throw error
      }
    }
    if candidates.isEmpty, let failure = failures.first { throw failure }
    return candidates
  }

  /// Whether another host is tried instead: this one cannot be reached now, or is the primary. A wrong password or another
  /// cluster is an error of the configuration and ends the run.
  private static func isPassedOver(_ error: any Error) -> Bool {
    if let error = error as? PostgresError { return error.isTransient }
    return (error as? RunError)?.isTransient ?? false
  }

  private func openReplica(at place: ServerPlace?, _ reading: Reading) async throws -> ReplicaCandidate {
    let session = try await servers.openReplica(at: place)
    do {
      return ReplicaCandidate(session: session, place: try await requirePair(session, reading))
    } catch {
      await session.close()
      throw error
    }
  }

  /// - Returns: where the replica is: host and port, or its cluster's name.
  private func requirePair(_ replica: Connection, _ reading: Reading) async throws -> String {
    let facts = try Row(
      only:
        try await replica.query(
          """
          SELECT pg_is_in_recovery() AS is_replica, (pg_control_system()).system_identifier,
            current_database() AS database, coalesce(host(inet_server_addr()) || ':' || inet_server_port(),
              nullif(current_setting('cluster_name'), ''), 'local') AS place, \(SessionLocale.columns)
          """))
    guard try facts["system_identifier"] == reading.systemIdentifier,
      try facts["database"] == reading.database
    else {
      throw RunError(
        .definition,
        Diagnostic(
          "replica and primary belong to different clusters or databases",
          detail:
            "The replica is database \"\(try facts["database"])\" of system \(try facts["system_identifier"]), "
            + "the primary \"\(reading.database)\" of system \(reading.systemIdentifier). Nothing was read.",
          hint:
            "Both strings of environment \"\(environment.name)\" have to lead to the same cluster and database."
        ))
    }
    if let difference = SessionLocale.difference(replica: try SessionLocale(facts), primary: reading.locale) {
      throw difference
    }
    guard try facts["is_replica"] == "f" else { return try facts["place"] }
    guard environment.lagging == .usePrimary else {
      throw RunError(
        .tryAgain,
        Diagnostic(
          "the replica's connection string leads to a primary", detail: "Nothing was read.",
          hint: Servers.replicaHint), isTransient: true)
    }
    return try facts["place"]
  }
}
