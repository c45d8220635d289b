import ReportModel
import TestSupport
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

/// Reports without `:start` and `:end` that record the state at the time of the run, an interval at a time.
@Suite struct StateReportTests {
  private static let sql = "select sale.id, sale.amount from src.sale as sale"

  private func define(
    _ project: EngineProject, _ name: String = "stock", kind: String = "append", rest: String = ""
  ) async throws {
    let table = kind == "none" ? "" : ", table: reports.\(name)"
    try await project.define(
      name,
      """
      period: day
      start: \(project.day(-30))
      materialize: {as: \(kind)\(table)}
      export: {csv: {}}
      \(rest)
      """, sql: Self.sql)
  }

  @Test("a night records its own interval alone, and says once which ones were missed")
  func nights() async throws {
    try await withProject { project in
      try await project.execute("insert into src.sale (id, amount) values (1, 10)")
      try await define(project)
      let first = try await project.night(0, "stock")
      #expect(first.intervals.map(\.start) == [project.day(-1)] && first.text == "")
      try await project.execute("update src.sale set amount = 13")
      let later = try await project.night(3, "stock")
      #expect(later.status == .done && later.intervals.map(\.start) == [project.day(2)])
      #expect(
        later.text == """
          reports/stock.yaml: warning: 2 intervals of "stock" were missed: \(project.day(0))..\(project.day(1))
            detail: Its query has neither :start nor :end: it records the state at the time of the run, which was not recorded then.
          """)
      #expect(try await project.night(3, "stock").text == "")
      #expect(try await project.rows("select amount from reports.stock order by amount") == "10\n13")
      let status = try await project.status("stock", days: 3).0
      #expect(status.missing == 0 && status.missed == 2)
    }
  }

  @Test("a state under a day that is not over is refused, and the hint says which day it takes")
  func openDay() async throws {
    try await withProject { project in
      let today = project.day(0)
      let yaml = """
        period: day
        start: \(project.day(-30))
        materialize: {as: append, table: reports.stock, time_column: day}
        """
      try await project.define("stock", yaml, sql: "select date '\(today)' as day, 1 as n")
      #expect(
        try await project.run("stock").text == """
          reports/stock.sql: error: 1 staged row has a "day" that is null or outside of the interval
            detail: Interval \(project.day(-1))..\(today). Nothing was published.
            hint: The state is recorded for the newest closed interval: select a day of it as day, such as current_date - 1; or :start, with "catch_up: none".
          """)
      try await project.define("stock", yaml + "\ncatch_up: none", sql: "select :start as day, 1 as n")
      #expect(try await project.publish("stock").intervals.map(\.start) == [project.day(-1)])
    }
  }

  @Test("another day than the newest is refused, and verify says that nothing can be computed again")
  func refused() async throws {
    try await withProject { project in
      try await project.execute("insert into src.sale (id, amount) values (1, 10)")
      try await define(project)
      try await project.publish("stock")
      let past = try await project.run("stock", .day(project.day(-9)))
      #expect(past.status == .usage)
      #expect(
        past.text == """
          reports/stock.sql: error: interval \(project.day(-9))..\(project.day(-8)) of "stock" cannot be computed any more
            detail: Its query has neither :start nor :end: it would record the state of today.
            hint: Only the newest closed interval can be recorded; with :start and :end any of them can.
          """)
      let verified = try #require(try await project.verify(["stock"]).reports.first)
      #expect(
        verified.text
          == "stock  not verifiable: its query has neither :start nor :end: the state that it recorded cannot be computed again\n"
      )
      try await project.execute("drop table reports.stock")
      #expect(
        try await project.run("stock").text == """
          reports/stock.yaml: error: reports.stock does not exist, but the ledger has 1 published interval of "stock"
            detail: The table was dropped. Nothing was published.
            hint: What it recorded cannot be computed again: restore the table from a backup. "reportgen run stock --restate" begins anew with the newest interval.
          """)
      try await project.publish("stock", .restate)
      #expect(try await project.count("select from reports.stock") == 1)
    }
  }

  @Test("files of the state are written for the newest interval alone; catch_up: all fills every one")
  func others() async throws {
    try await withProject { project in
      try await project.execute("insert into src.sale (id, amount) values (1, 10)")
      try await define(project, kind: "none")
      #expect(try await project.publish("stock").intervals.count == 1)
      try await define(project, "everyday", rest: "catch_up: all")
      #expect(try await project.run("everyday").intervals.count == 30)
    }
  }

  @Test("catch_up: none leaves missed intervals to those who name them")
  func named() async throws {
    try await withProject { project in
      try await project.sellDaily(since: 9)
      try await project.define("sale", Definition.daily(start: project.day(-9), rest: "catch_up: none"))
      #expect(try await project.night(0, "sale").intervals.map(\.start) == [project.day(-1)])
      let later = try await project.night(2, "sale")
      #expect(later.intervals.map(\.start) == [project.day(1)])
      #expect(
        later.text == """
          reports/sale.yaml: warning: 1 interval of "sale" was missed: \(project.day(0))
            detail: catch_up is "none".
            hint: "reportgen run sale --from \(project.day(0))" computes them.
          """)
      let named = try await project.night(2, "sale", .range(from: project.day(0), to: nil))
      #expect(named.status == .done && named.intervals.count == 2)
    }
  }

  @Test(
    "a merge whose key has the time column is published in one transaction; the others interval by interval")
  func merges() async throws {
    try await withProject { project in
      try await project.sellDaily(since: 9)
      for (key, attempts) in [("day, id", 1), ("id", 9)] {
        try await project.define(
          "sale", Definition.daily("unique_key: [\(key)]", kind: "merge", start: project.day(-9)))
        try await project.publish("sale")
        #expect(
          try await project.count("select from reportgen.report_run where state = 'confirmed'") == attempts)
        #expect(try await project.count("select from reports.sale") == 9)
        try await project.execute(
          """
          drop table reports.sale; delete from reportgen.interval; delete from reportgen.export;
          delete from reportgen.relation; delete from reportgen.report_run
          """)
      }
    }
  }
}
