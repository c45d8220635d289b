import ReportModel
import Testing

@testable import ReportEngine

/// Above 100,000 rows a publish takes other ways to the same result.
@Suite struct ManyRowsTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var name: String
    var yaml: String
    var sql = Definition.wholeSQL
    var dates = DateSelection.missing
    var changed: String
    var testDescription: String { name }
  }

  @Test(
    "the table equals the source after any change, and only rows that differ are written",
    arguments: [
      Case(
        name: "key", yaml: Definition.whole("unique_key: [id]", export: ""),
        changed: "120000 +1 ~2 -1 =119997"),
      Case(
        name: "nulls in the key", yaml: Definition.whole("unique_key: [currency, id]", export: ""),
        changed: "120000 +1 ~2 -1 =119997"),
      Case(name: "no key", yaml: Definition.whole(export: ""), changed: "120000 +3 ~0 -3 =119997"),
      Case(
        name: "incremental", yaml: Definition.daily("unique_key: [id, day]", export: ""), sql: Definition.sql,
        dates: Definition.range("2024-01-01", "2024-01-04"), changed: "120000 +1 ~2 -1 =119997"),
      Case(
        name: "merge", yaml: "materialize: {as: merge, table: reports.sale, unique_key: [id]}\nexport: {}",
        changed: "120000 +1 ~2 -0 =119997"),
    ])
  func changes(_ given: Case) async throws {
    try await withProject { project in
      try await project.execute(
        """
        insert into src.sale (id, day, currency, amount)
          select n, date '2024-01-01' + n % 3, case when n % 2 = 0 then 'RUB' end, n / 7.0 from generate_series(1, 120000) n;
        analyze src.sale
        """)
      try await project.define("sale", given.yaml, sql: given.sql)
      try await project.publish("sale", given.dates)
      let equal = try await project.publish("sale", given.dates)
      #expect(equal.counted == "120000 +0 ~0 -0 =120000")
      try await project.execute(
        """
        update src.sale set amount = 1.10 where id = 60000;
        update src.sale set amount = null where id = 99;
        delete from src.sale where id = 7;
        insert into src.sale (id, day, currency, amount) values (200000, '2024-01-02', null, 1)
        """)
      let changed = try await project.publish("sale", given.dates)
      #expect(changed.counted == given.changed)
      let source = "select id, day, currency, amount from src.sale"
      #expect(try await project.difference("table reports.sale", source) == (given.name == "merge" ? 1 : 0))

      try await project.execute("insert into src.sale select * from src.sale where id in (5, 6)")
      guard given.name != "no key" else { return }
      let versions = try await project.versions(of: "reports.sale")
      let twice = try await project.run("sale", given.dates)
      #expect(twice.status == .failed)
      #expect(twice.text.contains("is not unique in the staged rows"))
      #expect(twice.text.contains("5") && twice.text.contains("6"))
      if given.name != "incremental" { #expect(try await project.versions(of: "reports.sale") == versions) }
    }
  }
}
