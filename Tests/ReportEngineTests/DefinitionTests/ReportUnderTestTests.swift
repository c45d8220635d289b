import ReportModel
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

/// What is tested: the report as a run would compute it.
@Suite struct ReportUnderTestTests {
  private static let source = """
    create schema shop;
    create table shop.sale (id int, day date, at timestamptz, currency varchar(3), amount numeric(10,2))
    """

  @Test("declared types are cast to, bounds are the time column's, and the order is that of the file")
  func asRun() async throws {
    try await withProject { project in
      try await project.execute(Self.source)
      try await project.define(
        "sales",
        """
        period: day
        start: 2024-01-01
        materialize: {as: incremental, table: reports.sales, time_column: at, unique_key: [at]}
        columns: {at: {type: timestamptz}, amount: {type: "numeric(12,1)"}}
        export: {csv: {}, order_by: [amount desc]}
        """,
        sql:
          "select s.at, s.amount, :start::text as first from shop.sale as s where s.at >= :start and s.at < :end"
      )
      try await project.expectPass(
        "sales",
        """
        tests:
          - name: a day in Moscow
            date: 2024-03-31
            given:
              shop.sale: |
                at,                  amount
                2024-03-30 23:59:59, 1
                2024-03-31 00:00,    2.25
                2024-03-31 23:59:59, 3.25
                2024-04-01 00:00,    4
            expect:
              rows:
                - {amount: 3.3, first: 2024-03-31 00:00:00+03}
                - {amount: 2.3}
              ordered: true
        """)
    }
  }

  @Test(
    "several intervals are computed each for itself, unless the report says that they can be computed at once"
  )
  func intervals() async throws {
    try await withProject { project in
      try await project.execute(Self.source)
      let sql =
        "select :start as day, count(*) as sales from shop.sale as s where s.day >= :start and s.day < :end"
      let tests = """
        given: {shop.sale: [{day: 2024-01-01}, {day: 2024-01-02}, {day: 2024-01-02}, {day: 2024-01-04}]}
        from: 2024-01-01
        to: 2024-01-04
        """
      try await project.define(
        "sales", Definition.daily().replacing("reports.sale", with: "reports.a"), sql: sql)
      try await project.expectPass(
        "sales",
        tests + """

          tests:
            - {name: each, expect: [{day: 2024-01-01, sales: 1}, {day: 2024-01-02, sales: 2}, {day: 2024-01-03, sales: 0}]}
          """)
      try await project.define(
        "sales", Definition.daily("batch: 2").replacing("reports.sale", with: "reports.a"), sql: sql)
      try await project.expectPass(
        "sales",
        tests + """

          tests:
            - {name: two, expect: [{day: 2024-01-01, sales: 3}, {day: 2024-01-03, sales: 0}]}
          """)
    }
  }

  @Test("parameters have their defaults, or what the test says; a list and null among them")
  func parameters() async throws {
    try await withProject { project in
      try await project.execute(Self.source)
      try await project.defineWhole(
        "sales",
        sql:
          "select s.id from shop.sale as s where s.currency = any (:currencies) and (s.amount > :least) is not false",
        "parameters: {currencies: {type: 'text[]', default: [RUB]}, least: {type: numeric, default: 0}}")
      try await project.expectPass(
        "sales",
        """
        given: {shop.sale: [{id: 1, currency: RUB, amount: 1}, {id: 2, currency: USD, amount: -1}]}
        tests:
          - {name: defaults, expect: [{id: 1}]}
          - {name: a list, parameters: {currencies: [USD, "it's"], least: null}, expect: [{id: 2}]}
          - {name: an empty list, parameters: {currencies: []}, expect: []}
        """)
    }
  }

