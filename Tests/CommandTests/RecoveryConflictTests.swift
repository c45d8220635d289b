import TestSupport
import Testing

/// Replay that meets what a run reads, on a replica that waits for nobody.
@Suite("Recovery conflicts on the replica")
struct RecoveryConflictTests {
  private func withImpatientReplica(_ body: (CommandProject) async throws -> Void) async throws {
    let pair = try await startPrivatePair()
    try await withProject(on: pair) { project in
      _ = try project.onReplica("alter system set max_standby_streaming_delay = '10ms'")
      try await pair.reloadSettings(.replica)
      _ = try project.onPrimary("create table shop.scratch as select 1 as n")
      try await RunStep.prepare(project)
      try await body(project)
    }
    try await pair.stop()
  }

  /// What replay needs: rows that a snapshot still sees, or a lock that a reader holds.
  private static let causes = [
    "snapshot": [
      "delete from shop.scratch", "vacuum shop.scratch", "insert into shop.scratch values (1)",
    ],
    "lock": [
      "alter table shop.sale alter item drop default",
      "begin; lock table reportgen.interval in access exclusive mode; commit",
    ],
  ]

  /// Makes a conflict and waits until the replica has cancelled so many readers in all; its log says so at once.
  private func conflict(_ project: CommandProject, _ kind: String, count: Int = 1) async throws {
    for statement in Self.causes[kind] ?? [] { _ = try project.onPrimary(statement) }
    try await waitFor("replay to cancel \(count) readers (\(kind))") {
      let log = try String(contentsOfFile: project.database.pair.logFile(.replica), encoding: .utf8)
      return log.split(separator: "due to conflict with recovery").count > count
    }
  }

  private func attempts(_ project: CommandProject) throws -> String {
    try project.onPrimary(
      """
      select attempt, state, error_sqlstate, error from reportgen.report_history where report = 'gated'
        and run_id = (select run_id from reportgen.run order by started_at desc limit 1) order by attempt
      """)
  }

  /// Within a savepoint PostgreSQL ends the session where it would else cancel the statement.
  private static let twoAttempts = """
    1|failed|40001|terminating connection due to conflict with recovery (SQLSTATE 40001)
    2|confirmed||
    """

  @Test(
    "a read that replay cancels is read again in the same run, and the ledger says why",
    arguments: ["snapshot", "lock"])
  func running(_ kind: String) async throws {
    try await withImpatientReplica { project in
      try RunStep.readMiddle.touch(project)
      let stopped = try await RunStep.readMiddle.reach(project)
      try await conflict(project, kind)
      await stopped.release()
      let outcome = try await stopped.run.outcome()
      #expect(outcome.status == 0, "\(outcome.error)")
      try expectGolden(outcome.error, "faults/conflict-running.txt")
      #expect(try attempts(project) == Self.twoAttempts)
      try await project.expectDone(.readMiddle)
    }
  }

  @Test("an export that replay cancels is tried again: the run ends 0 with its files")
  func export() async throws {
    try await withImpatientReplica { project in
      try RunStep.export.touch(project)
      let stopped = try await RunStep.export.reach(project)
      try await conflict(project, "lock")
      await stopped.release()
      let outcome = try await stopped.run.outcome()
      #expect(outcome.status == 0 && outcome.error == "", "\(outcome.error)")
      try await project.expectDone(.export)
    }
  }

  @Test("the idle session that holds the snapshot is ended by replay: the report is read again in a new one")
  func idle() async throws {
    try await withImpatientReplica { project in
      try RunStep.readMiddle.touch(project)
      try await project.succeed("run", "gated")
      try RunStep.readMiddle.touch(project)
      let gate = try await Gate(
        project.database.primary, lock: "LOCK TABLE reportgen_staging.gated IN ACCESS EXCLUSIVE MODE")
      let run = try project.start(["run", "gated"])
      try await gate.waitForRun("relation")
      // Its lock alone: the run that waits on the primary keeps rows from being vacuumed.
      try await conflict(project, "lock")
      try await waitUntil(
        project.database.replica,
        "not exists (select from pg_stat_activity where application_name = 'reportgen')")
      await gate.open()
      let outcome = try await run.outcome()
      #expect(outcome.status == 0, "\(outcome.error)")
      try expectGolden(outcome.error, "faults/conflict-idle.txt")
      #expect(try attempts(project) == Self.twoAttempts)
      try await project.expectDone(.readMiddle)
    }
  }

  @Test("a run whose three attempts all meet a conflict ends 75, and nothing is published")
  func endless() async throws {
    try await withImpatientReplica { project in
      try RunStep.readMiddle.touch(project)
      let before = try project.state()
      let stopped = try await RunStep.readMiddle.reach(project)
      for count in 1...3 {
        // Each attempt comes to the gate, which stays closed.
        try await waitUntil(project.database.replica, Gate.waiting("advisory"))
        try await conflict(project, "lock", count: count)
      }
      let outcome = try await stopped.run.outcome()
      try expectGolden("exit \(outcome.status)\n\(outcome.error)", "faults/conflict-endless.txt")
      #expect(try project.state().changes(since: before) == [])
      await stopped.release()
      try await project.expectDone(.readMiddle)
    }
  }
}
