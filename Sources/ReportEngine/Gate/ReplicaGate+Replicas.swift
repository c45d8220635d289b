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

/// Sessions on the replicas' hosts, in the order in which a run would read them, or why there is none.
struct OpenedReplicas: Sendable {
  private var sessions: [Result<Connection, any Error>]

  /// One session on each host of the replica's string that answers; a single one on the first where it names one host.
  ///
  /// Never throws: what went wrong is thrown by `candidates`.
  static func open(by gate: ReplicaGate) async -> OpenedReplicas {
    var opened = OpenedReplicas(sessions: [])
    do {
      let places = try gate.servers.replicaPlaces()
      guard places.count > 1 else {
        try await opened.open(nil, gate)
        return opened
      }
      for place in try await ClusterMembers.ask(gate.environment)?.order(places) ?? places {
        try await opened.open(place, gate)
      }
    } catch {
      // Another host is not tried.
      await opened.close()
      opened.sessions = [.failure(error)]
    }
    return opened
  }

  private mutating func open(_ place: ServerPlace?, _ gate: ReplicaGate) async throws {
    do {
      sessions.append(.success(try await gate.servers.openReplica(at: place)))
    } catch  where Self.isPassedOver(error) {
      sessions.append(.failure(error))
    }
  }

  /// Closes the sessions that do not belong to the primary's cluster.
  ///
  /// - Parameter place: where a session's server is; throws when a run must not read it.
  /// - Throws: the first host's error, when there is no session; what is wrong with the configuration.
  func candidates(_ place: (Connection) async throws -> String) async throws -> [ReplicaCandidate] {
    var candidates: [ReplicaCandidate] = []
    var failures: [any Error] = []
    for (number, opened) in sessions.enumerated() {
      do {
        let session = try opened.get()
        candidates.append(ReplicaCandidate(session: session, place: try await place(session)))
      } catch  where Self.isPassedOver(error) {
        failures.append(error)
        try? await opened.get().close()
      } catch {
        for opened in sessions[number...] { try? await opened.get().close() }
        for candidate in candidates { await candidate.session.close() }
        throw error
      }
    }
    if candidates.isEmpty, let failure = failures.first { throw failure }
    return candidates
  }

  func close() async {
    for session in sessions { try? await session.get().close() }
  }

  /// Whether another host is tried instead: this one cannot be reached now, or is the primary. A wrong password or another
  /// cluster is an error of the configuration and ends the run.
  private static func isPassedOver(_ error: any Error) -> Bool {
    if let error = error as? PostgresError { return error.isTransient }
    return (error as? RunError)?.isTransient ?? false
  }
}

/// Which of several replicas a run reads: the first in the order of the string that has replayed far enough.
extension ReplicaGate {
  /// - Returns: where the replica is: host and port, or its cluster's name.
  func requirePair(_ replica: Connection, _ reading: Reading) async throws -> String {
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
