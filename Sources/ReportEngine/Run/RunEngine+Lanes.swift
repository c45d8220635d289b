import PostgresClient
import ReportModel

/// What one lane has read before it came to its end, or to something that stopped it.
struct LaneReading: Sendable {
  var staged: [(PendingPortion, StagedReport)] = []
  /// Failures of one report each; the lane went on behind them.
  var failed: [(PendingPortion, any Error)] = []
  /// A lost server or an interruption: nothing that was read in this snapshot counts.
  var stopped: (any Error)?
}

/// Independent reports side by side: each lane has a session of its own on the primary and, in the level's one
/// snapshot, on the replica.
extension RunEngine {
  /// The session of a lane; lane 0 is the run's own.
  func lane(_ number: Int) -> PrimarySession {
    while lanes.count <= number { lanes.append(makeSession()) }
    return lanes[number]
  }

  /// Every lane's portions, in the order of the lanes.
  private func inLanes<Element>(_ elements: [Element], _ lane: (Element) -> Int) -> [[Element]] {
    Dictionary(grouping: elements, by: lane).sorted { $0.key < $1.key }.map(\.value)
  }

  /// - Returns: the lane of each report for as long as the level runs: a lost session's lock is waited for in the same
  ///   lane, which knows that it was its own.
  func assignLanes(_ reports: [Report]) async throws -> [String: Int] {
    guard options.jobs > 1, reports.count > 1 else { return [:] }
    let names = reports.map(\.name)
    let seconds = try await ledger { try await $0.lastSeconds(of: names) }
    return LanePlan.assign(names, seconds: seconds, jobs: options.jobs)
  }

  // MARK: Locks

  /// Every lock comes before the gate: nothing waits for another run while it holds a snapshot, and what that run
  /// published is older than what this one reads.
  func locked(_ portions: [PendingPortion], _ again: inout [(PendingPortion, RunError)]) async throws
    -> [PendingPortion]
  {
    var locked: [PendingPortion] = []
    var refused: [(PendingPortion, any Error)] = []
    await withTaskGroup { group in
      for portions in inLanes(portions, \.lane) {
        group.addTask { await self.lockEach(portions) }
      }
      for await outcome in group {
        locked += outcome.locked
        refused += outcome.refused
      }
    }
    try Task.checkCancellation()
    for (portion, error) in refused { try await settle(portion, error, &again) }
    return locked.sorted { $0.report.name < $1.report.name }
  }

  private func lockEach(_ portions: [PendingPortion]) async -> (
    locked: [PendingPortion], refused: [(PendingPortion, any Error)]
  ) {
    var locked: [PendingPortion] = []
    var refused: [(PendingPortion, any Error)] = []
    for (number, portion) in portions.enumerated() {
      do {
        observe(.step(report: portion.report.name, step: "lock"))
        _ = try await lane(portion.lane).lock(portion.report)
        observe(.waiting(report: portion.report.name))
        locked.append(portion)
      } catch let error as PostgresError where error.isConnectFailure {
        // The lane has no session: its other reports would each wait in vain for a primary that does not answer.
        refused += portions[number...].map { ($0, error) }
        break
      } catch {
        refused.append((portion, error))
      }
    }
    return (locked, refused)
  }

  func unlock(_ portions: [PendingPortion]) async {
    for portions in inLanes(portions, \.lane) {
      await lane(portions[0].lane).unlock(portions.map(\.report))
    }
  }

  // MARK: Reading

  /// When the snapshot or a session is lost, all that the level has read is read again: its reports agree to the row.
  func read(
    _ portions: [PendingPortion], in snapshot: ReplicaSnapshot, _ again: inout [(PendingPortion, RunError)]
  ) async throws -> [(PendingPortion, StagedReport)] {
    let readings = await readInLanes(portions, snapshot)
    for (portion, error) in readings.flatMap(\.failed) { try await settle(portion, error, &again) }
    let staged = readings.flatMap(\.staged).sorted { $0.0.report.name < $1.0.report.name }
    let causes = readings.compactMap(\.stopped)
    guard let cause = causes.first(where: { !($0 is CancellationError) }) ?? causes.first else {
      return staged
    }
    for (_, report) in staged { await abandon(report, cause) }
    try Task.checkCancellation()
    let over = Set(readings.flatMap(\.failed).map(\.0.report.name))
    for portion in portions where !over.contains(portion.report.name) {
      try await settle(portion, cause, &again)
    }
    return []
  }

  private func readInLanes(_ portions: [PendingPortion], _ snapshot: ReplicaSnapshot) async -> [LaneReading] {
    let groups = inLanes(portions, \.lane)
    return await withTaskGroup { group in
      for (number, portions) in groups.enumerated() {
        group.addTask { await self.read(portions, sharing: snapshot, isFirst: number == 0) }
      }
      var readings: [LaneReading] = []
      for await reading in group {
        readings.append(reading)
        // What the others read would be read again.
        if reading.stopped != nil { group.cancelAll() }
      }
      return readings
    }
  }

  private func read(_ portions: [PendingPortion], sharing snapshot: ReplicaSnapshot, isFirst: Bool) async
    -> LaneReading
  {
    var reading = LaneReading()
    do {
      let own = isFirst ? snapshot : try await snapshot.joined(by: configuration.servers)
      for portion in portions {
        do {
          try Task.checkCancellation()
          let staged = try await stage(portion, in: own)
          reading.staged.append((portion.with(staged.attempt.portion), staged))
        } catch  where !(error is CancellationError) && !RunError.from(error).isTransient {
          reading.failed.append((portion, error))
        }
      }
      if !isFirst { await own.leave() }
    } catch {
      reading.stopped = error
    }
    return reading
  }

  // MARK: Publishing

  func publish(
    _ staged: [(PendingPortion, StagedReport)], _ again: inout [(PendingPortion, RunError)]
  ) async throws -> [PublishedReport] {
    var published: [PublishedReport] = []
    var failed: [(PendingPortion, any Error)] = []
    await withTaskGroup { group in
      for portions in inLanes(staged, \.0.lane) {
        group.addTask { await self.publishEach(portions) }
      }
      for await outcome in group {
        published += outcome.published
        failed += outcome.failed
      }
    }
    if Task.isCancelled {
      for done in published { await done.staged.file?.discard() }
      throw CancellationError()
    }
    for (portion, error) in failed { try await settle(portion, error, &again) }
    return published.sorted { $0.staged.attempt.report.name < $1.staged.attempt.report.name }
  }

  private func publishEach(_ staged: [(PendingPortion, StagedReport)]) async -> (
    published: [PublishedReport], failed: [(PendingPortion, any Error)]
  ) {
    var published: [PublishedReport] = []
    var failed: [(PendingPortion, any Error)] = []
    for (portion, report) in staged {
      do {
        if Task.isCancelled { await abandon(report, CancellationError()) }
        try Task.checkCancellation()
        if let done = try await checkAndPublish(report) { published.append(done) }
        observe(.waiting(report: portion.report.name))
      } catch {
        failed.append((portion, error))
      }
    }
    return (published, failed)
  }
}
