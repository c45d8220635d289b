import Foundation
import PostgresClient
import ReportModel
import TestSupport
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

/// No role but those that write the ledger can stop a run, or make a dead one look alive.
@Suite struct ReportLockTests {
  /// A role that may read summary tables and nothing else.
  private func stranger(_ project: EngineProject) async throws -> Connection {
    try await connect(project.database.conninfo(.primary, user: "superset"))
  }

  @Test("a role that holds the advisory locks of all keys stops no run, and cannot write the table of locks")
  func advisory() async throws {
    try await withProject { project in
      try await project.define("sale", Definition.whole(), sql: Definition.wholeSQL)
      let key = LockKey.of(try project.report("sale"))
      let stranger = try await stranger(project)
      _ = try await stranger.query("select pg_advisory_lock($1)", [String(key)])
      try await project.publish("sale")
      #expect(try await project.rows("select state from reportgen.report_history") == "confirmed")
      await stranger.close()
      let reader = try await connect(project.database.conninfo(.primary, user: "reportgen_reader"))
      for sql in [
        "insert into reportgen.report_lock values (1, 1, 1, 1)", "delete from reportgen.report_lock",
        "select from reportgen.report_lock for update",
        "do $$ begin lock table reportgen.report_lock in share mode; end $$",
      ] {
        let error = await #expect(throws: PostgresError.self) { _ = try await reader.query(sql) }
        #expect(error?.sqlState.matches(.insufficientPrivilege) == true, "\(sql)")
      }
      await reader.close()
    }
  }

  @Test("a session that waits for a run's advisory lock holds up none of the run's sessions")
  func waiting() async throws {
    try await withProject { project in
      try await project.define("sale", Definition.whole(), sql: Definition.wholeSQL)
      let run = UUID()
      let sessions = (1...2).map { _ in
        PrimarySession(
          servers: project.servers, reconnect: ServerReconnect(to: "primary", patience: .zero) { _ in },
          isSpare: false, run: run)
      }
      _ = try await sessions[0].connection()
      let stranger = try await stranger(project)
      let asking = Task {
        _ = try? await stranger.query("select pg_advisory_lock($1)", [String(LockKey.of(run: run))])
      }
      try await project.wait("select from pg_locks where locktype = 'advisory' and not granted")
      let report = try project.report("sale")
      _ = try await project.lock(report, in: sessions[1])
      #expect(try await sessions[0].lock(report, until: .now) == nil)
      #expect(await sessions[0].sessionKey == LockKey.of(run: run))
      #expect(await sessions[1].sessionKey != LockKey.of(run: run))
      for session in sessions { await session.close() }
      await asking.value
      await stranger.close()
    }
  }

  @Test("a run that died is not alive because another role holds its advisory lock")
  func imitated() async throws {
    try await withProject { project in
      try await project.define("sale", Definition.whole(), sql: Definition.wholeSQL)
      try await project.publish("sale")
      let id = UUID()
      let ledger = Ledger(connection: project.admin)
      try await ledger.begin(
        RunRecord(id: id, host: "h", processID: 1, version: "test", arguments: ["run"]), selecting: ["sale"])
      let stranger = try await stranger(project)
      _ = try await stranger.query("select pg_advisory_lock_shared($1)", [String(LockKey.of(run: id))])
      let state = "select state from reportgen.run_health where host = 'h'"
      #expect(try await project.rows(state) == "abandoned")
      let report = LedgerReport(servers: project.servers, fingerprints: { _ in [] })
      #expect(try await report.lastRun()?.isAbandoned == true)
      let own = try await project.servers.openPrimary()
      _ = try await own.query("select pg_advisory_lock_shared($1)", [String(LockKey.of(run: id))])
      #expect(try await project.rows(state) == "running")
      await own.close()
      await stranger.close()
      try await project.execute(
        "update reportgen.run set finished_at = now(), exit_status = 1 where host = 'h'")
    }
  }

  @Test("the lock of a session that is gone is taken, also when another process has its number")
  func left() async throws {
    try await withProject { project in
      try await project.define("sale", Definition.whole(), sql: Definition.wholeSQL)
      let report = try project.report("sale")
      let other = project.otherSession()
      let session = try await project.lock(report, in: other)
      let pid = await session.backendPID
      try await project.execute("update reportgen.report_lock set session_key = session_key + 1")
      #expect(try await Ledger(connection: project.admin).lockHolder(of: report, otherThan: UUID()) == nil)
      try await project.publish("sale")
      try await project.execute("update reportgen.report_lock set pid = \(pid)")
      await other.close()
      try await project.publish("sale", .fullRefresh)
    }
  }

  @Test("two processes that migrate a ledger do it once, whoever holds which advisory lock")
  func migration() async throws {
    try await withProject { project in
      try await project.define("sale", Definition.whole(), sql: Definition.wholeSQL)
      let reports = try project.reports()
      for _ in 1...4 {
        try await project.execute("drop schema reportgen, reportgen_staging cascade")
        async let first = LedgerSetup(servers: project.servers).run(reports: reports)
        async let second = LedgerSetup(servers: project.servers).run(reports: reports)
        async let third = LedgerSetup(servers: project.servers).run(reports: reports)
        let done = try await first + second + third
        #expect(done.count { $0.contains("migration") } == LedgerMigration.all.count)
        #expect(done.count { $0.hasPrefix("created schema") } == 2)
      }
    }
  }
}
