import PostgresClient
import ReportLedger
import ReportModel

/// Runs the reports of one level of the dependency graph. They agree with each other to the row: each round of portions
/// is read in one snapshot.
struct LevelRunner: Sendable {
  let context: RunContext
  let sessions: RunSessions
  let journal: RunJournal
  let attempts: AttemptRunner
  let reader: LevelReader
  let views: ViewRunner
  let confirmer: Confirmer

  func run(_ level: [Report], _ plans: [String: [Portion]]) async throws {
    var reports: [Report] = []
    for report in level where try await isRunnable(report) { reports.append(report) }
    let lanes = try await assignLanes(reports.filter { plans[$0.name]?.isEmpty == false })
    let rounds = reports.compactMap { plans[$0.name]?.count }.max() ?? 0
    for round in 0..<rounds {
      var planned: [PlannedPortion] = []
      for report in reports {
        guard let portions = plans[report.name], round < portions.count else { continue }
        guard await !journal.isStopped(report) else { continue }
        planned.append(
          PlannedPortion(report: report, portion: portions[round], lane: lanes[report.name] ?? 0))
      }
      try await run(round: planned)
      for report in planned.map(\.report) {
        let isStopped = await journal.isStopped(report)
        guard isStopped || round + 1 == plans[report.name]?.count else { continue }
        if let outcome = await journal.outcome(of: report) { context.observe(.ended(outcome)) }
        if !context.publishes || !report.hasFiles { await journal.done(with: [report]) }
      }
    }
  }

  /// A failed report skips what depends on it, and nothing else.
  private func isRunnable(_ report: Report) async throws -> Bool {
    if await journal.state(of: report.name) == .failed { return false }
    for name in context.graph.upstream(of: report.name).sorted() {
      guard let state = await journal.state(of: name), state == .failed || state == .skipped else { continue }
      context.observe(.ended(await journal.skipped(report, because: name)))
      return false
    }
    return true
  }

  /// - Returns: the lane of each report for as long as the level runs: a lost session's lock is waited for in the same
  ///   lane, which knows that it was its own.
  private func assignLanes(_ reports: [Report]) async throws -> [String: Int] {
    guard context.options.jobs > 1, reports.count > 1 else { return [:] }
    let names = reports.map(\.name)
    let seconds = try await sessions.ledger { try await $0.lastSeconds(of: names) }
    return LanePlan.assign(names, seconds: seconds, jobs: context.options.jobs)
  }

  // MARK: Rounds

  /// Attempts the portions until nothing is left that another attempt could help.
  private func run(round: [PlannedPortion]) async throws {
    var pending = round
    while !pending.isEmpty {
      try Task.checkCancellation()
      // A report has one staging table: two parts of it go one after the other.
      var (now, later): ([PlannedPortion], [PlannedPortion]) = ([], [])
      for portion in pending {
        let isFirst = !now.contains { $0.report.name == portion.report.name }
        if isFirst { now.append(portion) } else { later.append(portion) }
      }
      let end = try await attempt(now)
      let next = try await waiting(end.retries) + later + end.done
      pending = []
      for portion in next where await !journal.isStopped(portion.report) { pending.append(portion) }
    }
  }

  /// What is attempted again, after a pause that grows; parts of a divided portion need none.
  private func waiting(_ retries: [Retry]) async throws -> [PlannedPortion] {
    let pause = min(200 << (retries.map(\.portion.tries).max() ?? 0), 5000)
    var pending: [PlannedPortion] = []
    for retry in retries {
      let portion = retry.portion
      guard portion.tries < context.options.tries else {
        await journal.failed(portion, retry.cause)
        continue
      }
      if portion.tries > 0 || retry.cause.needsFullStaging {
        context.observe(
          .retrying(
            report: portion.report.name, because: retry.cause.diagnostic,
            afterMilliseconds: portion.tries > 0 ? pause : 0))
      }
      pending.append(portion)
    }
    if pending.contains(where: { $0.tries > 0 }) { try await Task.sleep(for: .milliseconds(pause)) }
    return pending
  }

  /// One attempt at every portion: locks, one gate, one snapshot, then checks and publishes, one confirmation, files.
  ///
  /// - Returns: what an attempt left to read, and what is attempted again.
  private func attempt(_ portions: [PlannedPortion]) async throws -> StepResult<PlannedPortion> {
    var published: [PublishedReport] = []
    var replica: Connection?
    do {
      let locked = try await lock(portions)
      let tables = locked.done.filter { $0.report.materialization.kind != .view }
      let read = tables.isEmpty ? LevelReader.Reading() : try await reader.read(tables)
      replica = read.replica
      let fromTables = try await attempts.publish(read.staged)
      published = fromTables.done
      let fromViews = try await views.publish(
        locked.done.filter { $0.report.materialization.kind == .view })
      published += fromViews.done
      try await confirmer.confirmAndExport(published, replica: replica)
      await replica?.close()
      return StepResult(
        done: read.staged.compactMap { planned, staged in staged.rest.map(planned.followed) },
        retries: locked.retries + read.retries + fromTables.retries + fromViews.retries)
    } catch {
      let (opened, files) = (replica, published.compactMap(\.staged.file))
      await uncancelled {
        for file in files { await file.discard() }
        await opened?.close()
      }
      throw error
    }
  }

  // MARK: Locks

  /// Takes the locks that the run does not hold yet, and makes sure of the others.
  ///
  /// Every lock comes before the gate: nothing waits for another run while it holds a snapshot, and what that run
  /// published is older than what this one reads. One after the other, whichever lane each is for: lanes that took
  /// theirs side by side could hold what lanes of another run wait for, while those hold what they wait for.
  private func lock(_ portions: [PlannedPortion]) async throws -> StepResult<PlannedPortion> {
    var result = StepResult<PlannedPortion>()
    let deadline = sessions.lockDeadline
    /// Why the primary gives no session: the other reports do not wait for one again.
    var isAway: PostgresError?
    for report in LockKey.inOrder(portions.map(\.report)) {
      for portion in portions where portion.report.name == report.name {
        do {
          if let isAway { throw isAway }
          context.step("lock", of: report)
          let lane = try await sessions.lock(report, in: portion.lane, until: deadline)
          context.waiting(report)
          if let left = try await attempts.leftToAppend(portion.inLane(lane)) { result.done.append(left) }
        } catch {
          if let error = error as? PostgresError, error.isConnectFailure { isAway = error }
          result.retries += try await attempts.retries(of: portion, after: error)
        }
      }
    }
    try Task.checkCancellation()
    result.done.sort { $0.report.name < $1.report.name }
    return result
  }
}
