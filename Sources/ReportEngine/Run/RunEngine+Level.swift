import Foundation
import PostgresClient
import ReportLedger
import ReportModel

/// One report's portion, waiting for an attempt.
package struct PendingPortion: Sendable {
  package var report: Report
  package var portion: Portion
  package var tries = 0
  /// One of the parts into which a failed portion was divided.
  var isPart = false
  /// Which session on the primary carries its attempts.
  var lane = 0

  /// The same with what was read of its portion.
  package func with(_ portion: Portion) -> PendingPortion {
    var other = self
    other.portion = portion
    return other
  }

  func inLane(_ lane: Int) -> PendingPortion {
    var other = self
    other.lane = lane
    return other
  }

  /// Another one with what was left to read.
  func followed(by rest: Portion) -> PendingPortion {
    var next = with(rest)
    next.tries = 0
    return next
  }
}

extension RunEngine {
  /// So many failed intervals of one report are looked for one by one.
  static let maxFailedParts = 5

  /// Reports of one level agree with each other to the row: each round of portions is read in one snapshot.
  package func run(level: [Report], plans: [String: [Portion]], graph: DependencyGraph) async throws {
    let reports = level.filter { report in
      if outcomes[report.name]?.state == .failed { return false }
      return !skip(report, graph: graph)
    }
    let lanes = try await assignLanes(reports.filter { plans[$0.name]?.isEmpty == false })
    let rounds = reports.compactMap { plans[$0.name]?.count }.max() ?? 0
    for round in 0..<rounds {
      let pending = reports.compactMap { report -> PendingPortion? in
        guard !stopped.contains(report.name) else { return nil }
        guard let portions = plans[report.name], round < portions.count else { return nil }
        return PendingPortion(report: report, portion: portions[round], lane: lanes[report.name] ?? 0)
      }
      try await run(round: pending)
      for report in pending.map(\.report) where isLast(round, of: report, plans) {
        if let outcome = outcomes[report.name] { observe(.ended(outcome)) }
      }
    }
  }

  private func isLast(_ round: Int, of report: Report, _ plans: [String: [Portion]]) -> Bool {
    stopped.contains(report.name) || round + 1 == plans[report.name]?.count
  }

  /// A failed report skips what depends on it, and nothing else.
  private func skip(_ report: Report, graph: DependencyGraph) -> Bool {
    let failed = graph.upstream(of: report.name).filter {
      outcomes[$0].map { $0.state == .failed || $0.state == .skipped } ?? false
    }
    guard let cause = failed.min() else { return false }
    // What can be tried again later makes all that waits for it wait, too.
    let status = outcomes[cause]?.status ?? .failed
    var outcome = ReportOutcome(
      report: report, state: .skipped, status: status == .tryAgain ? .tryAgain : .failed)
    let fate = status == .tryAgain ? "has to wait" : "failed"
    outcome.diagnostics.append(
      Diagnostic("\"\(report.name)\" was skipped: it reads \"\(cause)\", which \(fate)", file: report.sqlFile)
    )
    outcomes[report.name] = outcome
    observe(.ended(outcome))
    return true
  }

  /// Tries until nothing is left that another try could help.
  private func run(round: [PendingPortion]) async throws {
    var pending = round
    while !pending.isEmpty {
      try Task.checkCancellation()
      // A report has one staging table: two parts of it go one after the other.
      var (now, later): ([PendingPortion], [PendingPortion]) = ([], [])
      for portion in pending {
        let isFirst = !now.contains { $0.report.name == portion.report.name }
        if isFirst { now.append(portion) } else { later.append(portion) }
      }
      let (again, rest) = try await attempt(now)
      pending = try await waiting(again) + later + rest
      pending.removeAll { stopped.contains($0.report.name) }
    }
  }

  /// What is tried again, after a pause that grows; parts of a divided portion need none.
  private func waiting(_ again: [(PendingPortion, RunError)]) async throws -> [PendingPortion] {
    let pause = min(200 << (again.map(\.0.tries).max() ?? 0), 5000)
    var pending: [PendingPortion] = []
    for (portion, error) in again {
      guard portion.tries < options.tries else {
        finish(portion, with: error)
        continue
      }
      if portion.tries > 0 {
        observe(
          .retrying(report: portion.report.name, because: error.diagnostic, afterMilliseconds: pause))
      }
      pending.append(portion)
    }
    if pending.contains(where: { $0.tries > 0 }) { try await Task.sleep(for: .milliseconds(pause)) }
    return pending
  }

