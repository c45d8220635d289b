import PostgresClient
import ReportLedger
import ReportModel

/// The sessions of one run on both servers, and the locks that it holds on the primary.
///
/// Each lane is a session on the primary that carries the attempts of some reports; lane 0 is the run's own. As long as
/// one of them is open the ledger shows the run as alive. A report's lock is taken before its first attempt and held until
/// `unlock`. The session that holds it can be lost: the next `lock` takes it again, or throws.
actor RunSessions {
  private let context: RunContext
  private let primaryReconnect: ServerReconnect
  private let replicaReconnect: ServerReconnect
  private var lanes: [PrimarySession] = []
  /// The locks that the run holds, by report: which lane's session, and which key.
  private var locks: [String: (lane: Int, key: Int64)] = [:]
  /// A server has refused a further lane its session, and the operator has been told.
  private var hasFewerLanes = false

  init(_ context: RunContext) {
    self.context = context
    let patience = Duration.seconds(context.environment.reconnectWaitSeconds)
    let observe = context.observe
    primaryReconnect = ServerReconnect(to: "primary", patience: patience) { observe(.note($0)) }
    replicaReconnect = ServerReconnect(to: "replica", patience: patience) { observe(.note($0)) }
  }

  // MARK: The primary

  /// The run's own session: what belongs to no single attempt.
  var main: PrimarySession { lane(0) }

  func lane(_ number: Int) -> PrimarySession {
    while lanes.count <= number {
      lanes.append(
        PrimarySession(
          servers: context.servers, reconnect: primaryReconnect, isSpare: !lanes.isEmpty,
          run: context.runID))
    }
    return lanes[number]
  }

  func primary() async throws -> Connection { try await main.connection() }

  /// Runs a question or a change that may be repeated: a session that is lost meanwhile, or chosen as a deadlock's
  /// victim, costs another try and not the run.
  func ledger<Value: Sendable>(_ body: @Sendable (Ledger) async throws -> Value) async throws -> Value {
    let main = main
    return try await retrying { try await main.ledger(body) }
  }

  nonisolated func retrying<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
    var tries = 1
    while true {
      do {
        return try await body()
      } catch let error as PostgresError
        where error.isTransient && !error.isConnectFailure && tries < context.options.tries
      {
        try await Task.sleep(for: .milliseconds(100 << tries))
        tries += 1
      }
    }
  }

  func close() async {
    for lane in lanes { await lane.close() }
    locks = [:]
  }

  // MARK: Locks

  /// For locks that are asked for from now on, however many they are.
  nonisolated var lockDeadline: ContinuousClock.Instant { .now + context.options.lockWait }

  /// Takes the report's lock, or makes sure that the run still holds it.
  ///
  /// Does not wait for a lock that comes before one that the run holds, in the order of `LockKey.inOrder`: two runs that
  /// waited out of order could wait for each other. A lock that this run has lost is waited for in any order, until the
  /// lost session has ended.
  /// - Parameters:
  ///   - number: the lane whose session takes it; the run's own where the primary gives no further session.
  ///   - deadline: how long another run may keep the lock.
  /// - Returns: the lane whose session holds it: all attempts of the report have to stay there.
  /// - Throws: `RunError` 75 that names the run which holds it, when the deadline has passed.
  @discardableResult
  func lock(_ report: Report, in number: Int = 0, until deadline: ContinuousClock.Instant) async throws -> Int
  {
    let number = locks[report.name]?.lane ?? number
    do {
      try await take(report, in: number, until: deadline)
      return number
    } catch let error as PostgresError where error.isOfTooManySessions && number > 0 {
      noteFewerLanes(error)
      try await take(report, in: 0, until: deadline)
      return 0
    }
  }

  private func take(_ report: Report, in number: Int, until deadline: ContinuousClock.Instant) async throws {
    let key = LockKey.of(report)
    locks[report.name] = nil
    let deadline = locks.values.contains { $0.key > key } ? .now : deadline
    guard try await lane(number).lock(report, until: deadline) != nil else {
      throw await LockRefusal(report: report, holder: holder(of: report)).error
    }
    locks[report.name] = (number, key)
  }

  private func holder(of report: Report) async -> LockHolder? {
    let id = context.runID
    return try? await main.ledger { try await $0.lockHolder(of: report, otherThan: id) }
  }

  func unlock(_ reports: [Report]) async {
    let held = reports.compactMap { report in locks[report.name].map { (lane: $0.lane, report: report) } }
    for report in reports { locks[report.name] = nil }
    for (number, reports) in Dictionary(grouping: held, by: \.lane).sorted(by: { $0.key < $1.key }) {
      await lane(number).unlock(reports.map(\.report))
    }
  }

  /// Takes the lock of a workbook's files; waits for another run that writes them.
  ///
  /// Whoever holds it waits for no other lock.
  /// - Throws: `RunError` 75 when the deadline has passed.
  func lock(workbook name: String, until deadline: ContinuousClock.Instant) async throws {
    guard try await main.lock(LockKey.of(workbook: name), until: deadline) == nil else { return }
    throw RunError(
      .tryAgain,
      Diagnostic(
        "workbook \"\(name)\" is being written by another run",
        hint: "The next run of one of its reports writes it."))
  }

  func unlock(workbook name: String) async { await main.unlock([LockKey.of(workbook: name)]) }

  func noteFewerLanes(_ error: PostgresError) {
    guard !hasFewerLanes else { return }
    hasFewerLanes = true
    var diagnostic = RunError.from(error).diagnostic
    diagnostic.message = "going on with fewer reports at once: \(diagnostic.message)"
    context.observe(.note(diagnostic))
  }

  // MARK: The replica

  /// - Parameter ask: asks the primary while sessions on the replicas are opened; called again when they are.
  /// - Returns: a replica that holds everything committed on the primary before this call, the as-of, and the answer.
  func passGate<Answer: Sendable>(
    asking ask: @Sendable () async throws -> Answer
  ) async throws -> (replica: Connection, asOf: AsOf, answer: Answer) {
    try await replicaReconnect.opening {
      var answer: Answer?
      let passed = try await context.gate.pass(runID: context.runID) {
        answer = try await ask()
        return try await primary()
      }
      guard let answer else { throw CancellationError() }
      return (passed.replica, passed.asOf, answer)
    }
  }

  func openReplica() async throws -> Connection {
    let servers = context.servers
    return try await replicaReconnect.opening { try await servers.openReplica() }
  }
}
