import ReportModel
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

/// Which intervals a run takes, and what becomes of those that fail.
@Suite struct IntervalTests {
  @Test("an interval that is not over is open: its rows are shown, and it stays missing until it is")
  func open() async throws {
    // 25 hours apart: where one has a day, the other has the next.
    let (late, early) = ("Pacific/Pago_Pago", "Pacific/Kiritimati")
    try await withProject(timezone: late) { project in
      let today = project.today
      try await project.execute("insert into src.sale (id, day) values (1, '\(today)')")
      try await project.define("sale", Definition.daily("unique_key: [id]", start: today))
      let open = try await project.publish("sale", .day(today))
      #expect(open.openIntervals.map(\.start) == [today])
      #expect(RunSummary.text(open).contains("\(today) (open)"))
      #expect(try await project.intervals("sale") == "\(today)|open|1")
      #expect(try await project.count("select from reports.sale") == 1)

      try await project.execute("insert into src.sale (id, day) values (2, '\(today)')")
      let closed = try await project.outcome("sale", RunOptions(), timezone: early)
      #expect(closed.intervals.first?.start == today)
      #expect(closed.counted == "2 +1 ~0 -0 =1")
      #expect(try await project.intervals("sale").hasPrefix("\(today)|confirmed|2"))
    }
  }

  @Test("an open interval stays missing until a run after its end, and its files follow")
  func openUntilItsEnd() async throws {
    try await withProject { project in
      try await project.sellDaily(since: 2)
      try await project.define(
        "sale", Definition.daily("unique_key: [id], lookback: 1", start: project.day(-2)))
      try await project.publish("sale")
      let open = try await project.publish("sale", .day(project.today))
      #expect(open.openIntervals.map(\.start) == [project.today])
      #expect(open.files.contains("out/sale/\(project.today)/sale.csv"))
      try await project.execute("insert into src.sale (id, day) values (-1, '\(project.today)')")
      // Not over, so neither missing nor looked back at.
      #expect(try await project.publish("sale").intervals.map(\.start) == [project.day(-1)])
      #expect(try await project.intervals("sale").hasSuffix("\(project.today)|open|1"))

      let closed = try await project.night(1, "sale")
      #expect(closed.intervals.map(\.start) == [project.day(-1), project.today])
      #expect(try await project.intervals("sale").hasSuffix("\(project.today)|confirmed|2"))
      let csv = try String(
        contentsOfFile: "\(project.output)/sale/\(project.today)/sale.csv", encoding: .utf8)
      #expect(csv.contains("\n-1,"))
    }
  }

  @Test("late rows are picked up inside of the lookback, and nothing is computed without need")
  func lookback() async throws {
    try await withProject { project in
      try await project.define(
        "sale", Definition.daily("unique_key: [id], lookback: 2", start: project.day(-5)))
      let first = try await project.publish("sale")
      #expect(first.intervals.count == 5)
      try await project.execute(
        "insert into src.sale (id, day) values (1, '\(project.day(-2))'), (2, '\(project.day(-3))')")
      let second = try await project.publish("sale")
      #expect(second.intervals.map(\.start) == [project.day(-2), project.day(-1)])
      #expect(try await project.rows("select id from reports.sale") == "1")
    }
  }

  @Test("gaps are filled, at most 31 of them in a run without --backfill")
  func catchUp() async throws {
    try await withProject { project in
      try await project.define("sale", Definition.daily(start: project.day(-40)))
      try await project.publish("sale", .day(project.day(-20)))
      let second = try await project.publish("sale")
      #expect(second.intervals.count == 31)
      #expect(second.intervals.first?.start == project.day(-40))
      #expect(second.leftForLater == 8)
      let last = try await project.outcome("sale", RunOptions(backfill: true))
      #expect(last.intervals.count == 8)
      let none = try await project.publish("sale")
      #expect(none.state == .upToDate)
      #expect(try await project.count("select from reportgen.interval where state = 'confirmed'") == 40)
    }
  }