  /// One try at every portion: one gate, one snapshot, then checks and publishes, one confirmation, the files.
  /// - Returns: the portions that another try can help, with what stopped them, and what was left to read.
  private func attempt(_ portions: [PendingPortion]) async throws -> (
    again: [(PendingPortion, RunError)], rest: [PendingPortion]
  ) {
    var again: [(PendingPortion, RunError)] = []
    var replica: Connection?
    var published: [PublishedReport] = []
    do {
      let portions = try await locked(portions, &again)
      let tables = portions.filter { $0.report.materialization.kind != .view }
      var staged: [(PendingPortion, StagedReport)] = []
      if !tables.isEmpty { (staged, replica) = try await read(tables, &again) }
      published = try await publish(staged, &again)
      for view in portions where view.report.materialization.kind == .view {
        do {
          if let done = try await publishView(view) { published.append(done) }
        } catch {
          try await settle(view, error, &again)
        }
      }
      try await confirmAndExport(published, replica: replica)
      await unlock(portions)
      await replica?.close()
      return (again, staged.compactMap { portion, report in report.rest.map(portion.followed) })
    } catch {
      let (opened, files) = (replica, published.compactMap(\.staged.file))
      await uncancelled {
        for file in files { await file.discard() }
        await opened?.close()
      }
      throw error
    }
  }

  /// Sorts a failure: another try, or the report's end. An interruption ends the run.
  func settle(
    _ portion: PendingPortion, _ error: any Error, _ again: inout [(PendingPortion, RunError)]
  ) async throws {
    if error is CancellationError { throw error }
    let failure = meaning(
      of: error, "could not run \"\(portion.report.name)\"", detail: "Nothing was published.")
    guard failure.isTransient else {
      if failure.isOfRows, let parts = divided(portion) {
        again += parts.map { ($0, failure) }
      } else {
        let explained = failure.explainingUpstream(of: portion.report, in: graph)
        finish(portion, with: await configuration.servers.explainingRights(explained, [portion.report]))
      }
      return
    }
    var portion = portion
    portion.tries += 1
    again.append((portion, failure))
  }

  /// Two halves of a portion that failed because of some rows, so that in the end only the intervals of those rows
  /// fail; nil for a single interval, and once so many have failed that the definition itself is the likelier cause.
  private func divided(_ pending: PendingPortion) -> [PendingPortion]? {
    let failed = outcomes[pending.report.name]?.failedIntervals.count ?? 0
    guard failed < Self.maxFailedParts, let halves = pending.portion.halves(of: pending.report) else {
      return nil
    }
    return halves.map {
      PendingPortion(report: pending.report, portion: $0, isPart: true, lane: pending.lane)
    }
  }

  // MARK: Reading

  /// Passes the gate and reads every portion in one snapshot of one replica, which has ended when this returns.
  /// - Returns: what is staged, and the replica's session for the confirmation; nil when the primary was read in place
  ///   of a replica, since a session there proves nothing.
  private func read(
    _ portions: [PendingPortion], _ again: inout [(PendingPortion, RunError)]
  ) async throws -> ([(PendingPortion, StagedReport)], Connection?) {
    let passed: (replica: Connection, asOf: AsOf)
    for portion in portions { observe(.step(report: portion.report.name, step: "gate")) }
    do {
      passed = try await replicaAbsence.opening { try await self.passGate() }
      gatesPassed += 1
      for portion in portions { observe(.waiting(report: portion.report.name)) }
    } catch {
      for portion in portions { try await settle(portion, error, &again) }
      return ([], nil)
    }
    do {
      let snapshot = try await ReplicaSnapshot.begin(on: passed.replica, asOf: passed.asOf)
      let staged = try await read(portions, in: snapshot, &again)
      await snapshot.end()
      if passed.asOf.replica != ReplicaGate.primaryPlace { return (staged, passed.replica) }
      await passed.replica.close()
      return (staged, nil)
    } catch {
      await uncancelled { await passed.replica.close() }
      guard let error = error as? PostgresError else { throw error }
      for portion in portions { try await settle(portion, error, &again) }
      return ([], nil)
    }
  }

  private func passGate() async throws -> (replica: Connection, asOf: AsOf) {
    try await gate.pass(primary: try await primary(), runID: configuration.run.id, mark: gatesPassed)
  }

  /// The end of a portion that no other try can help; of the whole report, unless some rows were the cause.
  func finish(_ portion: PendingPortion, with error: RunError) {
    let report = portion.report
    var outcome = outcomes[report.name] ?? ReportOutcome(report: report, state: .failed)
    outcome.state = .failed
    outcome.status = ExitStatus.combined([outcome.status, error.status])
    outcome.failedIntervals += portion.portion.intervals
    var diagnostic = error.diagnostic
    if portion.isPart, let bounds = portion.portion.bounds {
      diagnostic.detail = ["Interval \(bounds).", diagnostic.detail].compactMap(\.self).joined(separator: " ")
    }
    outcome.diagnostics.append(diagnostic)
    outcomes[report.name] = outcome
    if !error.isOfRows { stopped.insert(report.name) }
  }
}
