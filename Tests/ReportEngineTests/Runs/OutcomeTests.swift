import Foundation
import PostgresClient
import ReportDefinitions
import ReportModel
import TestSupport
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

/// The ledger knows of every report that a run chose, also of those that it did not come to.
@Suite struct OutcomeTests {
  /// `good`; `bad`, which fails; `reader`, which reads it; `last`, which reads that.
  private func define(_ project: EngineProject) async throws {
    func table(_ name: String) -> String { "materialize: {as: table, table: reports.\(name)}\nexport: {}" }
    try await project.define("good", table("good"), sql: "select 1 as one")
    try await project.define("bad", table("bad"), sql: "select 10 / count(*) as x from src.sale as sale")
    try await project.define("reader", table("reader"), sql: "select bad.x from reports.bad as bad")
    try await project.define("last", table("last"), sql: "select reader.x from reports.reader as reader")
  }

  private func outcomes(_ project: EngineProject) async throws -> String {
    try await project.rows(
      """
      select report, state, exit_status, error from reportgen.outcome
      where run_id = (select run_id from reportgen.run order by started_at desc limit 1) order by report
      """)
  }

  private func lastRun(_ project: EngineProject) async throws -> LastRun? {
    try await LedgerReport(servers: project.servers, fingerprints: StoredDefinitions.fingerprints).lastRun()
  }

  private func toRepeat(_ project: EngineProject) async throws -> [String] {
    try await lastRun(project)?.toRepeat(in: DependencyGraph(try project.reports())).sorted() ?? []
  }

