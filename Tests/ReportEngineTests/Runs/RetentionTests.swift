import Foundation
import ReportModel
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

/// What is older than `materialize.retention` goes, rows and ledger together, and nothing else does.
@Suite struct RetentionTests {
  /// Five days are kept of ten; the summary table holds one row a day.
  static func yaml(
    _ project: EngineProject, _ retention: String? = "5 days", keys: String = "unique_key: [id]"
  )
    -> String
  {
    let kept = retention.map { ", retention: \($0)" } ?? ""
    return Definition.daily(keys + kept, start: project.day(-10))
  }

  private func define(_ project: EngineProject, _ retention: String? = "5 days") async throws {
    try await project.define("sale", Self.yaml(project, retention))
  }

  /// `-5 -4`: which days, counted from today, have rows.
  private func published(_ project: EngineProject) async throws -> String {
    try await project.rows(
      "select string_agg((day - date '\(project.today)')::text, ' ' order by day) from reports.sale")
  }

  /// What the ledger says of each interval, a line for each: its day, counted from today, its state and its rows.
  private func states(_ project: EngineProject) async throws -> [String] {
    try await project.rows(
      """
      select format('%s %s, rows: %s', interval_start - date '\(project.today)', state, row_count)
      from reportgen.interval where report = 'sale' order by interval_start
      """
    ).split(separator: "\n").map(String.init)
  }

  /// Lines of `states` for neighbouring days with one row each.
  private func confirmed(_ days: ClosedRange<Int>) -> [String] { days.map { "\($0) confirmed, rows: 1" } }

  /// Lines of `states` for neighbouring days whose rows are gone.
  private func expired(_ days: ClosedRange<Int>) -> [String] { days.map { "\($0) expired, rows: 0" } }

