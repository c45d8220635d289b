import PostgresClient
import Testing

/// Where a run can be stopped, in the order it comes there; each by something that a run has to wait for.
enum RunStep: String, CaseIterable, Sendable, CustomTestStringConvertible {
  /// Waits for the replica to replay.
  case gate
  /// In the first row of the query on the replica.
  case read
  /// In row 20,000 of 30,000: two thirds are staged.
  case readMiddle
  /// In a check on the primary; everything is staged.
  case check
  /// At the publishing transaction's first statement.
  case claim
  /// At its first change of the summary table.
  case change
  /// At its change of the ledger: rows are changed, nothing is committed.
  case ledger
  /// Within COMMIT.
  case commit
  /// Published; the replica does not show it.
  case confirm
  /// Published and confirmed; a file waits for its rows.
  case export

  var testDescription: String { rawValue }

  /// Whether rows are published by then.
  var isPublished: Bool { self == .confirm || self == .export }
  var isOnReplica: Bool { [.gate, .read, .readMiddle, .export].contains(self) }

  /// The report to run; `export` needs one that is up to date.
  var report: String { self == .export ? "daily" : "gated" }

  static func prepare(_ project: CommandProject) async throws {
    try project.report(
      "gated",
      sql: """
        select n as id, sale.item, sale.amount
        from pg_catalog.generate_series(1, 30000) as n join shop.sale as sale on sale.id = 1 + n % 3
        where case when n = 1 then shop.gate(1) when n = 20000 then shop.gate(3) else true end
        """,
      """
      title: Gated
      materialize: {as: table, table: reports.gated, unique_key: [id]}
      checks:
        - sql: select id from :staging where id = 1 and not shop.gate(2)
      """)
    try project.daily()
    _ = try project.onPrimary(
      """
      create function shop.at_commit() returns trigger language plpgsql as
        $$ begin perform pg_catalog.pg_advisory_xact_lock_shared(4); return null; end $$;
      """)
    try await project.database.waitForReplay()
    try await project.succeed("run", "gated", "daily")
    _ = try project.onPrimary(
      """
      create constraint trigger at_commit after insert or update on reportgen.interval
        deferrable initially deferred for each row execute function shop.at_commit()
      """)
  }

  /// Changes what the report reads, so that the next publish has rows to write.
  func touch(_ project: CommandProject) throws {
    _ = try project.onPrimary("update shop.sale set amount = amount + 1 where id = 2")
    if self == .export { try project.removeFiles("daily") }
  }

  /// Starts a run and returns when it has come to this step, which it cannot leave before `release`.
  func reach(_ project: CommandProject, _ arguments: [String] = []) async throws -> StoppedRun {
    let (primary, replica) = (project.database.primary, project.database.replica)
    func start() throws -> Running { try project.start(["run", report] + arguments) }
    switch self {
    case .gate:
      _ = try project.onReplica("select pg_wal_replay_pause()")
      let run = try start()
      try await waitUntil(
        replica, "exists (select from pg_stat_activity where application_name = 'reportgen')")
      return StoppedRun(run: run, gates: [], project: project)
    case .read, .readMiddle:
      let gate = try await Gate.key(self == .read ? 1 : 3, on: replica)
      let run = try start()
      try await gate.waitForRun("advisory")
      return StoppedRun(run: run, gates: [gate], project: project)
    case .check, .commit:
      let gate = try await Gate.key(self == .check ? 2 : 4, on: primary)
      let run = try start()
      try await gate.waitForRun("advisory")
      return StoppedRun(run: run, gates: [gate], project: project)
    case .claim, .change, .ledger:
      let check = try await Gate.key(2, on: primary)
      let run = try start()
      try await check.waitForRun("advisory")
      let gate = try await Gate(primary, lock: lock)
      await check.open()
      try await gate.waitForRun("relation")
      return StoppedRun(run: run, gates: [gate], project: project)
    case .confirm:
      let check = try await Gate.key(2, on: primary)
      let run = try start()
      try await check.waitForRun("advisory")
      _ = try project.onReplica("select pg_wal_replay_pause()")
      await check.open()
      try await waitUntil(primary, "exists (select from reportgen.report_run where state = 'published')")
      return StoppedRun(run: run, gates: [], project: project)
    case .export:
      let gate = try await Gate(primary, lock: "LOCK TABLE reports.daily IN ACCESS EXCLUSIVE MODE")
      // Locks are replayed when their WAL is flushed, which any commit does.
      _ = try project.onPrimary("create table shop.flush (); drop table shop.flush")
      try await waitUntil(
        replica, "exists (select from pg_locks where relation = 'reports.daily'::regclass and granted)")
      let run = try start()
      try await waitUntil(replica, Gate.waiting("relation"))
      return StoppedRun(run: run, gates: [gate], project: project)
    }
  }

  private var lock: String {
    switch self {
    case .claim: "LOCK TABLE reportgen.report_run IN EXCLUSIVE MODE"
    case .change: "LOCK TABLE reports.gated IN SHARE MODE"
    default: "LOCK TABLE reportgen.interval IN SHARE MODE"
    }
  }
}

/// A run that stands at a step.
struct StoppedRun: Sendable {
  let run: Running
  let gates: [Gate]
  let project: CommandProject

  /// Lets go whatever the run waits for, on the servers that are there.
  func release() async {
    for gate in gates { await gate.open() }
    _ = try? project.onReplica("select pg_wal_replay_resume()")
  }
}

extension CommandProject {
  /// The next run does what is left to do, once: rows and file are those of an undisturbed run, and nothing else stays.
  func expectDone(_ step: RunStep, sourceLocation: SourceLocation = #_sourceLocation) async throws {
    try await database.pair.waitUntilWhole()
    let outcome = try await run("run", step.report, "--lock-wait", "60s")
    #expect(outcome.status == 0, "\(step): \(outcome.error)", sourceLocation: sourceLocation)
    try await expectNothingLeft("\(step)", sourceLocation: sourceLocation)
    guard step != .export else {
      return try expectFile("daily", order: "day", where: "day = (select max(day) from reports.daily)")
    }
    try expectRows(
      "reports.gated",
      """
      select n as id, sale.item, sale.amount from generate_series(1, 30000) as n
      join shop.sale as sale on sale.id = 1 + n % 3
      """, sourceLocation: sourceLocation)
    try expectFile("gated", order: "id", sourceLocation: sourceLocation)
  }
}
