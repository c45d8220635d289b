import Foundation
import TestSupport
import Testing

@Suite("Errors of a report's own")
struct ReportErrorTests {
  @Test(
    "an error of the server is shown at its line and column of the file",
    arguments: [
      ("undefined-column", "продажа.amout"), ("undefined-function", "shop.округлить(продажа.amount)"),
      ("undefined-table", "(select max(цена) from shop.\"прайс\")"),
      ("undefined-operator", "продажа.item + :рост::integer"),
    ])
  func place(name: String, expression: String) async throws {
    try await withProject { project in
      try project.report(
        "places",
        sql: """
          -- Выручка по товарам: каждая строка — один товар.
          select
            продажа.item as "товар", -- «Чай», «Mug»
            :скидка::numeric as скидка, :рост::integer as рост,
            'длинная строка' as текст, \(expression) as значение
          from shop.sale as продажа
          where продажа.day >= :с_какого
          """,
        """
        title: Места
        parameters:
          скидка: {type: numeric, default: 0.15}
          рост: {type: integer, default: 7}
          с_какого: {type: date, default: 2024-01-01}
        materialize: {as: table, table: reports.places}
        """)
      try await project.expectFault("place-\(name)", "run", "places")
    }
  }

  @Test("an error in the last of 300,000 rows leaves tables and files as they were")
  func lastRow() async throws {
    try await withProject { project in
      func write(_ last: Int) throws {
        try project.report(
          "ratio",
          sql: "select n, 1000000 / (\(last) - n) as ratio from pg_catalog.generate_series(1, 300000) as n",
          "title: Ratio\nmaterialize: {as: table, table: reports.ratio, unique_key: [n]}")
      }
      try write(300_001)
      try await project.succeed("run", "ratio")
      try write(300_000)
      try await project.expectFault("last-row", "run", "ratio")
    }
  }

