import Foundation
import PostgresClient
import ReportModel

/// One execution of the command: selected reports, level by level, from the plan to the files.
///
/// Holds one session on the primary, on which every attempt takes its lock, loads, checks and publishes. What happened
/// is in the ledger and in the result; nothing else is kept.
public actor RunEngine {
  public struct Configuration: Sendable {
    public var project: Project
    public var environment: Project.Environment
    public var servers: Servers
    public var output: ExportRoot
    public var run: RunRecord
    public var options: RunOptions
    public var workMemMegabytes: Int

    public init(
      project: Project, environment: Project.Environment, servers: Servers, output: ExportRoot,
      run: RunRecord,
      options: RunOptions, workMemMegabytes: Int = 256
    ) {
      self.project = project
      self.environment = environment
      self.servers = servers
      self.output = output
      self.run = run
      self.options = options
      self.workMemMegabytes = workMemMegabytes
    }
  }

  let configuration: Configuration
  let observe: @Sendable (RunEvent) -> Void
  private var connection: Connection?
  /// Advisory locks of the current session.
  private var heldLocks: Set<Int64> = []
  /// A lost session keeps its locks until its server notices the loss.
  private var hasLostSession = false
  private static let lostLockPatience = Duration.seconds(10)
  var outcomes: [String: ReportOutcome] = [:]
  /// What the ledger had of each selected report when the run was planned, open intervals too.
  var publishedIntervals: [String: Set<Interval>] = [:]
  /// How often this run has passed the gate.
  var gatesPassed = 0
  /// Reports whose other portions would fail for the same reason.
  var stopped: Set<String> = []

  public init(_ configuration: Configuration, observe: @escaping @Sendable (RunEvent) -> Void = { _ in }) {
    self.configuration = configuration
    self.observe = observe
  }

  var options: RunOptions { configuration.options }
  var timezone: String { configuration.project.timezone }
  var gate: ReplicaGate {
    ReplicaGate(servers: configuration.servers, environment: configuration.environment)
  }
  /// Rows reach a summary table only with the default parameters and without `--dry-run`.
  var publishes: Bool { !options.dryRun && options.parameters.isEmpty }

  /// Never throws: what went wrong is in the result, with its exit status.
  ///
  /// When the task is cancelled, the running statement is cancelled on its server, nothing more is published, and the
  /// status is `interrupted`.
  public func run(_ selected: [Report], graph: DependencyGraph) async -> RunResult {
    var result = RunResult(runID: configuration.run.id)
    do {
      try await ledger { ledger in
        try await ledger.requireCurrent()
        try await ledger.begin(configuration.run)
      }
      let plans = try await plan(selected)
      for level in graph.levels(of: selected) {
        try await run(level: level, plans: plans, graph: graph)
      }
      writeIndex(graph.reports, try await exportOwedFiles(of: selected, among: graph.reports))
    } catch {
      let failure = await configuration.servers.explainingRights(RunError.from(error), selected)
      result.ownStatus = failure.status
      result.diagnostics.append(failure.diagnostic)
    }
    result.reports = selected.map { report in
      outcomes[report.name] ?? Self.notStarted(report, because: result.ownStatus)
    }
    await finish(result.status)
    return result
  }

  private static func notStarted(_ report: Report, because status: ExitStatus) -> ReportOutcome {
    ReportOutcome(report: report, state: .skipped, status: status)
  }

  private func finish(_ status: ExitStatus) async {
    await uncancelled { [self] in
      if await isPrimaryUsable {
        try? await ledger {
          try await $0.finish(configuration.run.id, status: status, timeout: Self.cleanUpLimit)
        }
      }
      await closePrimary()
    }
  }

  // MARK: Planning

  private func plan(_ selected: [Report]) async throws -> [String: [Portion]] {
    let entries = try await ledger { try await $0.intervals(of: selected.map(\.name)) }
    let primary = try await primary()
    let today = CalendarDate(
      try SingleRow(try await primary.query("SELECT clock_timestamp()::date AS today"))["today"])
    guard let today else { throw RunError(.bug, Diagnostic("the primary's date is not readable")) }
    var plans: [String: [Portion]] = [:]
    for report in selected {
      do {
        let plan = try planIntervals(of: report, entries: entries[report.name] ?? [], today: today)
        plans[report.name] = Portion.portions(
          of: plan, report: report, fullRefresh: options.dates == .fullRefresh,
          isApart: !options.parameters.isEmpty)
        publishedIntervals[report.name] = Set((entries[report.name] ?? []).compactMap(\.interval))
        if plan.isEmpty || plan.leftForLater > 0 {
          var outcome = ReportOutcome(report: report, state: .upToDate)
          outcome.leftForLater = plan.leftForLater
          outcomes[report.name] = outcome
        }
      } catch {
        record(error, RunError(.usage, error), report: report)
      }
    }
    return plans
  }

  /// Without dates other parameters show the newest closed interval: there is nothing published to be missing.
  private var dates: DateSelection {
    !options.parameters.isEmpty && options.dates == .missing ? .newest : options.dates
  }

  private func planIntervals(of report: Report, entries: [Ledger.Entry], today: CalendarDate)
    throws(Diagnostic)
    -> IntervalPlan
  {
    let published = Set(entries.filter { $0.state != "open" }.compactMap(\.interval))
    let filesMissing =
      report.materialization.kind == .none ? missingFiles(of: report, entries: entries) : []
    let planner = IntervalPlanner(
      report: report, published: published, filesMissing: filesMissing, today: today,
      maxCatchUp: options.backfill ? nil : configuration.project.maxCatchUp)
    return try planner.plan(dates)
  }

  private func record(_ diagnostic: Diagnostic, _ error: RunError, report: Report) {
    var outcome = outcomes[report.name] ?? ReportOutcome(report: report, state: .failed)
    outcome.state = .failed
    outcome.status = ExitStatus.combined([outcome.status, error.status])
    outcome.diagnostics.append(diagnostic)
    outcomes[report.name] = outcome
  }

  // MARK: The session on the primary

  /// The current session; a lost one is replaced, and with it go its locks and every attempt that it carried.
  func primary() async throws -> Connection {
    if let connection, await connection.isUsable { return connection }
    heldLocks = []
    hasLostSession = hasLostSession || connection != nil
    let opened = try await configuration.servers.openPrimary()
    connection = opened
    return opened
  }

  /// The session as it is, for clean-up: nothing is opened for it.
  var connectionIfOpen: Connection? { connection }

  var isPrimaryUsable: Bool {
    get async {
      guard let connection else { return false }
      return await connection.isUsable
    }
  }

  func closePrimary() async {
    await connection?.close()
    connection = nil
  }

  func ledger<Value: Sendable>(_ body: (Ledger) async throws -> Value) async throws -> Value {
    try await body(Ledger(connection: try await primary()))
  }

  /// - Returns: the session that holds the lock: all of the attempt has to stay on it.
  /// - Throws: `RunError` 75 when another run holds the summary table's lock for longer than `--lock-wait`.
  func lock(_ report: Report) async throws -> Connection {
    let key = LockKey.of(report)
    let primary = try await primary()
    guard !heldLocks.contains(key) else { return primary }
    let patience = hasLostSession ? max(options.lockWait, Self.lostLockPatience) : options.lockWait
    let deadline = ContinuousClock.now + patience
    while true {
      let rows = try await primary.query("SELECT pg_try_advisory_lock($1) AS locked", [String(key)])
      if try SingleRow(rows)["locked"] == "t" { break }
      guard ContinuousClock.now < deadline else {
        throw RunError(
          .tryAgain,
          Diagnostic(
            "another run of \"\(report.name)\" is going on", detail: "Nothing was changed.",
            hint: "Run again later, or wait for it with --lock-wait 10m."))
      }
      try await Task.sleep(for: .milliseconds(100))
    }
    heldLocks.insert(key)
    return primary
  }

  func unlock(_ report: Report) async {
    let key = LockKey.of(report)
    guard heldLocks.remove(key) != nil, await isPrimaryUsable, let connection else { return }
    _ = try? await connection.query("SELECT pg_advisory_unlock($1)", [String(key)])
  }
}

/// Runs work to its end although the current task has been cancelled: a ledger row to close, a file to remove.
func uncancelled<Value: Sendable>(_ body: @escaping @Sendable () async -> Value) async -> Value {
  await Task.detached { await body() }.value
}

extension Ledger {
  /// - Throws: `RunError` 65 when `reportgen init` has to run first, or when the ledger is newer than this command.
  func requireCurrent() async throws {
    let version = try await version()
    guard version != LedgerMigration.currentVersion else { return }
    let isMissing = version < LedgerMigration.currentVersion
    throw RunError(
      .definition,
      Diagnostic(
        version == 0
          ? "the primary has no ledger yet"
          : "the ledger has version \(version), this command needs \(LedgerMigration.currentVersion)",
        detail: "Nothing was changed.",
        hint: isMissing
          ? "Run \"reportgen init\" once." : "A newer reportgen has migrated it: install that one."))
  }
}
