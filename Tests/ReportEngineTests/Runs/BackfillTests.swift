import Foundation
import PostgresClient
import ReportModel
import TestSupport
import Testing

@testable import ReportEngine

/// A long history is read in few large reads and published in portions, so that no interruption costs all of it.
@Suite struct BackfillTests {
  static func yaml(
    _ project: EngineProject, _ keys: String = "unique_key: [id], batch: 5", kind: String = "incremental"
  )
    -> String
  {
    Definition.daily(keys, kind: kind, start: project.day(-20), export: "")
  }

  /// First day and number of intervals of each published attempt, in the order of the publishes.
  private func attempts(_ project: EngineProject, state: String = "confirmed") async throws -> String {
    try await project.rows(
      """
      select interval_starts[1] - date '\(project.today)', cardinality(interval_starts), rows_read
      from reportgen.report_run where report = 'sale' and state = '\(state)' order by published_at, started_at
      """)
  }

  private func expectWhole(_ project: EngineProject, since days: Int = 20) async throws {
    #expect(
      try await project.difference(
        "table reports.sale",
        "select id, day, currency, amount from src.sale where day >= '\(project.day(-days))' and day < '\(project.today)'"
      )
        == 0)
    #expect(
      try await project.count(
        "select from reportgen.interval where report = 'sale' and state = 'confirmed' and row_count = 2")
        == days)
  }

  @Test("the first run reads neighbouring intervals at once and publishes all of them in one transaction")
  func small() async throws {
    try await withProject { project in
      try await project.sellDaily(since: 20, each: 2)
      try await project.define("sale", Self.yaml(project))
      try await project.publish("sale")
      #expect(try await attempts(project) == "-20|20|40")
      try await expectWhole(project)
    }
  }

  @Test(
    "more rows than one publish should have are published in portions, each in a transaction of its own",
    arguments: [
      (11, "-20|10|20\n-10|10|20"), (10, "-20|5|10\n-15|5|10\n-10|5|10\n-5|5|10"), (30, "-20|15|30\n-5|5|10"),
    ])
  func portions(_ rows: Int, _ expected: String) async throws {
    try await withProject { project in
      try await project.sellDaily(since: 20, each: 2)
      try await project.define("sale", Self.yaml(project))
      let outcome = try await project.night(0, "sale", limit: PortionLimit(rows: rows))
      #expect(outcome.text == "")
      #expect(outcome.intervals.map(\.start) == project.days(-20, -1))
      #expect(outcome.counted == "40 +40 ~0 -0 =0")
      #expect(try await attempts(project) == expected)
      try await expectWhole(project)
      // Each portion has a snapshot of its own, with the as-of that the ledger says.
      #expect(
        try await project.count("select distinct snapshot from reportgen.report_run")
          == expected.split(separator: "\n").count)
    }
  }

  @Test("a slow query ends a portion after a while, whatever the rows")
  func slow() async throws {
    try await withProject { project in
      try await project.sellDaily(since: 20, each: 2)
      try await project.define("sale", Self.yaml(project))
      try await project.night(0, "sale", limit: PortionLimit(duration: .zero))
      #expect(try await attempts(project) == "-20|5|10\n-15|5|10\n-10|5|10\n-5|5|10")
      try await expectWhole(project)
    }
  }

  @Test("appended intervals come in portions, too")
  func append() async throws {
    try await withProject { project in
      try await project.sellDaily(since: 20, each: 2)
      try await project.define("sale", Self.yaml(project, "unique_key: [id]", kind: "append"))
      let outcome = try await project.night(0, "sale", limit: PortionLimit(rows: 14))
      #expect(outcome.text == "")
      #expect(try await attempts(project) == "-20|7|14\n-13|7|14\n-6|6|12")
      try await expectWhole(project)
    }
  }

  @Test("reports of one level share the snapshot of each portion")
  func level() async throws {
    try await withProject { project in
      try await project.sellDaily(since: 20, each: 2)
      for name in ["sale", "second"] {
        try await project.define(
          name, Self.yaml(project).replacing("reports.sale", with: "reports.\(name)"))
      }
      let result = try await project.night(0, ["sale", "second"], limit: PortionLimit(rows: 20))
      #expect(result.status == .done)
      #expect(
        try await project.rows(
          """
          select count(*), count(distinct snapshot), min(c), max(c)
          from (select snapshot, count(*) over (partition by snapshot) as c from reportgen.report_run) r
          """) == "4|2|2|2")
      #expect(try await project.difference("table reports.sale", "table reports.second") == 0)
    }
  }

  @Test("a row that breaks the query in a later portion costs its own interval alone")
  func brokenRow() async throws {
    try await withProject { project in
      try await project.sellDaily(since: 20, each: 2)
      let broken = "1 / case when sale.day = '\(project.day(-9))' then 0 else 1 end as amount"
      try await project.define(
        "sale", Self.yaml(project), sql: Definition.sql.replacing("sale.amount", with: broken))
      let outcome = try await project.night(0, "sale", limit: PortionLimit(rows: 10))
      #expect(outcome.status == .failed)
      #expect(outcome.failedIntervals.map(\.start) == [project.day(-9)])
      #expect(
        Set(outcome.intervals.map(\.start)) == Set(project.days(-20, -1)).subtracting([project.day(-9)]))
      #expect(try await project.count("select from reportgen.interval where state = 'confirmed'") == 19)
      #expect(try await project.count("table reports.sale") == 38)
    }
  }

  @Test("an interrupted backfill keeps what it published, and the next one goes on behind it")
  func resumed() async throws {
    try await withProject { project in
      try await project.sellDaily(since: 20, each: 2)
      // The third of four portions is held up in its query, so that the interruption comes then.
      try await project.execute(
        """
        create function src.gate(day date) returns boolean language plpgsql as $$ begin
          if day >= '\(project.day(-10))' then perform pg_catalog.pg_advisory_xact_lock_shared(9); end if;
          return true;
        end $$
        """)
      try await project.define(
        "sale", Self.yaml(project), sql: Definition.sql + " and (select src.gate(:start))")
      let gate = try await connect(project.database.replica)
      _ = try await gate.query("select pg_advisory_lock(9)")
      let run = Task { try await project.night(0, ["sale"], limit: PortionLimit(rows: 10)) }
      try await project.waitOnReplica(VerifyTests.isHeldUp)
      run.cancel()
      #expect(try await run.value.status == .interrupted)
      await gate.close()
      let kept = try await project.count("select from reportgen.interval")
      #expect(kept == 10)
      #expect(try await project.count("table reports.sale") == 2 * kept)

      let (status, _) = try await project.status("sale")
      #expect(status.missing == 20 - kept)
      let resumed = try await project.outcome("sale", RunOptions(backfill: true))
      #expect(resumed.text == "")
      #expect(resumed.intervals.count == 20 - kept)
      try await expectWhole(project)
    }
  }

  @Test("three nights off are caught up by one run")
  func nightsOff() async throws {
    try await withProject { project in
      try await project.sellDaily(since: 20, each: 2)
      try await project.define("sale", Self.yaml(project, "unique_key: [id], lookback: 2"))
      try await project.publish("sale")
      let outcome = try await project.night(4, "sale")
      #expect(outcome.intervals.map(\.start) == project.days(-2, 3))
      #expect(outcome.counted == "12 +8 ~0 -0 =4")
      let (status, _) = try await project.status("sale", days: 4)
      #expect(status.missing == 0)
    }
  }

  @Test("a full refresh in portions ends as one in a single transaction does")
  func fullRefresh() async throws {
    try await withProject { project in
      try await project.sellDaily(since: 20, each: 2)
      try await project.define("sale", Self.yaml(project))
      try await project.publish("sale")
      try await project.execute(
        """
        update src.sale set amount = 5 where id % 3 = 0;
        delete from src.sale where day = '\(project.day(-7))';
        insert into src.sale (id, day) values (-7, '\(project.day(-7))'), (-8, '\(project.day(-7))');
        insert into reports.sale (id, day) values (-1, '\(project.day(-30))'), (-2, null), (-3, '\(project.day(5))')
        """)
      let outcome = try await project.night(0, "sale", .fullRefresh, limit: PortionLimit(rows: 10))
      #expect(outcome.text == "")
      #expect(outcome.counts.deleted == 5)
      #expect(try await attempts(project) == "-20|20|40\n-20|5|10\n-15|5|10\n-10|5|10\n-5|5|10")
      try await expectWhole(project)
    }
  }

  @Test("a full refresh forgets intervals whose rows it removed, so that they can be missing again")
  func forgets() async throws {
    try await withProject { project in
      try await project.sellDaily(since: 20, each: 2)
      try await project.define("sale", Self.yaml(project))
      try await project.publish("sale")
      let later = Self.yaml(project).replacing(
        project.day(-20).description, with: project.day(-4).description)
      try await project.define("sale", later)
      let refreshed = try await project.outcome(
        "sale", RunOptions(dates: .fullRefresh, allowShrink: true))
      #expect(refreshed.text == "")
      try await expectWhole(project, since: 4)
      #expect(try await project.count("select from reportgen.interval") == 4)
      try await project.define("sale", Self.yaml(project))
      let again = try await project.publish("sale")
      #expect(again.intervals.count == 16)
      try await expectWhole(project)
    }
  }

  @Test("a new period replaces the intervals of the old one, in the table and in the ledger")
  func otherPeriod() async throws {
    try await withProject { project in
      try await project.execute(
        """
        insert into src.sale (id, day, amount)
          select n, date '2024-01-01' + n, 1 from generate_series(0, 90) n
        """)
      try await project.define("sale", Definition.daily("unique_key: [id]", export: ""))
      try await project.publish("sale", Definition.range("2024-01-01", "2024-03-01"))
      try await project.define("sale", Definition.daily("unique_key: [id]", period: "month", export: ""))
      try await project.publish("sale", Definition.day("2024-01-15"))
      #expect(
        try await project.rows(
          "select count(*), min(interval_start), sum(row_count) from reportgen.interval")
          == "30|2024-01-01|60")
      try await project.publish("sale", Definition.day("2024-02-15"))
      #expect(try await project.intervals("sale") == "2024-01-01|confirmed|31\n2024-02-01|confirmed|29")
      try await project.define("sale", Definition.daily("unique_key: [id]", period: "week", export: ""))
      try await project.publish("sale", Definition.day("2024-01-30"))
      #expect(try await project.intervals("sale") == "2024-01-29|confirmed|7")
      #expect(try await project.count("table reports.sale") == 60)
    }
  }
}
