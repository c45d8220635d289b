import ReportModel
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

/// `checks: pass` and `fails`: the report's checks on the result of a test.
@Suite struct ExpectedCheckTests {
  private static let metadata = """
    period: day
    start: 2024-01-01
    materialize: {as: incremental, table: reports.sales, time_column: day, unique_key: [day, currency]}
    checks:
      - not_null: [day, amount]
      - range: {column: amount, min: 0}
      - range: {column: sales, min: 1}
      - accepted_values: {column: currency, values: [RUB], severity: warn}
      - relationships: {column: currency, to: shop.currency, field: code}
      - unique: [day, currency]
      - rows: {max: 3}
      - sql: select currency from :staging where amount > 1000
      - reconcile:
          staging: select sum(sales)::bigint as sales from :staging
          source: select count(*) as sales from shop.sale where day >= :start and day < :end
    """

  private static let sql = """
    select s.day + s.late as day, s.currency, sum(s.amount) as amount, count(*) - s.lost as sales
    from shop.sale as s where s.day >= :start and s.day < :end group by s.id, s.late, s.lost, 1, 2
    """

  private func withSales(_ body: (EngineProject) async throws -> Void) async throws {
    try await withProject { project in
      try await project.execute(
        """
        create schema shop; create table shop.currency (code text);
        create table shop.sale (id int, day date, currency text, amount numeric, late int default 0, lost int default 0)
        """)
      try await project.define("sales", Self.metadata, sql: Self.sql)
      try await body(project)
    }
  }

  private static let given = """
    date: 2024-01-01
    given:
      shop.currency: [{code: RUB}, {code: USD}]
    """

  @Test("what has to fail is named by its rule, or by its rule and a column; nothing else may fail")
  func failures() async throws {
    try await withSales { project in
      try await project.expectPass("sales", Self.given + Self.failingTests)
    }
  }

  private static let failingTests = """

    tests:
      - name: nothing
        given: {shop.sale: [{day: 2024-01-01, currency: RUB, amount: 5}]}
        expect: {rows: [{amount: 5}], checks: pass}
      - name: a warning alone stops nothing
        given: {shop.sale: [{day: 2024-01-01, currency: USD, amount: 5}]}
        expect: {checks: pass}
      - name: a warning can be wanted
        given: {shop.sale: [{day: 2024-01-01, currency: USD, amount: 5}]}
        expect: {fails: [accepted_values: currency]}
      - name: one column of two
        given: {shop.sale: [{day: 2024-01-01, currency: RUB, amount: null}]}
        expect: {fails: [not_null: amount]}
      - name: one range of two
        given: {shop.sale: [{day: 2024-01-01, currency: RUB, amount: -5}]}
        expect: {fails: [range: amount]}
      - name: both ranges by the rule, and the total
        given: {shop.sale: [{day: 2024-01-01, currency: RUB, amount: -5, lost: 1}]}
        expect: {fails: [range, reconcile]}
      - name: a currency that is not in the other table
        given: {shop.sale: [{day: 2024-01-01, currency: EUR, amount: 5}]}
        expect: {fails: [relationships: currency, accepted_values]}
      - name: a key twice
        given: {shop.sale: [{id: 1, day: 2024-01-01, currency: RUB, amount: 1}, {id: 2, day: 2024-01-01, currency: RUB, amount: 1}]}
        expect: {count: 2, fails: [unique_key, unique: day]}
      - name: another day's row
        given: {shop.sale: [{day: 2024-01-01, currency: RUB, amount: 1, late: 1}]}
        expect: {fails: [time_column]}
      - name: too much
        given: {shop.sale: [{day: 2024-01-01, currency: RUB, amount: 1001}]}
        expect: {fails: [sql]}
      - name: two days
        from: 2024-01-01
        to: 2024-01-03
        given: {shop.sale: [{day: 2024-01-01, currency: RUB, amount: 1}, {day: 2024-01-02, currency: RUB, amount: 1}]}
        expect: {count: 2, checks: pass}
    """

  @Test("each surprise is said with the check's place and the test's")
  func surprises() async throws {
    try await withSales { project in
      let outcomes = try await project.test(
        "sales",
        Self.given + """

          tests:
            - name: a surprise
              given: {shop.sale: [{day: 2024-01-01, currency: RUB, amount: -5}]}
              expect: {checks: pass}
            - name: none
              given: {shop.sale: [{day: 2024-01-01, currency: RUB, amount: 5}]}
              expect: {count: 2, fails: [range: amount, sql]}
            - name: another one
              given: {shop.sale: [{day: 2024-01-01, currency: RUB, amount: -5, lost: 1}]}
              expect: {fails: [range: amount]}
          """)
      #expect(outcomes.map(\.state) == [.failed, .failed, .failed])
      #expect(
        outcomes.map(\.whole) == [
          """
          failed  sales: a surprise
          reports/sales.yaml:7:5: error: check range of "amount" failed for 1 row
            detail: Test "a surprise", reports/sales.test.yaml:5.
          """,
          """
          failed  sales: none
          reports/sales.test.yaml:8:11: error: 2 rows were expected, but 1 came out
          reports/sales.test.yaml:10:32: error: check "range" of "amount" was expected to fail, but passes
          reports/sales.test.yaml:10:47: error: check "sql" was expected to fail, but passes
          """,
          """
          failed  sales: another one
          reports/sales.yaml:8:5: error: check range of "sales" failed for 1 row
            detail: Test "another one", reports/sales.test.yaml:11.
          reports/sales.yaml:14:5: error: check reconcile failed: staging gives (sales 0), the source (1)
            detail: Test "another one", reports/sales.test.yaml:11.
          """,
        ])
    }
  }
}