  @Test("a first run that fails leaves no table and no files")
  func firstRun() async throws {
    try await withProject { project in
      try project.report(
        "ratio", sql: "select n, 1 / (3 - n) as ratio from pg_catalog.generate_series(1, 3) as n",
        "title: Ratio\nmaterialize: {as: table, table: reports.ratio}")
      try await project.expectFault("first-row", "run", "ratio")
      #expect(try project.onPrimary("select to_regclass('reports.ratio') is null") == "t")
      // The report's page in the catalogue.
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: project.output + "/ratio") == ["index.html"])
    }
  }

  @Test("every failed check is shown with up to ten keys, and publishes nothing")
  func checks() async throws {
    try await withProject { project in
      _ = try project.onPrimary(
        "insert into shop.sale select n, null, 'Stück ' || n, -n from generate_series(100, 120) n")
      try await project.database.waitForReplay()
      try project.report(
        "checked", sql: "select id, day, item, amount, id % 10 as digit from shop.sale",
        """
        title: Checked
        materialize: {as: table, table: reports.checked}
        checks:
          - not_null: [day, item]
          - unique: [digit]
          - range: {column: amount, min: 0, max: 99.5}
          - accepted_values: {column: item, values: [Чай, Mug]}
          - rows: {max: 10}
          - rows: {min: 1000, severity: warn}
          - sql: select id, item from :staging where id > 100
          - relationships: {column: item, to: reports.total, field: item}
          - reconcile: {staging: "select count(*) from :staging", source: "select count(*) + 1 from shop.sale"}
        """)
      try await project.expectFault("checks", "run", "checked")
    }
  }

  @Test("a check that cannot run is an error at its line")
  func brokenCheck() async throws {
    try await withProject { project in
      let check = "\nchecks:\n  - sql: select item from :staging where amout > 0"
      try project.report("total", sql: Samples.totalSQL, Samples.totalYAML + check)
      try await project.expectFault("check-broken", "run", "total")
    }
  }

  @Test(
    "a definition that no longer fits the table is refused with the way out",
    arguments: [
      ("retyped", "select sale.item, sum(sale.amount)::text as amount, count(*) as sales"),
      ("lost", "select sale.item, sum(sale.amount) as amount"),
    ])
  func mismatch(name: String, select: String) async throws {
    try await withProject { project in
      try project.report(
        "total", sql: select + " from shop.sale as sale group by sale.item", Samples.totalYAML)
      try await project.expectFault("table-\(name)", "run", "total")
    }
  }

  @Test("a table's name that is taken by something else is refused")
  func taken() async throws {
    try await withProject { project in
      _ = try project.onPrimary("create view reports.taken as select 1 as one")
      try project.report(
        "taken", sql: "select 1 as one", "title: Taken\nmaterialize: {as: table, table: reports.taken}")
      try await project.expectFault("table-taken", "run", "taken")
    }
  }

  @Test("a key that is not unique is shown with up to ten keys")
  func duplicates() async throws {
    try await withProject { project in
      try project.report(
        "double", sql: "select n % 12 as key, n from pg_catalog.generate_series(1, 40) as n",
        "title: Double\nmaterialize: {as: table, table: reports.double, unique_key: [key]}")
      try await project.expectFault("duplicate-keys", "run", "double")
      #expect(try project.onPrimary("select to_regclass('reports.double') is null") == "t")
    }
  }

  @Test("a publish that would delete too much needs --allow-shrink")
  func shrink() async throws {
    try await withProject { project in
      _ = try project.onPrimary(
        "insert into shop.sale select n, null, 'n' || n, 1 from generate_series(100, 600) n")
      try await project.database.waitForReplay()
      try await project.succeed("run", "total")
      _ = try project.onPrimary("delete from shop.sale where id between 100 and 300")
      try await project.expectFault("shrink", "run", "total")
      try await project.succeed("run", "total", "--allow-shrink")
      #expect(try project.onPrimary("select count(*) from reports.total") == "303")
    }
  }

  @Test("what depends on a failed report is skipped, the others go on")
  func dependents() async throws {
    try await withProject { project in
      try project.report(
        "broken", sql: "select 1 / (sale.id - sale.id) as one from shop.sale as sale",
        "title: Broken\nmaterialize: {as: table, table: reports.broken}")
      try project.report(
        "above", sql: "select broken.one from reports.broken as broken",
        "title: Above\nmaterialize: {as: table, table: reports.above}")
      try await project.expectFault("dependents", "run", "--all", unchanged: false)
      #expect(try project.rows(of: "reports.total").contains("Mug,107.00,2"))
    }
  }

  @Test(
    "a table that another report makes, and has not made yet, is named with that report",
    arguments: ["table", "view"])
  func upstreamMissing(kind: String) async throws {
    try await withProject { project in
      try project.report(
        "first", sql: "select 1 as one", "title: First\nmaterialize: {as: table, table: reports.first}")
      try project.report(
        "above", sql: "select first.one from reports.first as first",
        "title: Above\nmaterialize: {as: \(kind), table: reports.above}")
      try await project.expectFault("upstream-missing-\(kind)", "run", "above")
      try await project.succeed("run", "+above")
    }
  }

  @Test("a sum of 20,000 terms is the server's to refuse")
  func longQuery() async throws {
    try await withProject { project in
      try project.report(
        "long", sql: "select 1" + String(repeating: "+1", count: 20_000) + " as n",
        "title: Long\nmaterialize: {as: none}")
      try await project.expectFault("long-query", "run", "long")
    }
  }

  @Test("a day of a report that has no period is wrong usage")
  func dayWithoutPeriod() async throws {
    try await withProject { project in
      try await project.expectFault("usage-date-without-period", "run", "total", "--date", "2024-03-02")
    }
  }

  @Test("statement_timeout ends a query that takes too long")
  func timeout() async throws {
    try await withProject { project in
      try project.configure(more: "    statement_timeout: 5s")
      try project.report(
        "slow", sql: "select pg_catalog.pg_sleep(100)::text as slept",
        "title: Slow\nmaterialize: {as: table, table: reports.slow}")
      try await project.expectFault("statement-timeout", "run", "slow")
    }
  }
}
