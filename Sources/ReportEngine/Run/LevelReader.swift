import PostgresClient
import ReportLedger
import ReportModel

/// Reads portions of a level's reports in one snapshot of one replica: independent reports side by side, each lane with a
/// session of its own on the primary and, in the snapshot, on the replica.
struct LevelReader: Sendable {
  let context: RunContext
  let sessions: RunSessions
  let attempts: AttemptRunner

  typealias Staged = (PlannedPortion, StagedReport)

  /// What was read of several portions; every transaction on the replica has ended.
  struct Reading: Sendable {
    var staged: [Staged] = []
    var retries: [Retry] = []
    /// The replica's session, for the confirmation; nil when the primary was read in place of a replica, since a session
    /// there proves nothing.
    var replica: Connection?
  }

  /// Passes the gate and reads every portion.
  func read(_ portions: [PlannedPortion]) async throws -> Reading {
    let passed: (replica: Connection, asOf: AsOf, answer: KnownTables)
    for portion in portions { context.step("gate", of: portion.report) }
    do {
      passed = try await sessions.passGate { try await knownTables(of: portions) }
      for portion in portions { context.waiting(portion.report) }
    } catch {
      return Reading(retries: try await attempts.retries(of: portions, after: error))
    }
    do {
      let snapshot = try await ReplicaSnapshot.begin(on: passed.replica, asOf: passed.asOf)
      var reading = try await read(portions, in: snapshot, passed.answer)
      await snapshot.end()
      if passed.asOf.replica != ReplicaGate.primaryPlace {
        reading.replica = passed.replica
      } else {
        await passed.replica.close()
      }
      return reading
    } catch {
      await uncancelled { await passed.replica.close() }
      guard let error = error as? PostgresError else { throw error }
      return Reading(retries: try await attempts.retries(of: portions, after: error))
    }
  }

  /// When the snapshot or a session is lost, all that the level has read is read again: its reports agree to the row.
  private func read(
    _ portions: [PlannedPortion], in snapshot: ReplicaSnapshot, _ tables: KnownTables
  ) async throws -> Reading {
    var lanes = await readInLanes(portions, snapshot, tables)
    let unread = lanes.flatMap(\.unread)
    if !unread.isEmpty, lanes.allSatisfy({ $0.stopped == nil }) {
      lanes.append(await read(unread, sharing: snapshot, tables, isFirst: true))
    }
    var reading = Reading()
    for (portion, error) in lanes.flatMap(\.failed) {
      reading.retries += try await attempts.retries(of: portion, after: error)
    }
    reading.staged = lanes.flatMap(\.staged).sorted { $0.0.report.name < $1.0.report.name }
    let causes = lanes.compactMap(\.stopped)
    guard let cause = causes.first(where: { !($0 is CancellationError) }) ?? causes.first else {
      return reading
    }
    for (_, report) in reading.staged { await attempts.abandon(report, cause) }
    reading.staged = []
    try Task.checkCancellation()
    let over = Set(lanes.flatMap(\.failed).map(\.0.report.name))
    reading.retries += try await attempts.retries(
      of: portions.filter { !over.contains($0.report.name) }, after: cause)
    return reading
  }

  private func knownTables(of portions: [PlannedPortion]) async throws -> KnownTables {
    let reports = portions.map(\.report)
    return try await sessions.ledger { try await KnownTables(of: reports, on: $0.connection) }
  }

  // MARK: Lanes

  /// What one lane has read until it was done or stopped.
  private struct Lane: Sendable {
    var staged: [Staged] = []
    /// Failures of one report each; the lane went on after them.
    var failed: [(PlannedPortion, any Error)] = []
    /// Left to another lane, since the replica has too many sessions for one more.
    var unread: [PlannedPortion] = []
    /// A lost server or an interruption: nothing that was read in this snapshot counts.
    var stopped: (any Error)?
  }

  private func readInLanes(
    _ portions: [PlannedPortion], _ snapshot: ReplicaSnapshot, _ tables: KnownTables
  ) async -> [Lane] {
    let groups = Dictionary(grouping: portions, by: \.lane).sorted { $0.key < $1.key }.map(\.value)
    return await withTaskGroup { group in
      for (number, portions) in groups.enumerated() {
        group.addTask { await read(portions, sharing: snapshot, tables, isFirst: number == 0) }
      }
      var lanes: [Lane] = []
      for await lane in group {
        lanes.append(lane)
        // What the others read would be read again.
        if lane.stopped != nil { group.cancelAll() }
      }
      return lanes
    }
  }

  private func read(
    _ portions: [PlannedPortion], sharing snapshot: ReplicaSnapshot, _ tables: KnownTables, isFirst: Bool
  ) async -> Lane {
    var lane = Lane()
    let own: ReplicaSnapshot
    do {
      own = isFirst ? snapshot : try await snapshot.joined(by: context.servers)
    } catch let error as PostgresError where error.isOfTooManySessions {
      await sessions.noteFewerLanes(error)
      lane.unread = portions
      return lane
    } catch {
      lane.stopped = error
      return lane
    }
    do {
      for portion in portions {
        do {
          try Task.checkCancellation()
          let staged = try await attempts.stage(portion, in: own, tables: tables)
          lane.staged.append((portion.with(staged.attempt.portion), staged))
        } catch  where !(error is CancellationError) && !RunError.from(error).isTransient {
          lane.failed.append((portion, error))
        }
      }
      if !isFirst { await own.leave() }
    } catch {
      lane.stopped = error
    }
    return lane
  }
}
