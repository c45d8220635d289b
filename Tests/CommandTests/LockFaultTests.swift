import PostgresClient
import TestSupport
import Testing

/// Sessions of others that stand in a publish's way.
@Suite("Deadlocks and locks that are held")
struct LockFaultTests {
  private func attempts(_ project: CommandProject, _ report: String) throws -> String {
    try project.onPrimary(
      """
      select attempt, state, error_sqlstate from reportgen.report_history where report = '\(report)'
        and run_id = (select run_id from reportgen.run order by started_at desc limit 1) order by attempt
      """)
  }

  @Test("a publish that PostgreSQL chooses as a deadlock's victim is tried again, and nothing is there twice")
  func deadlock() async throws {
    try await withProject { project in
      try await RunStep.prepare(project)
      try RunStep.change.touch(project)
      // The other session looks for no deadlock for a long time, so that the run finds it.
      _ = try project.onPrimary(
        "alter database \(project.database.name) set deadlock_timeout = '5s'")
      let check = try await Gate.key(2, on: project.database.primary)
      let run = try project.start(["run", "gated"])
      try await check.waitForRun("advisory")
      let lockOfRow = "select from reportgen.report_run where state = 'running' for update"
      let claim = try await Gate(project.database.primary, lock: lockOfRow)
      let other = try await Connection.open(
        project.database.primary, ConnectionOptions(name: "other", applicationName: "other"))
      _ = try await other.execute(
        "set deadlock_timeout = '60s'; begin; lock table reports.gated in share mode")
      await check.open()
      try await claim.waitForRun("transactionid")
      // Behind the run in the queue of the row: once the gate is open, the run changes its ledger row and waits for the
      // table, the other session holds the table and waits for that row.
      let waiting = Task { try await other.execute(lockOfRow) }
      try await waitUntil(
        project.database.primary,
        """
        exists (select from pg_stat_activity where application_name = 'other'
          and datname = current_database() and wait_event = 'tuple')
        """)
      await claim.open()
      _ = try await waiting.value
      _ = try await other.execute("rollback")
      await other.close()
      let outcome = try await run.outcome()
      #expect(outcome.status == 0, "\(outcome.error)")
      try expectGolden(outcome.error, "faults/deadlock.txt")
      #expect(try attempts(project, "gated") == "1|failed|40P01\n2|confirmed|")
      try await project.expectDone(.change)
    }
  }

  /// A minute of waiting, for "make faults" alone.
  @Test(
    "rows that somebody holds for longer than a publish waits cost an attempt, and nothing is there twice",
    .enabled(if: RandomFaultTests.isCalledByName))
  func heldRows() async throws {
    try await withProject { project in
      try await RunStep.prepare(project)
      try RunStep.change.touch(project)
      let gate = try await Gate(project.database.primary, lock: "select from reports.gated for update")
      let run = try project.start(["run", "gated"])
      let failed =
        "select count(*) from reportgen.report_run where state = 'failed' and error_sqlstate = '55P03'"
      // A publish waits for 30 s.
      try await waitFor("the publish to give up") { try project.onPrimary(failed) != "0" }
      await gate.open()
      let outcome = try await run.outcome()
      #expect(outcome.status == 0, "\(outcome.error)")
      #expect(try attempts(project, "gated") == "1|failed|55P03\n2|confirmed|")
      try await project.expectDone(.change)
    }
  }

  private func change(_ project: CommandProject, _ report: String) throws {
    if report == "total" {
      let yaml = Samples.totalYAML.replacing("[item]}", with: "[item], indexes: [[sales]]}")
      return try project.report("total", sql: Samples.totalSQL, yaml)
    }
    try project.report(
      "shown", sql: "select total.item, total.amount, total.sales from reports.total as total",
      "title: Shown\nmaterialize: {as: view, table: reports.shown}\nexport: {}")
  }

  /// When the statement of the run that waits for a lock on a table began, if there is one.
  private func waitingStatements(_ project: CommandProject) throws -> [String] {
    try project.onPrimary(
      """
      select query_start from pg_stat_activity where application_name = 'reportgen'
        and datname = current_database() and wait_event_type = 'Lock'
      """
    ).split(separator: "\n").map(String.init)
  }

  @Test("DDL that finds a table locked gives way to its readers and comes when they are gone")
  func heldLock() async throws {
    try await withProject { project in
      try project.report(
        "shown", sql: "select total.item, total.amount from reports.total as total",
        "title: Shown\nmaterialize: {as: view, table: reports.shown}\nexport: {}")
      try await project.succeed("run", "+shown")
      // An index that writers are in the way of, then a view that a reader is in the way of.
      for report in ["total", "shown"] {
        try change(project, report)
        let lock =
          report == "total" ? "update reports.total set amount = amount" : "select from reports.shown"
        let gate = try await Gate(project.database.primary, lock: lock)
        let run = try project.start(["run", "+shown"])
        // Three tries, each of which gives way to the readers after a while.
        var tries: Set<String> = []
        try await waitFor("three tries to lock the table of \(report)") {
          tries.formUnion(try waitingStatements(project))
          try #require(!run.hasEnded)
          return tries.count >= 3
        }
        await gate.open()
        let outcome = try await run.outcome()
        #expect(outcome.status == 0 && outcome.error == "", "\(outcome.error)")
        #expect(try attempts(project, report) == "1|confirmed|")
      }
      let columns =
        "select string_agg(attname, ',' order by attnum) from pg_attribute where attrelid = 'reports.shown'::regclass"
      #expect(try project.onPrimary(columns) == "item,amount,sales")
      #expect(try project.onPrimary("select count(*) from pg_indexes where tablename = 'total'") == "2")
      try await project.expectNothingLeft()
    }
  }
}
