import PostgresClient
import ReportModel
import TestSupport
import Testing

@testable import ReportEngine

@Suite("more rows than the staging table is emptied of by DELETE")
struct ManyRowsTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var keys: String
    /// Without a key a changed row is one that went and one that came.
    var afterChange = "100500 +1 ~2 -1 =100497"

    var testDescription: String { name }
  }

  static let cases = [
    Case(name: "a key without nulls", keys: "unique_key: [id]"),
    Case(name: "a key with nulls", keys: "unique_key: [id, currency]"),
    Case(name: "a key in another order than the rows", keys: "unique_key: [note]"),
    Case(name: "no key", keys: "", afterChange: "100500 +3 ~0 -3 =100497"),
  ]

  static let sales = """
    insert into src.sale (id, day, at, currency, amount, note)
    select i, date '2024-01-01' + i % 700, null, case when i % 3 > 0 then 'RUB' end, 1.0, md5(i::text)
    from generate_series(1, 100500) i
    """

  static let query = "select id, day, currency, amount, note from src.sale"

  @Test("of 100,500 rows, too, only those that differ are written", arguments: cases)
  func publishes(_ given: Case) async throws {
    try await withProject { project in
      try await project.execute(Self.sales)
      try await project.define("sale", Definition.whole(given.keys), sql: Self.query)
      #expect(try await project.publish("sale").counted == "100500 +100500 ~0 -0 =0")
      let written = try await project.rows(Self.written)

      #expect(try await project.publish("sale").counted == "100500 +0 ~0 -0 =100500")
      #expect(try await project.rows(Self.written) == written)

      try await project.execute(
        """
        update src.sale set amount = 1.00 where id in (7, 100000);
        delete from src.sale where id = 5;
        insert into src.sale (id, day, amount, note) values (100501, '2024-01-02', 6, 'new')
        """)
      #expect(try await project.publish("sale").counted == given.afterChange)
      #expect(try await project.difference("select * from reports.sale", Self.query) == 0)
      #expect(try await project.count(Self.stagingIndexes) == 0)
    }
  }

  @Test("rows are compared by place, whatever their columns are called")
  func namesOfTheComparison() async throws {
    try await withProject { project in
      let query =
        "select id as page, day as piece, currency as \"t\", amount as place, note as s from src.sale"
      try await project.execute(Self.sales)
      try await project.define("sale", Definition.whole(), sql: query)
      try await project.publish("sale")
      #expect(try await project.publish("sale").counted == "100500 +0 ~0 -0 =100500")
      // The last row of the last page is gone; every other row is where it was.
      try await project.execute("delete from reports.sale where page = 100500")
      #expect(try await project.publish("sale").counted == "100500 +1 ~0 -0 =100499")
    }
  }

  /// Where rows lie and how many transactions wrote them.
  static let written =
    "select count(*), min(ctid), max(ctid), min(xmin::text), max(xmin::text) from reports.sale"

  static let stagingIndexes =
    "select from pg_class where relkind = 'i' and relnamespace = 'reportgen_staging'::regnamespace"

  @Test("a key that was staged twice is named, and nothing is published")
  func duplicateKeys() async throws {
    try await withProject { project in
      try await project.execute(Self.sales)
      try await project.define("sale", Definition.whole("unique_key: [id]"), sql: Self.query)
      try await project.publish("sale")
      let written = try await project.rows(Self.written)
      try await project.execute("insert into src.sale (id, note) values (42, 'again')")

      let outcome = try await project.run("sale")
      #expect(outcome.status == .failed)
      #expect(outcome.text.contains("unique_key (id) is not unique in the staged rows"))
      #expect(outcome.text.contains("Keys: (42)."))
      #expect(try await project.rows(Self.written) == written)
    }
  }

  @Test("an index that a killed run left on the staging table does no harm")
  func leftOverIndex() async throws {
    try await withProject { project in
      try await project.execute(Self.sales)
      try await project.define("sale", Definition.whole("unique_key: [id]"), sql: Self.query)
      try await project.publish("sale")
      try await project.publish("sale")
      try await project.execute(
        #"create unique index "sale key" on reportgen_staging.sale (currency) nulls not distinct"#)

      #expect(try await project.publish("sale").counted == "100500 +0 ~0 -0 =100500")
      #expect(try await project.count(Self.stagingIndexes) == 0)
    }
  }

  @Test(
    "the intervals of many rows, and a merge of them, write only what differs",
    arguments: [
      (Definition.daily("unique_key: [id, day]", export: ""), Definition.sql, 1),
      ("materialize: {as: merge, table: reports.sale, unique_key: [id]}\nexport: {}", Definition.wholeSQL, 0),
    ])
  func otherKinds(_ yaml: String, _ sql: String, _ removed: Int) async throws {
    try await withProject { project in
      try await project.execute(Self.sales + "; update src.sale set day = date '2024-01-01' + id % 3")
      try await project.define("sale", yaml, sql: sql)
      let dates = removed == 1 ? Definition.range("2024-01-01", "2024-01-04") : .missing
      try await project.publish("sale", dates)
      #expect(try await project.publish("sale", dates).counted == "100500 +0 ~0 -0 =100500")
      try await project.execute(
        """
        update src.sale set amount = 1.00 where id in (7, 100000);
        delete from src.sale where id = 5;
        insert into src.sale (id, day, amount) values (100501, '2024-01-02', 6)
        """)
      #expect(try await project.publish("sale", dates).counted == "100500 +1 ~2 -\(removed) =100497")
      let source = "select id, day, currency, amount from src.sale"
      #expect(try await project.difference("table reports.sale", source) == 1 - removed)
    }
  }
}
