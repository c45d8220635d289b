import Foundation
import PostgresClient
import ReportModel

/// One report's portion, waiting for an attempt.
struct PendingPortion: Sendable {
  var report: Report
  var portion: Portion
  var tries = 0
}

extension RunEngine {
  /// Reports of one level agree with each other to the row: each round of portions is read in one snapshot.
  func run(level: [Report], plans: [String: [Portion]], graph: DependencyGraph) async throws {
    let reports = level.filter { report in
      if outcomes[report.name]?.state == .failed { return false }
      return !skip(report, graph: graph)
    }
    let rounds = reports.compactMap { plans[$0.name]?.count }.max() ?? 0
    for round in 0..<rounds {
      let pending = reports.compactMap { report -> PendingPortion? in
        guard outcomes[report.name]?.state != .failed else { return nil }
        guard let portions = plans[report.name], round < portions.count else { return nil }
        return PendingPortion(report: report, portion: portions[round])
      }
      try await run(round: pending)
    }
  }

  /// A failed report skips what depends on it, and nothing else.
  private func skip(_ report: Report, graph: DependencyGraph) -> Bool {
    let failed = graph.upstream(of: report.name).filter {
      outcomes[$0].map { $0.state == .failed || $0.state == .skipped } ?? false
    }
    guard let cause = failed.min() else { return false }
    var outcome = ReportOutcome(report: report, state: .skipped, status: .failed)
    outcome.diagnostics.append(
      Diagnostic("\"\(report.name)\" was skipped: it reads \"\(cause)\", which failed", file: report.sqlFile))
    outcomes[report.name] = outcome
    observe(.finished(outcome))
    return true
  }

  /// Tries until nothing is left that another try could help.
  private func run(round: [PendingPortion]) async throws {
    var pending = round
    while !pending.isEmpty {
      try Task.checkCancellation()
      let stopped = try await attempt(pending)
      guard let tries = stopped.map(\.0.tries).max() else { return }
      let pause = min(200 << tries, 5000)
      pending = []
      for (portion, error) in stopped {
        guard error.isTransient, portion.tries < options.tries else {
          let explained = await configuration.servers.explainingRights(error, [portion.report])
          finish(portion.report, with: explained)
          continue
        }
        observe(
          .retrying(report: portion.report.name, reason: error.diagnostic.message, afterMilliseconds: pause))
        pending.append(portion)
      }
      if !pending.isEmpty { try await Task.sleep(for: .milliseconds(pause)) }
    }
  }

  /// One try at every portion: one gate, one snapshot, then checks and publishes, one confirmation, the files.
  /// - Returns: the portions that did not come through, with what stopped them.
  private func attempt(_ portions: [PendingPortion]) async throws -> [(PendingPortion, RunError)] {
    var stopped: [(PendingPortion, RunError)] = []
    func settle(_ portion: PendingPortion, _ error: any Error) throws {
      if error is CancellationError { throw error }
      var portion = portion
      portion.tries += 1
      let failure = RunError.from(
        error, "could not run \"\(portion.report.name)\"", detail: "Nothing was published.")
      stopped.append((portion, failure))
    }

    let views = portions.filter { $0.report.materialization.kind == .view }
    let tables = portions.filter { $0.report.materialization.kind != .view }
    var replica: Connection?
    do {
      var published: [PublishedReport] = []
      if !tables.isEmpty {
        let passed: (replica: Connection, asOf: AsOf)
        let snapshot: ReplicaSnapshot
        do {
          passed = try await gate.pass(primary: try await primary(), runID: configuration.run.id)
          replica = passed.replica
          snapshot = try await ReplicaSnapshot.begin(on: passed.replica, asOf: passed.asOf)
        } catch {
          await replica?.close()
          for portion in portions { try settle(portion, error) }
          return stopped
        }
        let staged = try await read(tables, in: snapshot, settle: settle)
        await snapshot.end()
        for (portion, report) in staged {
          do {
            if let done = try await checkAndPublish(report) { published.append(done) }
          } catch {
            try settle(portion, error)
          }
        }
      }
      for view in views {
        do {
          if let done = try await publishView(view) { published.append(done) }
        } catch {
          try settle(view, error)
        }
      }
      // A session on the primary, taken because the replica lags, proves nothing about the replica.
      let isReplica = published.first.map { $0.staged.asOf.replica != ReplicaGate.primaryPlace } ?? true
      try await confirmAndExport(published, replica: isReplica ? replica : nil)
      for portion in portions { await unlock(portion.report) }
      await replica?.close()
      return stopped
    } catch {
      let opened = replica
      await uncancelled { await opened?.close() }
      throw error
    }
  }

  /// Reads every portion in one snapshot. When the snapshot or the primary's session is lost, what was staged is lost
  /// with it: all of them are read again.
  private func read(
    _ portions: [PendingPortion], in snapshot: ReplicaSnapshot,
    settle: (PendingPortion, any Error) throws -> Void
  ) async throws -> [(PendingPortion, StagedReport)] {
    var staged: [(PendingPortion, StagedReport)] = []
    for (index, portion) in portions.enumerated() {
      do {
        staged.append((portion, try await stage(portion, in: snapshot)))
      } catch {
        try settle(portion, error)
        let isLost = RunError.from(error).isTransient
        let isWhole = await snapshot.connection.isUsable
        let hasPrimary = await isPrimaryUsable
        guard isLost, !isWhole || !hasPrimary || error is PostgresError else { continue }
        for (other, report) in staged {
          await abandon(report, error)
          try settle(other, error)
        }
        for other in portions[(index + 1)...] { try settle(other, error) }
        return []
      }
    }
    return staged
  }

  /// The end of a report that no other try can help.
  func finish(_ report: Report, with error: RunError) {
    var outcome = outcomes[report.name] ?? ReportOutcome(report: report, state: .failed)
    outcome.state = .failed
    outcome.status = ExitStatus.combined([outcome.status, error.status])
    outcome.diagnostics.append(error.diagnostic)
    outcomes[report.name] = outcome
    observe(.finished(outcome))
  }
}
