import PostgresClient
import ReportModel
import Sandbox
import TestSupport
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

/// What dashboards read of the ledger: how reports and runs are doing.
@Suite struct HealthViewTests {
  private static let rows = Definition.daily(
    "unique_key: [id], grants: {select: [superset]}", rest: "checks:\n  - range: {column: amount, min: 0}")

  /// Two days are published, and one run was dry.
  private static func published(_ project: EngineProject) async throws {
    try await project.define("sale", rows)
    try await project.execute(
      """
      insert into src.sale (id, day, currency, amount) values
        (1, '2024-01-01', 'RUB', 1), (2, '2024-01-02', 'RUB', 2), (3, '2024-01-02', 'USD', 3)
      """)
    try await project.publish("sale", Definition.range("2024-01-01", "2024-01-03"))
    _ = try await project.outcome("sale", RunOptions(dates: Definition.day("2024-01-01"), dryRun: true))
  }

  @Test("a report's health: how fresh, how its last run went, and how it went in the last days")
  func report() async throws {
    try await withProject { project in
      try await Self.published(project)
      #expect(
        try await project.rows(
          """
          select interval_start, interval_end, interval_state, row_count, last_state, last_error, last_rows_read,
            last_rows_changed, failed_runs_7_days, failed_runs_30_days, runs_30_days,
            freshness_seconds between 0 and 600, last_duration_seconds between 0 and 600,
            average_duration_seconds between 0 and 600,
            last_run_id = (select run_id from reportgen.run order by started_at limit 1)
          from reportgen.report_health
          """) == "2024-01-02|2024-01-03|confirmed|2|confirmed|null|3|3|0|0|1|t|t|t|t")

      // One of two days fails: the attempt publishes the other and counts as failed all the same.
      try await project.execute(
        "update src.sale set amount = -1 where id = 1; update src.sale set amount = 7 where id = 2")
      #expect(try await project.run("sale", Definition.range("2024-01-01", "2024-01-03")).status == .failed)
      #expect(
        try await project.rows(
          """
          select last_state, last_error, last_rows_changed, failed_runs_7_days, failed_runs_30_days, runs_30_days
          from reportgen.report_health
          """) == "failed|check range of \"amount\" failed for 1 row|1|1|1|2")
      #expect(
        try await project.rows(
          "select report, first_interval_start, last_interval_end, error from reportgen.failure")
          == "sale|2024-01-01|2024-01-03|check range of \"amount\" failed for 1 row")

      try await project.execute(
        "update reportgen.report_run set started_at = started_at - interval '8 days' where error is not null")
      #expect(
        try await project.rows("select failed_runs_7_days, failed_runs_30_days from reportgen.report_health")
          == "0|1")
      try await project.execute(
        "update reportgen.report_run set started_at = started_at - interval '30 days' where error is not null"
      )
      #expect(
        try await project.rows("select failed_runs_30_days, last_state from reportgen.report_health")
          == "0|failed")
    }
  }

  @Test("what a retry of the same run made good is no failure; what only a later run did is one")
  func retried() async throws {
    try await withProject { project in
      try await Self.published(project)
      try await project.execute(
        """
        insert into reportgen.report_run
          (attempt_id, run_id, report, attempt, state, interval_starts, interval_ends, fingerprint, lock_key, error,
           started_at)
        select gen_random_uuid(), r.run_id, 'sale', 1, 'failed', '{2024-01-01,2024-01-02}', '{2024-01-02,2024-01-03}',
          r.fingerprint, 1, 'the replica was lost', r.started_at - interval '1 s'
        from reportgen.report_run r where r.state = 'confirmed'
        """)
      #expect(try await project.count("select from reportgen.failure") == 0)
      #expect(
        try await project.rows("select last_state, failed_runs_7_days from reportgen.report_health")
          == "confirmed|0")
      try await project.execute(
        """
        insert into reportgen.run (run_id, host, process_id, version, arguments, started_at)
          values ('00000000-0000-0000-0000-000000000001', 'h', 1, 'v', '{--param,secret=1}', now() - interval '1 day');
        update reportgen.report_run set run_id = '00000000-0000-0000-0000-000000000001' where error is not null
        """)
      #expect(try await project.rows("select error from reportgen.failure") == "the replica was lost")
      #expect(
        try await project.rows("select last_state, failed_runs_7_days from reportgen.report_health")
          == "confirmed|1")
      #expect(
        try await project.rows(
          """
          select state, exit_status, reports, failed_reports, rows_read, duration_seconds
          from reportgen.run_health where host = 'h'
          """) == "unfinished|null|1|1|0|null")
      let state = "select state from reportgen.run_health where host = 'h'"
      try await project.execute("update reportgen.run set lock_key = 4712 where host = 'h'")
      #expect(try await project.rows(state) == "abandoned")
      _ = try await project.admin.query("select pg_advisory_lock_shared(4712)")
      #expect(try await project.rows(state) == "running")
      _ = try await project.admin.query("select pg_advisory_unlock_shared(4712)")
      try await project.execute(
        "update reportgen.run set finished_at = now(), exit_status = 75 where host = 'h'")
    }
  }

  @Test("a report that no run got as far as to try is there, with what came between")
  func neverTried() async throws {
    try await withProject { project in
      try await Self.published(project)
      try await project.execute(
        """
        insert into reportgen.outcome (run_id, report, state, exit_status, error)
        select run_id, 'other', 'failed', 75, 'the replica is behind' from reportgen.run order by started_at limit 1
        """)
      #expect(
        try await project.rows(
          """
          select interval_start, last_state, last_error, failed_runs_7_days, runs_30_days, freshness_seconds
          from reportgen.report_health where report = 'other'
          """) == "null|failed|the replica is behind|1|1|null")
      #expect(
        try await project.rows("select failed_reports from reportgen.run_health order by started_at limit 1")
          == "1")
    }
  }

  @Test("a run's health: how long, how it ended, how much it did")
  func run() async throws {
    try await withProject { project in
      try await Self.published(project)
      try await project.execute("update src.sale set amount = -1 where id = 1")
      _ = try await project.run("sale", Definition.day("2024-01-01"))
      #expect(
        try await project.rows(
          """
          select state, exit_status, host, version, reports, failed_reports, rows_read, rows_inserted, rows_updated,
            rows_deleted, duration_seconds between 0 and 600
          from reportgen.run_health order by started_at
          """) == """
            done|0|test-host|test|1|0|3|3|0|0|t
            done|0|test-host|test|1|0|1|0|0|0|t
            failed|1|test-host|test|1|1|1|0|0|0|t
            """)
      for (code, state) in [(75, "try again"), (130, "interrupted"), (65, "wrong definition")] {
        try await project.execute(
          "update reportgen.run set exit_status = \(code) where exit_status = 1 or exit_status > 1")
        #expect(try await project.count("select from reportgen.run_health where state = '\(state)'") == 1)
      }
    }
  }

  @Test("dashboards read them on the primary and on the replica; what a run was called with they do not read")
  func roles() async throws {
    try await withProject { project in
      try await Self.published(project)
      try await project.database.waitForReplay()
      for (server, user) in [
        (Sandbox.Server.primary, "superset"), (.replica, "superset"), (.replica, "reportgen_reader"),
      ] {
        let session = try await Connection.open(
          project.database.conninfo(server, user: user), ConnectionOptions(name: "dashboard"))
        for view in ["report_health", "run_health", "failure"] {
          let rows = try await session.query("select * from reportgen.\(view)")
          #expect(rows.count == ["report_health": 1, "run_health": 2, "failure": 0][view], "\(user) \(view)")
          #expect(!rows.columnNames.contains("arguments"))
        }
        if user == "superset" {
          await #expect(throws: PostgresError.self) { try await session.query("table reportgen.run") }
        }
        await session.close()
      }
    }
  }

  @Test("a run that is going on is running on the primary; one whose process died is not")
  func running() async throws {
    try await withProject { project in
      try await Self.published(project)
      try await project.execute(
        """
        insert into reportgen.report_run
          (attempt_id, run_id, report, attempt, state, interval_starts, interval_ends, fingerprint, lock_key, started_at)
        select gen_random_uuid(), r.run_id, 'sale', 2, 'running', '{2024-01-03}', '{2024-01-04}', r.fingerprint,
          4711, clock_timestamp()
        from reportgen.report_run r where r.state = 'confirmed'
        """)
      let health = "select last_state, last_error, failed_runs_7_days from reportgen.report_health"
      #expect(try await project.rows(health) == "failed|the process ended before the attempt did|1")
      _ = try await project.admin.query("select pg_advisory_lock(4711)")
      #expect(try await project.rows(health) == "running|null|0")
      _ = try await project.admin.query("select pg_advisory_unlock(4711)")

      // A run that died had chosen the report, and has no end.
      try await project.execute(
        """
        update reportgen.run set finished_at = null, exit_status = null;
        update reportgen.outcome set state = 'selected', exit_status = null
        """)
      let last = "select state, error from reportgen.report_last_run"
      #expect(try await project.rows(last) == "abandoned|the process ended before the attempt did")
      let key = try await project.rows(
        "select r.lock_key from reportgen.report_last_run l join reportgen.run r using (run_id)")
      _ = try await project.admin.query("select pg_advisory_lock(\(key))")
      #expect(try await project.rows("select state from reportgen.report_last_run") == "failed")
      _ = try await project.admin.query("select pg_advisory_lock(4711)")
      #expect(try await project.rows(last) == "running|null")
      _ = try await project.admin.query("select pg_advisory_unlock_all()")
      try await project.execute("update reportgen.run set finished_at = now(), exit_status = 1")
      try await project.execute("delete from reportgen.report_run where state = 'running'")
    }
  }
}
