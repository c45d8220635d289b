import Foundation
import ReportModel
import TestSupport
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

/// What a run would do, asked of real servers.
@Suite struct PlanTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var name: String
    var yaml: String
    var dates = DateSelection.missing
    var testDescription: String { name }
  }

  static let cases = [
    Case(name: "incremental", yaml: Definition.daily("unique_key: [id], lookback: 2", start: start)),
    Case(name: "several days a read", yaml: Definition.daily("unique_key: [id], batch: 3", start: start)),
    Case(name: "merge", yaml: Definition.daily("unique_key: [id]", kind: "merge", start: start)),
    Case(name: "append", yaml: Definition.daily(kind: "append", start: start)),
    Case(
      name: "table with a period",
      yaml: "period: day\nstart: \(start)\nmaterialize: {as: table, table: reports.sale}\nexport: {csv: {}}"),
    Case(
      name: "files alone",
      yaml: "period: day\nstart: \(start)\nmaterialize: {as: none}\nexport: {csv: {}}"),
    Case(
      name: "days by name", yaml: Definition.daily("unique_key: [id]", start: start),
      dates: .range(from: start, to: nil)),
    Case(
      name: "full refresh", yaml: Definition.daily("unique_key: [id]", start: start), dates: .fullRefresh),
  ]

  /// Six days before the day that the database's clock shows: a few intervals are closed.
  private static let start = Definition.date("2026-11-17")

  @Test("a plan names what the run then does, and writes nothing", arguments: cases)
  func agrees(_ given: Case) async throws {
    try await withProject { project in
      try await project.define("sale", given.yaml)
      for round in 1...2 {
        if given.name == "append", round == 2 { continue }
        let options = RunOptions(dates: given.dates)
        let before = try await project.everythingOfOurs()
        let planned = try #require(try await project.plan(["sale"], options).reports.first)
        #expect(try await project.everythingOfOurs() == before)
        #expect(planned.diagnostics == [])

        let outcome = try await project.outcome("sale", options)
        #expect(outcome.text == "")
        #expect(planned.intervals == outcome.intervals.sorted())
        #expect(planned.leftForLater == outcome.leftForLater)
        #expect((planned.state == .upToDate) == (outcome.state == .upToDate))
        #expect(planned.makesTable == (round == 1 && given.name != "files alone"))
        let attempts = try await project.count(
          "select from reportgen.report_run where run_id = (select run_id from reportgen.run order by started_at desc limit 1)"
        )
        #expect(planned.portions == attempts)
      }
    }
  }

  @Test("what max_catch_up leaves, what is read again and what is not over yet")
  func intervals() async throws {
    try await withProject { project in
      try await project.define(
        "sale", Definition.daily("unique_key: [id], lookback: 2", start: project.day(-50)))
      try await project.publish("sale", .range(from: project.day(-50), to: project.day(-47)))
      let planned = try #require(try await project.plan(["sale"]).reports.first)
      #expect(planned.state == .run && planned.intervals.count == 33 && planned.leftForLater == 16)
      #expect(planned.againIntervals.map(\.start) == [project.day(-49), project.day(-48)])
      #expect(planned.openIntervals == [] && planned.owedFiles == [])
      let open = try #require(
        try await project.plan(["sale"], RunOptions(dates: .day(project.today))).reports.first)
      #expect(open.openIntervals == open.intervals && open.intervals.count == 1)
    }
  }

  @Test("files that are missing are owed, also where nothing else is to do")
  func owed() async throws {
    try await withProject { project in
      try await project.define("sale", Definition.daily("unique_key: [id]", start: project.day(-2)))
      try await project.publish("sale")
      try FileManager.default.removeItem(atPath: project.output + "/sale/\(project.day(-1))")
      let planned = try #require(try await project.plan(["sale"]).reports.first)
      #expect(planned.state == .upToDate && planned.owedFiles == ["out/sale/\(project.day(-1))"])
    }
  }

  @Test("rows and cost are the replica's estimate of the query that would run")
  func estimates() async throws {
    try await withProject { project in
      try await project.execute(
        """
        insert into src.sale (id, day, amount) select i, '2024-01-01', 1 from generate_series(1, 1000) i;
        analyze src.sale
        """)
      try await project.define("sale", Definition.daily("unique_key: [id]"))
      try await project.define(
        "whole", Definition.whole().replacing("reports.sale", with: "reports.whole"),
        sql: Definition.wholeSQL)
      try await project.define("view", "materialize: {as: view, table: reports.v}", sql: "select 1 as one")
      let reports = try await project.plan(
        ["*"], RunOptions(backfill: true)
      ).reports
      func report(_ name: String) throws -> PlannedReport {
        try #require(reports.first { $0.report.name == name })
      }
      let whole = try #require(try report("whole").estimate)
      #expect(whole.rows == 1000 && whole.explained == 1 && whole.totalCost > 0)
      let daily = try report("sale")
      #expect(daily.reads > 16 && daily.estimate?.explained == 16)
      #expect(try report("view").reads == 0 && report("view").estimate == nil)
    }
  }

  @Test("a refused estimate is a warning with the missing right, and the plan is there all the same")
  func refused() async throws {
    try await withProject { project in
      try await project.define("sale", Definition.whole(), sql: Definition.wholeSQL)
      try await project.execute("revoke select on src.sale from reportgen_reader")
      try await project.database.waitForReplay()
      let result = try await project.plan(["sale"])
      let planned = try #require(result.reports.first)
      #expect(result.status == .done && planned.state == .run && planned.estimate == nil)
      #expect(
        planned.diagnostics.map(\.description.masked) == [
          """
          reports/sale.sql: warning: no estimate for "sale": permission denied for table sale (SQLSTATE 42501)
            hint: Run on the primary, as a superuser: GRANT SELECT ON src.sale TO reportgen_reader;
          """.masked
        ])
    }
  }

  @Test("a report whose source has never run says which one to run")
  func upstream() async throws {
    try await withProject { project in
      try await project.define("sale", Definition.whole(), sql: Definition.wholeSQL)
      try await project.define(
        "total", "materialize: {as: table, table: reports.total}",
        sql: "select count(*) as sales from reports.sale as sale")
      let alone = try #require(try await project.plan(["total"]).reports.first)
      #expect(alone.state == .cannotRun)
      #expect(
        alone.diagnostics.map(\.description) == [
          """
          reports/total.sql: warning: "total" cannot run: reports.sale does not exist
            hint: "sale" makes it: "reportgen run +total" runs it first.
          """
        ])
      let both = try await project.plan(["+total"])
      #expect(both.levels.map { $0.map(\.report.name) } == [["sale"], ["total"]])
      #expect(both.reports.map(\.state) == [.run, .run] && both.status == .done)
      #expect(
        both.reports[1].diagnostics.map(\.description) == [
          """
          reports/total.sql: warning: no estimate for "total": reports.sale does not exist yet
            detail: "sale" makes it in the same run.
          """
        ])
      try await project.publish("sale")
      let after = try #require(try await project.plan(["total"]).reports.first)
      #expect(after.state == .run && after.diagnostics == [] && after.estimate?.rows == 1)
    }
  }

  @Test("what a run would refuse, a plan refuses in the same words")
  func refusals() async throws {
    try await withProject { project in
      try await project.define("sale", Definition.daily("unique_key: [id]", start: project.day(-3)))
      try await project.publish("sale")
      let day = DateSelection.day(project.day(-2))
      func agree(_ dates: DateSelection) async throws {
        let options = RunOptions(dates: dates)
        let planned = try await project.plan(["sale"], options)
        let result = try await project.run(["sale"], options)
        #expect(planned.reports.map(\.state) == [.cannotRun])
        #expect(planned.reports.flatMap(\.diagnostics) == result.reports.flatMap(\.diagnostics))
        #expect(planned.status == result.status && result.status != .done)
      }
      try await agree(.day(project.day(30)))
      try await project.define(
        "sale", Definition.daily("unique_key: [id]", start: project.day(-3)),
        sql: Definition.sql.replacing(", sale.amount", with: ""))
      try await agree(day)
      try await project.define("sale", Definition.daily("unique_key: [id]", start: project.day(-3)))
      try await project.execute("drop table reports.sale")
      try await project.database.waitForReplay()
      try await agree(day)
    }
  }

  @Test("a table whose columns change is planned as the rebuild that it gets, or refused in the same words")
  func rebuild() async throws {
    try await withProject { project in
      try await project.execute(MaterializationTests.sales)
      try await project.define("sale", RebuildTests.yaml)
      try await project.publish("sale", RebuildTests.days)
      try await project.define("sale", RebuildTests.yaml, sql: RebuildTests.lossy)
      try await project.execute("create view reports.others as select amount from reports.sale")
      let options = RunOptions(dates: Definition.day("2024-01-02"))
      let blocked = try #require(try await project.plan(["sale"], options).reports.first)
      let refused = try await project.outcome("sale", options)
      #expect(blocked.state == .cannotRun && blocked.status == refused.status)
      #expect(blocked.diagnostics == refused.diagnostics)

      try await project.execute("drop view reports.others")
      let planned = try #require(try await project.plan(["sale"], options).reports.first)
      #expect(planned.rebuildsTable && planned.intervals.count == 3 && planned.estimate != nil)
      let outcome = try await project.outcome("sale", options)
      #expect(outcome.status == .done && planned.intervals == outcome.intervals)
      #expect(planned.outdated == 0 && planned.diagnostics == outcome.diagnostics)
    }
  }

  @Test("without a replica there is a plan without estimates, to be tried again")
  func noReplica() async throws {
    try await withProject { project in
      try await project.define("sale", Definition.whole(), sql: Definition.wholeSQL)
      var configuration = project.configuration(RunOptions())
      configuration.servers.replica = configuration.servers.primary
      let noPair = await PlanEngine(configuration).plan(
        try project.reports(), graph: DependencyGraph(try project.reports()))
      #expect(noPair.status == .tryAgain)
      #expect(noPair.diagnostics.map(\.message) == ["the replica's connection string leads to a primary"])
      configuration.servers.replica = "host=/nowhere"
      let graph = DependencyGraph(try project.reports())
      let result = await PlanEngine(configuration).plan(graph.reports, graph: graph)
      #expect(result.status == .tryAgain && result.reports.map(\.state) == [.run])
      #expect(result.diagnostics.count == 1)
      configuration.environment.lagging = .usePrimary
      try await project.execute("grant select on src.sale to reportgen_owner")
      let instead = await PlanEngine(configuration).plan(graph.reports, graph: graph)
      #expect(instead.status == .done && instead.reports.first?.estimate != nil)
      configuration.servers.primary = "host=/nowhere"
      let none = await PlanEngine(configuration).plan(graph.reports, graph: graph)
      #expect(none.status == .unavailable && none.reports.isEmpty)
    }
  }
}