  @Test(
    "one interval's error, wherever it comes from, stops neither those before nor those after it",
    arguments: [
      ("division", "division_by_zero (SQLSTATE 22012)"),
      ("duplicate", "unique_key (id) is not unique in the staged rows"),
      ("negative", "check range of \"amount\" failed for 1 row"),
    ])
  func oneOfSeveral(_ fault: String, _ message: String) async throws {
    try await withProject { project in
      let days = (1...7).map { project.day(-$0) }
      try await project.execute(
        """
        insert into src.sale (id, day, amount)
          select n, date '\(project.today)' - n, 10 from generate_series(1, 7) n
        """)
      switch fault {
      case "division": try await project.execute("update src.sale set amount = 0 where day = '\(days[2])'")
      case "duplicate": try await project.execute("insert into src.sale (id, day) values (3, '\(days[2])')")
      default: try await project.execute("update src.sale set amount = -1 where day = '\(days[2])'")
      }
      try await project.define(
        "sale",
        Definition.daily(
          "unique_key: [id], batch: 5", start: days[6], rest: "checks: [{range: {column: amount, min: 0}}]"),
        sql: """
          select sale.id, sale.day, sale.amount, 10 / sale.amount as inverse
          from src.sale as sale
          where sale.day >= :start and sale.day < :end
          """)
      let outcome = try await project.run("sale")
      #expect(outcome.status == .failed)
      #expect(outcome.text.masked.contains(message.masked))
      #expect(outcome.diagnostics.count == 1)
      #expect(outcome.failedIntervals.map(\.start) == [days[2]])
      #expect(outcome.intervals.map(\.start).sorted() == days.filter { $0 != days[2] }.sorted())
      let missing = try await project.rows("select day from reports.sale order by day")
      #expect(missing == days.filter { $0 != days[2] }.sorted().map(\.description).joined(separator: "\n"))
      #expect(try await project.count("select from reportgen.interval") == 6)

      try await project.execute(
        "delete from src.sale where day = '\(days[2])'; insert into src.sale (id, day, amount) values (3, '\(days[2])', 5)"
      )
      let mended = try await project.publish("sale")
      #expect(mended.intervals.map(\.start) == [days[2]])
    }
  }

  @Test("a table with a period shows its newest interval, and none older takes its place")
  func tableOfPeriod() async throws {
    try await withProject { project in
      try await project.execute(
        "insert into src.sale (id, day) select n, date '2024-01-01' + n from generate_series(0, 9) n")
      try await project.define(
        "sale",
        """
        period: day
        start: 2024-01-01
        materialize: {as: table, table: reports.sale, unique_key: [id]}
        """)
      try await project.publish("sale", Definition.day("2024-01-05"))
      try await project.publish("sale", Definition.range("2024-01-05", "2024-01-08"))
      #expect(try await project.rows("select day from reports.sale") == "2024-01-07")
      for dates in [Definition.day("2024-01-03"), Definition.range("2024-01-02", "2024-01-04")] {
        let older = try await project.run("sale", dates)
        #expect(older.status == .usage)
        #expect(older.text.contains("is older than the published 2024-01-07..2024-01-08"))
      }
      #expect(try await project.rows("select day from reports.sale") == "2024-01-07")
    }
  }

  @Test("a full refresh computes every interval since the start and takes away what lies outside")
  func fullRefresh() async throws {
    try await withProject { project in
      try await project.execute(
        "insert into src.sale (id, day) select n, date '\(project.today)' - n from generate_series(1, 5) n")
      try await project.define("sale", Definition.daily("unique_key: [id]", start: project.day(-5)))
      try await project.publish("sale")
      try await project.define("sale", Definition.daily("unique_key: [id]", start: project.day(-3)))
      let outcome = try await project.publish("sale", .fullRefresh)
      #expect(outcome.counted == "3 +0 ~0 -2 =3")
      #expect(try await project.rows("select id from reports.sale order by 1") == "1\n2\n3")
    }
  }
}
