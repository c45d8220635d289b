import Foundation
import PostgresClient
import ReportLedger
import ReportModel

/// One execution of the command: selected reports, level by level, from the plan to the files.
///
/// Each attempt takes its lock, loads, checks and publishes on one session on the primary. What happened is in the ledger
/// and in the result; nothing else is kept.
package actor RunEngine {
  package let configuration: RunConfiguration
  package let observe: @Sendable (RunEvent) -> Void
  let primaryAbsence: Absence
  let replicaAbsence: Absence
  /// The run's own session on the primary first, then one for each further lane.
  var lanes: [PrimarySession] = []
  package var outcomes: [String: ReportOutcome] = [:]
  /// What is known of each planned report besides its attempts.
  package var notes: [String: ReportNotes] = [:]
  /// Every report of the project.
  package private(set) var graph: DependencyGraph?
  /// Whether a server has refused a further lane its session.
  var hasFewerLanes = false
  /// How often this run has passed the gate.
  var gatesPassed = 0
  /// Files that a server could not give their rows just now, by report, and why.
  var unexported: [String: RunError] = [:]
  /// Attempts whose end could not be written, since their session was lost, and why they ended.
  var lostAttempts: [(attempt: Attempt, failure: RunError)] = []
  /// Reports whose other portions would fail for the same reason.
  package var stopped: Set<String> = []
  /// Whether this run is in the ledger: the primary was there.
  private var hasBegun = false

  package init(_ configuration: RunConfiguration, observe: @escaping @Sendable (RunEvent) -> Void = { _ in })
  {
    self.configuration = configuration
    self.observe = observe
    let patience = Duration.seconds(configuration.environment.reconnectWaitSeconds)
    primaryAbsence = Absence(of: "primary", patience: patience) { observe(.note($0)) }
    replicaAbsence = Absence(of: "replica", patience: patience) { observe(.note($0)) }
  }

  package var options: RunOptions { configuration.options }
  package var timezone: String { configuration.project.timezone }
  package var gate: ReplicaGate {
    ReplicaGate(servers: configuration.servers, environment: configuration.environment)
  }
  package var publishes: Bool { options.publishes }

  /// Never throws: what went wrong is in the result, with its exit status.
  ///
  /// When the task is cancelled, the running statement is cancelled on its server, nothing more is published, and the
  /// status is `interrupted`.
  package func run(_ selected: [Report], graph: DependencyGraph) async -> RunResult {
    self.graph = graph
    var result = RunResult(runID: configuration.run.id)
    do {
      try await ledger { try await $0.requireCurrent() }
      // Told once: a run that began unheard has no second beginning.
      try await main.ledger {
        try await $0.begin(configuration.run, selecting: publishes ? selected.map(\.name) : [])
      }
      hasBegun = true
      let plans = try await plan(selected, graph)
      observe(.planned(plans.mapValues(\.count)))
      try await emptyStagingTables(of: selected.filter { plans[$0.name]?.isEmpty ?? false })
      try await expireIntervals(of: selected)
      for (number, level) in graph.levels(of: selected).enumerated() {
        if number > 0 { await recordOutcomes() }
        try await run(level: level, plans: plans, graph: graph)
      }
      let published = try await exportOwedFiles(of: selected, among: graph.reports)
      try await removeOldFolders(of: selected, published)
      writeIndex(graph.reports, published)
    } catch {
      let failure = await configuration.servers.explainingRights(meaning(of: error), selected)
      result.ownStatus = failure.status
      result.diagnostics.append(sayingWhatStays(failure.diagnostic))
    }
    noteUnexported(selected)
    result.reports = selected.map { outcome(of: $0, endedBy: result.ownStatus) }
    await finish(result)
    return result
  }

  /// What an error means to this run. A primary that the run has been on is lost for a while, as in a failover: 75.
  /// 69 is left for one that was not there at all.
  func meaning(of error: any Error, _ what: String? = nil, detail: String? = nil) -> RunError {
    var failure = RunError.from(error, what, detail: detail)
    if hasBegun, failure.status == .unavailable { failure.status = .tryAgain }
    return failure
  }

  /// A server that is lost in the middle changes nothing more; what was published before is another matter.
  private func sayingWhatStays(_ diagnostic: Diagnostic) -> Diagnostic {
    guard outcomes.values.contains(where: { [.published, .confirmed].contains($0.state) }) else {
      return diagnostic
    }
    var said = diagnostic
    said.detail = diagnostic.detail?.replacing("Nothing was changed.", with: "What is published stays.")
    return said
  }

  private func finish(_ result: RunResult) async {
    let (id, publishes) = (configuration.run.id, publishes)
    await uncancelled { [self] in
      if await main.isUsable {
        await recordLostAttempts()
        try? await main.ledger {
          if publishes { try await $0.record(result.reports, in: id, timeout: Self.cleanUpLimit) }
          try await $0.finish(id, status: result.status, timeout: Self.cleanUpLimit)
        }
      }
      await closeSessions()
    }
  }

  // MARK: Planning

  private func plan(_ selected: [Report], _ graph: DependencyGraph) async throws -> [String: [Portion]] {
    let planner = try await again {
      try await RunPlanner.read(selected, in: graph, configuration, on: try await primary())
    }
    var plans: [String: [Portion]] = [:]
    for report in selected {
      do {
        let plan = try planner.plan(report)
        plans[report.name] = plan.portions
        notes[report.name] = ReportNotes(plan)
        if plan.intervals.isEmpty { outcomes[report.name] = ReportOutcome(report: report, state: .upToDate) }
      } catch {
        record(error, RunError(.usage, error), report: report)
      }
    }
    return plans
  }

  private func record(_ diagnostic: Diagnostic, _ error: RunError, report: Report) {
    var outcome = outcomes[report.name] ?? ReportOutcome(report: report, state: .failed)
    outcome.state = .failed
    outcome.status = ExitStatus.combined([outcome.status, error.status])
    outcome.diagnostics.append(diagnostic)
    outcomes[report.name] = outcome
  }

  // MARK: Sessions on the primary

  /// The run's own session: what belongs to no single attempt. As long as it is open the run lives.
  package var main: PrimarySession { lane(0) }

  /// For locks that are asked for from now on, however many they are.
  var lockDeadline: ContinuousClock.Instant { .now + options.lockWait }

  func makeSession() -> PrimarySession {
    PrimarySession(
      servers: configuration.servers, absence: primaryAbsence, isSpare: !lanes.isEmpty,
      sharing: lanes.isEmpty ? LockKey.of(run: configuration.run.id) : nil)
  }

  package func primary() async throws -> Connection { try await main.connection() }

  /// What may be asked or told twice: a session that is lost meanwhile, or chosen as a deadlock's victim, costs another
  /// try and not the run.
  package func ledger<Value: Sendable>(_ body: @Sendable (Ledger) async throws -> Value) async throws -> Value
  {
    try await again { try await self.main.ledger(body) }
  }

  package func again<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
    var tries = 1
    while true {
      do {
        return try await body()
      } catch let error as PostgresError
        where error.isTransient && !error.isConnectFailure && tries < options.tries
      {
        try await Task.sleep(for: .milliseconds(100 << tries))
        tries += 1
      }
    }
  }

  func closeSessions() async {
    for lane in lanes { await lane.close() }
  }
}