  @Test("a summary table is what its report's definition says, whatever there is")
  func summaryTable() async throws {
    try await withProject { project in
      try await project.execute(Self.source)
      let daily = { (type: String) in
        """
        period: day
        start: 2024-01-01
        materialize: {as: incremental, table: reports.daily, time_column: day}
        columns: {amount: {type: "\(type)"}}
        export: {}
        """
      }
      let sql =
        "select s.day, sum(s.amount) as amount from shop.sale as s where s.day >= :start and s.day < :end group by 1"
      try await project.define("daily", daily("numeric(12,2)"), sql: sql)
      try await project.define(
        "monthly", "materialize: {as: view, table: reports.monthly}",
        sql:
          "select date_trunc('month', d.day::timestamp)::date as month, sum(d.amount) as amount, pg_typeof(min(d.amount))::text as type from reports.daily as d group by 1"
      )
      try await project.defineWhole("yearly", sql: "select sum(m.amount) as amount from reports.monthly as m")
      let monthly = """
        tests:
          - name: two days
            given: {reports.daily: [{day: 2024-01-01, amount: 1.005}, {day: 2024-01-02, amount: 2}]}
            expect: [{month: 2024-01-01, amount: AMOUNT, type: TYPE}]
        """
      try await project.expectPass(
        "monthly", monthly.replacing("AMOUNT", with: "3.01").replacing("TYPE", with: "numeric"))
      // The view of a report is a table to the next one.
      try await project.expectPass(
        "yearly",
        "tests: [{name: a view, given: {reports.monthly: [{amount: 1}, {amount: 2}]}, expect: [{amount: 3}]}]"
      )

      try await project.execute(
        "create table reports.daily (other int); insert into reports.daily values (1)")
      try await project.define("daily", daily("float8"), sql: sql)
      try await project.expectPass(
        "monthly", monthly.replacing("AMOUNT", with: "3.005").replacing("TYPE", with: "double precision"))
      #expect(try await project.rows("select * from reports.daily") == "1")
    }
  }

  @Test("an error of the SQL fails the tests of its report and of those that read it, at its place")
  func errors() async throws {
    try await withProject { project in
      try await project.execute(Self.source)
      try await project.defineWhole("base", sql: "select s.id,\n  s.amuont as amount from shop.sale as s")
      try await project.defineWhole("above", sql: "select b.id from reports.base as b")
      try await project.defineWhole("sound", sql: "select 1 / (s.id - 1) as x from shop.sale as s")
      try await project.defineWhole("nowhere", sql: "select n.id from shop.nowhere as n")
      let tests = "tests: [{name: a, expect: []}, {name: b, expect: []}]"
      for name in ["base", "above"] {
        let outcomes = try await project.test(name, tests)
        #expect(outcomes.map(\.state) == [.failed, .failed])
        #expect(
          outcomes[0].diagnostics.map(\.description.masked) == [
            """
            reports/base.sql:2:3: error: column s.amuont does not exist (SQLSTATE 42703)
              hint: Perhaps you meant to reference the column "s.amount".
            """.masked
          ])
      }
      let divided = try await project.test(
        "sound",
        "tests: [{name: zero, given: {shop.sale: [{id: 1}]}, expect: []}, {name: two, given: {shop.sale: [{id: 2}]}, expect: [{x: 1}]}]"
      )
      #expect(divided.map(\.state) == [.failed, .passed])
      #expect(
        divided[0].whole.masked
          == """
          failed  sound: zero
          reports/sound.sql: error: division by zero (SQLSTATE 22012)
            detail: Test "zero", reports/sound.test.yaml:1.
          """.masked)
      let missing = try await project.test("nowhere", tests)
      #expect(
        missing[0].diagnostics.map(\.description.masked) == [
          """
          reports/nowhere.sql:1:18: error: relation "shop.nowhere" does not exist (SQLSTATE 42P01)
            hint: The sandbox has the tables that "sandbox.setup" in reportgen.yaml makes; "reportgen sandbox reset" makes them anew.
          """.masked
        ])
    }
  }

  @Test("a result that nobody reads in a test is not held in memory")
  func manyRows() async throws {
    try await withProject { project in
      try await project.defineWhole("many", sql: "select pg_catalog.generate_series(1, 100000000) as n")
      let outcomes = try await project.test("many", "tests: [{name: a, expect: {count: 1}}]")
      #expect(
        outcomes[0].diagnostics.map(\.description) == [
          "reports/many.test.yaml:1:16: error: more than 10000 rows came out"
        ])
    }
  }

  @Test("hundreds of tests share one session")
  func hundreds() async throws {
    try await withProject { project in
      try await project.execute(Self.source)
      try await project.defineWhole("sales", sql: "select s.id, s.amount from shop.sale as s")
      let tests = (1...300).map { number in
        "  - {name: n\(number), given: {shop.sale: [{id: \(number), amount: 1}, {id: 0}]}, expect: [{id: 0}, {id: \(number)}]}"
      }
      try await project.expectPass("sales", (["tests:"] + tests).joined(separator: "\n"))
    }
  }
}