  @Test("what failed and what was skipped is known, and ran again until nothing has failed")
  func failed() async throws {
    try await withProject { project in
      try await define(project)
      #expect(try await lastRun(project) == nil)
      _ = try await project.run(["*"])
      #expect(
        try await outcomes(project).masked
          == """
          bad|failed|1|division_by_zero (SQLSTATE 22012)
          good|confirmed|0|null
          last|skipped|1|"last" was skipped: it reads "bad", which failed
          reader|skipped|1|"reader" was skipped: it reads "bad", which failed
          """.masked)
      #expect(try await toRepeat(project) == ["bad", "last", "reader"])
      #expect(try await project.history("reader").map(\.state) == ["skipped"])
      #expect(try await project.status("reader").0.lastState == "skipped")
      #expect(try await project.history("bad").map(\.state) == ["failed"])

      // Looking at it, or trying it out, does not count as a run.
      _ = try await project.run(["good"], RunOptions(dryRun: true))
      #expect(try await toRepeat(project) == ["bad", "last", "reader"])

      try await project.execute("insert into src.sale (id) values (1)")
      let again = try await project.run(toRepeat(project))
      #expect(again.status == .done)
      #expect(try await toRepeat(project) == [])
      #expect(try await lastRun(project)?.selected == ["bad", "last", "reader"])
    }
  }

  @Test(
    "what follows a run reads its recorded end in the run's own session, and nothing after an interruption")
  func readAtTheEnd() async throws {
    try await withProject { project in
      try await define(project)
      let good = try project.report("good")
      let engine = RunEngine(project.configuration(RunOptions()))
      let lockKey = LockKey.of(run: engine.configuration.run.id)
      let (result, facts) = await engine.run([good], graph: DependencyGraph([good])) { ledger in
        let holder = try? await ledger.connection.query(
          "SELECT pid = pg_backend_pid() AS own FROM pg_locks WHERE locktype = 'advisory' AND objid = $1::bigint::bit(32)::bigint::oid",
          [String(lockKey)])
        let last = try? await ledger.connection.ask(RunHistory.lastRuns(of: ["good"]))
        let state = last?["good"]?.state
        let own = try? holder.map { try $0.bool(0, "own") }
        return "\(state.map(\.rawValue) ?? "?") \(own.map(String.init) ?? "?")"
      }
      #expect(result.status == .done)
      #expect(facts == "confirmed true")

      let interrupted = Task {
        withUnsafeCurrentTask { $0?.cancel() }
        return await RunEngine(project.configuration(RunOptions()))
          .run([good], graph: DependencyGraph([good])) { _ in "read" }
      }
      let ended = await interrupted.value
      #expect(ended.result.status == .interrupted)
      #expect(ended.facts == nil)
    }
  }

  @Test("a report that failed before it was tried is in the history")
  func neverTried() async throws {
    try await withProject { project in
      try await define(project)
      var configuration = project.configuration(RunOptions())
      configuration.servers.replica = "host=/nowhere"
      let good = try project.report("good")
      let result = await RunEngine(configuration).run([good], graph: DependencyGraph([good]))
      #expect(result.status == .tryAgain)
      let entry = try #require(try await project.history("good").first)
      #expect(entry.state == "failed")
      #expect(entry.error == result.reports.first?.diagnostics.first?.message)
      #expect(try await toRepeat(project) == ["good"])
    }
  }

  @Test("a run that died leaves what it did not come to, and one that goes on is not the last one")
  func abandoned() async throws {
    try await withProject { project in
      try await define(project)
      _ = try await project.run(["good"])
      let id = UUID()
      let session = try await project.servers.openPrimary()
      _ = try await session.query(
        "SELECT pg_advisory_lock_shared($1)", [String(LockKey.of(run: id))])
      let ledger = Ledger(connection: session)
      try await ledger.begin(
        RunRecord(id: id, host: "test-host", processID: 1, version: "test", arguments: ["run", "--all"]),
        selecting: ["good", "reader"])
      try await ledger.record([ReportOutcome(report: project.report("good"), state: .upToDate)], in: id)
      #expect(try await toRepeat(project) == [])
      #expect(try await lastRun(project)?.arguments == "run")

      await session.close()
      try await waitFor("the end of the run's session") { try await toRepeat(project) != [] }
      let last = try #require(try await lastRun(project))
      #expect(last.arguments == "run --all")
      #expect(last.isAbandoned)
      #expect(try await toRepeat(project) == ["reader"])
      try await project.execute("update reportgen.run set finished_at = now(), exit_status = 1")
    }
  }

  @Test("an interrupted run says what it did not come to")
  func interrupted() async throws {
    try await withProject { project in
      try await define(project)
      try await project.define(
        "slow", "materialize: {as: table, table: reports.slow}\nexport: {}",
        sql: "select pg_catalog.pg_sleep(600)::text as x")
      try await project.define(
        "later", "materialize: {as: table, table: reports.later}\nexport: {}",
        sql: "select slow.x from reports.slow as slow")
      let run = Task { try await project.run(["slow", "good", "later"]) }
      try await project.wait("select from reportgen.report_run where report = 'slow'")
      run.cancel()
      #expect(try await run.value.status == .interrupted)
      #expect(try await toRepeat(project) == ["good", "later", "slow"])
      #expect(try await project.history("later").map(\.state) == ["skipped"])
    }
  }

  @Test("published but unconfirmed, and files that are owed, have failed")
  func unconfirmed() async throws {
    try await withProject { project in
      try await define(project)
      try await project.define("files", Definition.whole(), sql: "select 1 as one")
      try project.write("out", "a file where the folder should be")
      _ = try await project.run(["files", "good"])
      #expect(try await toRepeat(project) == ["files"])
      try FileManager.default.removeItem(atPath: project.output)

      var configuration = project.configuration(RunOptions())
      configuration.environment.confirmWaitSeconds = 0
      configuration.servers.replica = project.servers.primary
      configuration.environment.lagging = .usePrimary
      let good = try project.report("good")
      let result = await RunEngine(configuration).run([good], graph: DependencyGraph([good]))
      #expect(result.status == .tryAgain)
      #expect(try await outcomes(project).hasPrefix("good|published|75|"))
      #expect(try await toRepeat(project) == ["good"])
    }
  }
}