  @Test("intervals that are not kept are never missing; published ones expire with their rows as days pass")
  func expires() async throws {
    try await withProject { project in
      try await project.sellDaily(since: 10)
      try await define(project)
      let first = try await project.publish("sale")
      #expect(first.expiredIntervals == [])
      #expect(try await published(project) == "-5 -4 -3 -2 -1")

      let later = try await project.night(2, "sale")
      #expect(later.text == "")
      #expect(later.expiredIntervals.map(\.start) == project.days(-5, -4))
      #expect(later.expiredRows == 2)
      #expect(
        RunSummary.text(later).contains(
          "  2 expired  \(project.day(-5))..\(project.day(-4)), 2 rows removed\n"))
      #expect(try await published(project) == "-3 -2 -1 0 1")
      #expect(try await states(project) == expired(-5...(-4)) + confirmed(-3...1))

      let quiet = try await project.night(2, "sale")
      #expect(quiet.state == .upToDate)
      #expect(quiet.expiredIntervals == [])
      let (status, _) = try await project.status("sale", days: 2)
      #expect(status.expired == 2)
      #expect(status.missing == 0)
      let expiry = try #require(try await project.history("sale").first { $0.state == "expired" })
      #expect(expiry.deleted == 2)
      #expect(expiry.intervals == 2)
      #expect(expiry.firstInterval == project.day(-5).description)
      #expect(
        try await project.rows("select expired_intervals from reportgen.report_status where report = 'sale'")
          == "2")
    }
  }

  @Test("a longer retention makes expired intervals missing again, a shorter one expires more")
  func changes() async throws {
    try await withProject { project in
      try await project.sellDaily(since: 10)
      try await define(project)
      try await project.publish("sale")
      try await define(project, "2 days")
      let shorter = try await project.publish("sale")
      #expect(shorter.state == .upToDate)
      #expect(shorter.expiredRows == 3)
      #expect(try await published(project) == "-2 -1")

      try await define(project, "1 week")
      let longer = try await project.publish("sale")
      #expect(longer.intervals.map(\.start) == project.days(-7, -3))
      #expect(try await published(project) == "-7 -6 -5 -4 -3 -2 -1")
      #expect(try await states(project) == confirmed(-7...(-1)))

      try await define(project, nil)
      try await project.publish("sale")
      #expect(
        try await project.difference(
          "table reports.sale",
          "select id, day, currency, amount from src.sale where day < '\(project.today)'")
          == 0)
    }
  }

  @Test("the rows of an interval and its state in the ledger change together or not at all")
  func atomic() async throws {
    try await withProject { project in
      try await project.sellDaily(since: 10)
      try await define(project)
      try await project.publish("sale")
      try await project.execute(
        """
        create function src.refuse() returns trigger language plpgsql as $$
          begin raise exception 'not to be deleted' using errcode = 'P0001'; end $$;
        grant execute on function src.refuse to public;
        create trigger refuse before delete on reports.sale for each row
          when (old.day = '\(project.day(-4))') execute function src.refuse()
        """)
      let refused = try await project.night(2, "sale")
      #expect(
        refused.text == """
          error: could not expire intervals of "sale": raise_exception (SQLSTATE P0001)
            detail: Their rows are unchanged.
            hint: The server's own words can quote rows: "--verbose" shows them, on a terminal only.
          """)
      // What is new is published all the same, and the run says that something is left to do.
      #expect(refused.state == .confirmed)
      #expect(refused.status == .failed)
      #expect(refused.expiredIntervals == [])
      #expect(try await states(project) == confirmed(-5...1))
      #expect(try await published(project) == "-5 -4 -3 -2 -1 0 1")

      try await project.execute("drop trigger refuse on reports.sale")
      let mended = try await project.night(2, "sale")
      #expect(mended.status == .done)
      #expect(mended.expiredRows == 2)
      #expect(try await published(project) == "-3 -2 -1 0 1")
    }
  }

  @Test("rows that expire are no reason to stop a publish, neither of a new interval nor of all")
  func shrinkGuard() async throws {
    try await withProject { project in
      try await project.sellDaily(since: 10, each: 200)
      try await define(project, nil)
      try await project.publish("sale")
      try await define(project, "2 days")
      let outcome = try await project.night(1, "sale")
      #expect(outcome.text == "")
      #expect(outcome.counted == "200 +200 ~0 -0 =0")
      #expect(outcome.expiredRows == 1800)
      try await define(project, "1 day")
      let refreshed = try await project.night(1, "sale", .fullRefresh)
      #expect(refreshed.text == "")
      #expect(refreshed.counted == "200 +0 ~0 -0 =200")
      #expect(try await project.count("table reports.sale") == 200)
    }
  }

  @Test("rows that no interval of the ledger has brought stay")
  func foreign() async throws {
    try await withProject { project in
      try await project.sellDaily(since: 10)
      try await define(project)
      try await project.publish("sale")
      try await project.execute(
        "insert into reports.sale (id, day) values (-1, '\(project.day(-9))'), (-2, null)")
      try await project.night(1, "sale")
      #expect(
        try await project.rows(
          "select id from reports.sale where day is null or day < '\(project.day(-4))' order by 1")
          == "-2\n-1")
    }
  }

  @Test("a dry run says what would expire, and other parameters nothing at all")
  func dryRun() async throws {
    try await withProject { project in
      try await project.sellDaily(since: 10)
      try await define(project)
      try await project.publish("sale")
      let before = try await project.versions(of: "reports.sale")
      let dry = try await project.night(2, "sale", dryRun: true)
      #expect(
        RunSummary.text(dry).contains(
          "2 expired  \(project.day(-5))..\(project.day(-4)), 2 rows would be removed"))
      #expect(try await project.versions(of: "reports.sale") == before)
      #expect(try await states(project) == confirmed(-5...(-1)))
    }
  }

  @Test("a day that is expired is refused, a range is cut to what is kept")
  func dates() async throws {
    try await withProject { project in
      try await project.sellDaily(since: 10)
      try await define(project)
      let refused = try await project.run("sale", .day(project.day(-6)))
      #expect(refused.status == .usage)
      #expect(
        refused.text == """
          reports/sale.yaml: error: interval \(project.day(-6))..\(project.day(-5)) of "sale" is expired
            detail: Days before \(project.day(-5)) are not kept.
            hint: Raise materialize.retention, which is 5 days, and run again.
          """)
      let cut = try await project.publish("sale", .range(from: project.day(-8), to: project.day(-3)))
      #expect(cut.intervals.map(\.start) == project.days(-5, -4))
    }
  }

  @Test("appended intervals expire, and are appended again when they are kept again")
  func append() async throws {
    try await withProject { project in
      try await project.sellDaily(since: 10)
      func define(_ retention: String) async throws {
        try await project.define(
          "sale",
          Definition.daily(
            "unique_key: [id], retention: \(retention)", kind: "append", start: project.day(-10)))
      }
      try await define("3 days")
      try await project.publish("sale")
      try await project.night(1, "sale")
      #expect(try await published(project) == "-2 -1 0")
      try await define("5 days")
      let again = try await project.night(1, "sale")
      #expect(again.text == "")
      #expect(try await published(project) == "-4 -3 -2 -1 0")
    }
  }

  @Test("an expired interval has no files, and latest stays")
  func files() async throws {
    try await withProject { project in
      try await project.sellDaily(since: 10)
      try await define(project)
      try await project.publish("sale")
      let outcome = try await project.night(2, "sale")
      #expect(outcome.removedFolders == project.days(-5, -4).reversed().map { "out/sale/\($0)" })
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: project.output + "/sale").sorted()
          == project.days(-3, 1).map(\.description) + ["latest"])
      #expect(
        try FileManager.default.destinationOfSymbolicLink(atPath: project.output + "/sale/latest")
          == project.day(1).description)
    }
  }

  @Test("a table that is gone has nothing to delete; the ledger says what is kept")
  func droppedTable() async throws {
    try await withProject { project in
      try await project.sellDaily(since: 10)
      try await define(project)
      try await project.publish("sale")
      try await project.execute("drop table reports.sale")
      let outcome = try await project.night(9, "sale")
      #expect(outcome.text == "")
      #expect(outcome.expiredIntervals.count == 5)
      #expect(try await published(project) == "4 5 6 7 8")
    }
  }

  @Test("what reads expired rows keeps what it published of them, also through a full refresh")
  func reader() async throws {
    try await withProject { project in
      try await project.sellDaily(since: 70)
      try await project.define(
        "sale", Definition.daily("unique_key: [id], batch: 100", start: project.day(-70)))
      try await project.define(
        "monthly",
        """
        period: month
        start: \(project.day(-70))
        materialize: {as: incremental, table: reports.monthly, time_column: month, unique_key: [month]}
        export: {}
        """,
        sql: """
          select date_trunc('month', sale.day::timestamp)::date as month, count(*) as sales
          from reports.sale as sale
          where sale.day >= :start and sale.day < :end
          group by 1
          """)
      #expect(try await project.run(["sale", "monthly"]).status == .done)
      let before = try await project.rows("select * from reports.monthly order by month")
      try await project.define(
        "sale", Definition.daily("unique_key: [id], retention: 1 day", start: project.day(-70)))
      #expect(try await project.run(["sale"]).status == .done)
      #expect(try await published(project) == "-1")

      for dates in [DateSelection.fullRefresh, .missing] {
        let outcome = try await project.run("monthly", dates)
        #expect(outcome.status == .done)
        #expect(try await project.rows("select * from reports.monthly order by month") == before)
      }
      let month = try #require(Period.month.interval(containing: project.day(-40)))
      let refused = try await project.run("monthly", .day(month.start))
      #expect(
        refused.text == """
          reports/monthly.yaml: error: interval \(month) of "monthly" cannot be computed any more
            detail: A summary table that it reads does not keep days before \(project.day(-1)). What is published of it stays.
          """)
    }
  }

  @Test(
    "a full refresh of what reads them computes what is there, keeps what is not, and removes what nobody brought"
  )
  func refreshedReader() async throws {
    try await withProject { project in
      try await project.sellDaily(since: 10)
      try await define(project)
      try await project.define(
        "copy",
        """
        period: day
        start: \(project.day(-10))
        materialize: {as: incremental, table: reports.copy, time_column: day, unique_key: [id]}
        export: {}
        """, sql: Definition.sql.replacing("src.sale", with: "reports.sale"))
      #expect(try await project.run(["sale", "copy"]).status == .done)
      try await project.execute(
        """
        update reports.copy set amount = 7;
        insert into reports.copy (id, day) values (-1, '\(project.day(-9))'), (-2, null)
        """)
      let result = try await project.night(2, ["sale", "copy"], RunOptions(dates: .fullRefresh))
      #expect(result.status == .done)
      #expect(
        try await project.rows("select day - date '\(project.today)', amount from reports.copy order by day")
          == "-5|7\n-4|7\n-3|1\n-2|1\n-1|1\n0|1\n1|1")
      #expect(try await project.count("select from reportgen.interval where report = 'copy'") == 7)
    }
  }

  @Test(
    "plan says what would expire, and verify neither misses it nor computes what can no longer be computed")
  func asked() async throws {
    try await withProject { project in
      try await project.sellDaily(since: 10)
      try await define(project, nil)
      try await project.define(
        "copy",
        """
        period: day
        start: \(project.day(-10))
        materialize: {as: incremental, table: reports.copy, time_column: day, unique_key: [id]}
        export: {}
        """, sql: Definition.sql.replacing("src.sale", with: "reports.sale"))
      #expect(try await project.run(["sale", "copy"]).status == .done)
      try await define(project, "2 days")
      let plan = try #require(try await project.plan(["sale"]).reports.first)
      #expect(plan.state == .upToDate)
      #expect(plan.expiredIntervals.map(\.start) == project.days(-10, -3))
      #expect(
        PlanSummary.text(try await project.plan(["sale"])).hasSuffix(
          "\nsale: 8 intervals expired: \(project.day(-10))..\(project.day(-3))\n"))
      try await project.publish("sale")
      let verified = try await project.verify(["sale", "copy"])
      #expect(verified.status == .done)
      #expect(
        verified.reports.map(\.text) == [
          """
          copy  equal  \(project.day(-2))..\(project.day(-1)) (2 intervals)  2 rows
            8 intervals not compared: \(project.day(-10))..\(project.day(-3)), whose source has expired

          """,
          "sale  equal  \(project.day(-2))..\(project.day(-1)) (2 intervals)  2 rows\n",
        ])
    }
  }

  @Test("a table whose older rows could not be computed again is not rebuilt")
  func rebuild() async throws {
    try await withProject { project in
      try await project.sellDaily(since: 10)
      try await define(project)
      func defineCopy(_ sql: String) async throws {
        try await project.define(
          "copy",
          """
          period: day
          start: \(project.day(-10))
          materialize: {as: incremental, table: reports.copy, time_column: day, unique_key: [id], on_schema_change: rebuild}
          export: {}
          """, sql: sql.replacing("src.sale", with: "reports.sale"))
      }
      try await defineCopy(Definition.sql)
      #expect(try await project.run(["sale", "copy"]).status == .done)
      try await defineCopy(Definition.sql.replacing("sale.amount", with: "sale.amount, 1 as one"))
      let before = try await project.versions(of: "reports.copy")
      let refused = try #require(try await project.night(2, ["copy"]).reports.first)
      #expect(
        refused.text == """
          reports/copy.yaml: error: reports.copy cannot be rebuilt: 2 intervals could not be computed again
            detail: \(project.day(-5))..\(project.day(-4)): a summary table that it reads does not keep these days. Nothing was published.
            hint: Use "on_schema_change: add", raise the retention of what it reads, or change the query back.
          """)
      #expect(try await project.versions(of: "reports.copy") == before)
    }
  }

  @Test(
    "rows that a trigger or a rule keeps, or a table that inherits has, are no expired ones",
    arguments: [
      (
        "create trigger t before delete on reports.sale for each row execute function src.keep()",
        "2 rows of reports.sale that are no longer kept were not deleted: the table has trigger t"
      ),
      (
        "create rule r as on delete to reports.sale do instead nothing",
        "2 rows of reports.sale that are no longer kept were not deleted: the table has rule r"
      ),
      (
        "create trigger t after delete on reports.sale for each row execute function src.more()",
        "deleting rows of reports.sale that are no longer kept changes others: the table has trigger t"
      ),
      (
        "create table src.child () inherits (reports.sale); insert into src.child select * from only reports.sale",
        "reports.sale shows the rows of src.child, which inherits from it"
      ),
    ])
  func keptByOthers(_ ddl: String, _ message: String) async throws {
    try await withProject { project in
      try await project.sellDaily(since: 10)
      try await define(project)
      try await project.publish("sale")
      try await project.execute(
        """
        create function src.keep() returns trigger language plpgsql as $$ begin return null; end $$;
        create function src.more() returns trigger language plpgsql as
          $$ begin update reports.sale set amount = 7 where day > old.day + 2; return null; end $$;
        grant usage on schema src to reportgen_owner;
        \(ddl)
        """)
      let rows = "select * from only reports.sale where day < '\(project.today)' order by 1"
      let (before, states) = (try await project.rows(rows), try await states(project))
      #expect(states.count == 5)
      let outcome = try await project.night(2, "sale")
      #expect(outcome.text.contains("reports/sale.yaml: error: \(message)\n"), "\(outcome.text)")
      #expect([.failed, .definition].contains(outcome.status) && outcome.expiredIntervals == [])
      #expect(try await project.rows(rows) == before)
      #expect(try await Array(self.states(project).prefix(5)) == states)
    }
  }
}
