import Foundation
import PostgresClient
import ReportLedger
import ReportModel

/// The gate for a command that writes nothing, not even the row by which a run proves its replica.
extension ReplicaGate {
  /// The replica that a run would ask first, however far it has replayed; or what it would read in its place.
  package func openAny(primary: Connection) async throws -> Connection {
    let reading = try await read(primary)
    guard environment.hasReplica else { return try await servers.openReaderOfPrimary() }
    do {
      let candidates = try await OpenedReplicas.open(by: self).candidates {
        try await requirePair($0, reading)
      }
      for other in candidates.dropFirst() { await other.session.close() }
      return candidates[0].session
    } catch let error as PostgresError where error.isTransient && environment.lagging == .usePrimary {
      return try await servers.openReaderOfPrimary()
    }
  }

  /// - Returns: nil when no run has ever been recorded, and so nothing is published.
  /// - Throws: as `pass`, and 75 when nothing proves that the replica follows this primary.
  package func passReadOnly(primary: Connection) async throws -> (replica: Connection, asOf: AsOf)? {
    guard let mark = try await Ledger(connection: primary).newestRun() else { return nil }
    let passed = try await pass { (mark, try await read(primary)) }
    guard passed.asOf.replica != Self.primaryPlace else { return passed }
    do {
      try await requireOneHistory(passed.replica, passed.asOf, primary)
      return passed
    } catch {
      await passed.replica.close()
      throw error
    }
  }

  /// Requires that the replica still follows this primary. That it shows the primary's newest run proves a common history
  /// up to that run only; so it has to be on the same timeline, and its newest run has to be one that the primary has.
  func requireOneHistory(_ replica: Connection, _ asOf: AsOf, _ primary: Connection) async throws {
    // Control file, point of recovery, and what is being received, where the role may see it: each is current or out of date.
    let timeline = try Row(
      only:
        try await replica.query(
          """
          SELECT greatest((pg_control_checkpoint()).timeline_id, (pg_control_recovery()).min_recovery_end_timeline,
            (SELECT max(received_tli) FROM pg_stat_wal_receiver)) AS timeline
          """)
    ).int("timeline")
    guard timeline == asOf.timeline else { throw Self.otherTimeline(asOf, timeline) }
    guard let newest = try await Ledger(connection: replica).newestRun() else { return }
    let mark = RunMark(runID: newest.runID, gates: 0)
    guard try await Ledger(connection: primary).shows(mark) else { throw Self.otherHistory(asOf) }
  }

  private static func otherTimeline(_ asOf: AsOf, _ timeline: Int) -> RunError {
    RunError(
      .tryAgain,
      Diagnostic(
        "replica \"\(asOf.replica)\" is on timeline \(timeline), as far as it says, the primary on \(asOf.timeline)",
        detail: "After a failover a replica's control file names the new timeline some minutes later, with a "
          + "restartpoint. Nothing was compared.",
        hint:
          "Run again later. GRANT pg_read_all_stats to the role that reads, and the timeline is seen at once."
      ))
  }

  private static func otherHistory(_ asOf: AsOf) -> RunError {
    RunError(
      .tryAgain,
      Diagnostic(
        "replica \"\(asOf.replica)\" has a run in its ledger that the primary does not have",
        detail: "It follows another primary. Nothing was compared.",
        hint: "Both strings of the environment have to lead to the current leader's cluster."))
  }
}
