import PostgresClient
import ReportLedger
import ReportModel

/// What one lane has read before it came to its end, or to something that stopped it.
struct LaneReading: Sendable {
  package var staged: [(PendingPortion, StagedReport)] = []
  /// Failures of one report each; the lane went on behind them.
  package var failed: [(PendingPortion, any Error)] = []
  /// Left to another lane, since the replica has too many sessions for one more.
  var unread: [PendingPortion] = []
  /// A lost server or an interruption: nothing that was read in this snapshot counts.
  package var stopped: (any Error)?
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
  ///
  /// One after the other, whichever lane each is for: lanes that took theirs side by side would hold what lanes of
  /// another run wait for, and the other way round.
  package func locked(_ portions: [PendingPortion], _ again: inout [(PendingPortion, RunError)]) async throws
    -> [PendingPortion]
  {
    var locked: [PendingPortion] = []
    let deadline = lockDeadline
    /// The primary gives no session: the other reports would each wait in vain for it.
    var isAway: PostgresError?
    for report in LockKey.inOrder(portions.map(\.report)) {
      for portion in portions where portion.report.name == report.name {
        do {
          if let isAway { throw isAway }
          observe(.step(report: report.name, step: "lock"))
          let lane = try await lock(report, in: portion.lane, until: deadline)
          observe(.waiting(report: report.name))
          let left = try await leftToAppend(portion.inLane(lane), in: self.lane(lane))
          if let left { locked.append(left) }
        } catch {
          if let error = error as? PostgresError, error.isConnectFailure { isAway = error }
          try await settle(portion, error, &again)
        }
      }
    }
    try Task.checkCancellation()
    return locked.sorted { $0.report.name < $1.report.name }
  }

  /// - Returns: the lane whose session holds the lock: the run's own where the primary takes no further session.
  private func lock(_ report: Report, in number: Int, until deadline: ContinuousClock.Instant) async throws
    -> Int
  {
    do {
      _ = try await lane(number).lock(report, until: deadline)
      return number
    } catch let error as PostgresError where error.isOfTooManySessions && number > 0 {
      noteFewerLanes(error)
      _ = try await main.lock(report, until: deadline)
      return 0
    }
  }

  private func noteFewerLanes(_ error: PostgresError) {
    guard !hasFewerLanes else { return }
    hasFewerLanes = true
    var diagnostic = RunError.from(error).diagnostic
    diagnostic.message = "going on with fewer reports at once: \(diagnostic.message)"
    observe(.note(diagnostic))
  }

  func unlock(_ portions: [PendingPortion]) async {
    for portions in inLanes(portions, \.lane) {
      await lane(portions[0].lane).unlock(portions.map(\.report))
    }
  }

  // MARK: Reading

  /// When the snapshot or a session is lost, all that the level has read is read again: its reports agree to the row.
  package func read(
    _ portions: [PendingPortion], in snapshot: ReplicaSnapshot, _ again: inout [(PendingPortion, RunError)]
  ) async throws -> [(PendingPortion, StagedReport)] {
    var readings = await readInLanes(portions, snapshot)
    let unread = readings.flatMap(\.unread)
    if !unread.isEmpty, readings.allSatisfy({ $0.stopped == nil }) {
      readings.append(await read(unread, sharing: snapshot, isFirst: true))
    }
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
    let own: ReplicaSnapshot
    do {
      own = isFirst ? snapshot : try await snapshot.joined(by: configuration.servers)
    } catch let error as PostgresError where error.isOfTooManySessions {
      noteFewerLanes(error)
      reading.unread = portions
      return reading
    } catch {
      reading.stopped = error
      return reading
    }
    do {
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

  package func publish(
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
