import Foundation
import PostgresClient
import ReportLedger

/// Waits until one of several replicas has replayed what a run needs.
struct ReplayWait: Sendable {
  let needed: WALPosition
  /// Has to be seen on the replica.
  let mark: RunMark
  let patienceMilliseconds: Int
  private let began = ContinuousClock.now

  init(needed: WALPosition, mark: RunMark, patienceMilliseconds: Int) {
    self.needed = needed
    self.mark = mark
    self.patienceMilliseconds = patienceMilliseconds
  }

  /// How far one replica has replayed, and since when that has not changed.
  private struct Watch {
    var candidate: ReplicaCandidate
    var position: WALPosition?
    var moved = ContinuousClock.now
  }

  /// - Parameter candidates: in the order of preference; at least one.
  /// - Returns: the first that holds everything before `needed`; or the one that was given up last, and why.
  /// - Throws: `PostgresError` when the last one was lost.
  func choose(from candidates: [ReplicaCandidate]) async throws -> (
    candidate: ReplicaCandidate, refusal: GateRefusal?
  ) {
    var waiting = candidates.map { Watch(candidate: $0) }
    while true {
      var left: [Watch] = []
      var givenUp: Result<(ReplicaCandidate, GateRefusal?), any Error> = .failure(CancellationError())
      var pause = Int.max
      for var watch in waiting {
        do {
          switch try await decide(&watch) {
          case .proceed: return (watch.candidate, nil)
          case .refuse(let refusal): givenUp = .success((watch.candidate, refusal))
          case .wait(let milliseconds):
            pause = min(pause, milliseconds)
            left.append(watch)
          }
        } catch let error as PostgresError where error.isTransient {
          givenUp = .failure(error)
        }
      }
      if left.isEmpty { return try givenUp.get() }
      waiting = left
      try await Task.sleep(for: .milliseconds(pause))
    }
  }

  private func decide(_ watch: inout Watch) async throws -> GateDecision {
    let session = watch.candidate.session
    let replayed = try await position(on: session)
    let now = ContinuousClock.now
    if replayed != watch.position { (watch.position, watch.moved) = (replayed, now) }
    let hasReplayed = replayed.map { $0 >= needed } ?? false
    return decideGate(
      replayed: replayed, needed: needed,
      hasRun: hasReplayed ? try await Ledger(connection: session).shows(mark) : false,
      stillMilliseconds: (now - watch.moved).milliseconds, waitedMilliseconds: (now - began).milliseconds,
      patienceMilliseconds: patienceMilliseconds)
  }

  private func position(on session: Connection) async throws -> WALPosition? {
    let facts = try Row(
      only:
        try await session.query(
          """
          SELECT coalesce(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()
            ELSE pg_current_wal_insert_lsn() END, '0/0') AS lsn
          """))
    return WALPosition(try facts["lsn"])
  }
}
