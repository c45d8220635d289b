import Foundation
import ReportModel
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

/// What each materialization does with rows that are there: first run, equal rows, changed rows.
@Suite struct MaterializationTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var name: String
    var yaml: String
    var sql = Definition.sql
    var dates = Definition.range("2024-01-01", "2024-01-04")
    var afterFirst = "5 +5 ~0 -0 =0"
    var afterSame = "5 +0 ~0 -0 =5"
    /// One row changed (1.0 to 1.00), one removed, one added.
    var afterChange = "5 +1 ~1 -1 =3"
    /// What the table holds at the end.
    var published = "select id, day, currency, amount from src.sale where day < '2024-01-04'"
    var isUnkeyed: Bool { !yaml.contains("unique_key") }
    var testDescription: String { name }
  }

  static let cases = [
    Case(
      name: "table with a key", yaml: Definition.whole("unique_key: [id]"), sql: Definition.wholeSQL,
      dates: .missing),
    Case(
      name: "table without a key", yaml: Definition.whole(), sql: Definition.wholeSQL, dates: .missing,
      afterChange: "5 +2 ~0 -2 =3"),
    Case(name: "incremental with a key", yaml: Definition.daily("unique_key: [id]")),
    Case(name: "incremental with time in the key", yaml: Definition.daily("unique_key: [day, currency, id]")),
    Case(name: "incremental without a key", yaml: Definition.daily(), afterChange: "5 +2 ~0 -2 =3"),
    Case(name: "incremental, several days a read", yaml: Definition.daily("unique_key: [id], batch: 31")),
    Case(
      name: "merge keeps what the source lost", yaml: Definition.daily("unique_key: [id]", kind: "merge"),
      afterChange: "5 +1 ~1 -0 =3",
      published: """
        select id, day, currency, amount from src.sale where day < '2024-01-04'
        union all select 4, '2024-01-03', null, 4
        """),
    Case(
      name: "merge with delete: interval",
      yaml: Definition.daily("unique_key: [id], delete: interval", kind: "merge")),
  ]

  static let sales = """
    insert into src.sale (id, day, currency, amount) values
      (1, '2024-01-01', 'RUB', 1.0), (2, '2024-01-01', 'USD', 2.50), (3, '2024-01-02', null, null),
      (4, '2024-01-03', null, 4), (5, '2024-01-03', 'RUB', 'NaN')
    """

  @Test("the table holds what the query gives, and only rows that differ are written", arguments: cases)
  func publishes(_ given: Case) async throws {
    try await withProject { project in
      try await project.execute(Self.sales)
      try await project.define("sale", given.yaml, sql: given.sql)

      let first = try await project.publish("sale", given.dates)
      #expect(first.counted == given.afterFirst)
      #expect(first.state == .confirmed)
      #expect(try await project.difference("select * from reports.sale", Self.source) == 0)
      let written = try await project.versions(of: "reports.sale")

      let same = try await project.publish("sale", given.dates)
      #expect(same.counted == given.afterSame)
      #expect(try await project.versions(of: "reports.sale") == written)

      try await project.execute(
        """
        update src.sale set amount = 1.00 where id = 1;
        delete from src.sale where id = 4;
        insert into src.sale (id, day, currency, amount) values (6, '2024-01-02', 'EUR', 6)
        """)
      let changed = try await project.publish("sale", given.dates)
      #expect(changed.counted == given.afterChange)
      #expect(try await project.difference("select * from reports.sale", given.published) == 0)
      let untouched = "select ctid, xmin from reports.sale where id in (2, 3, 5) order by ctid"
      #expect(try await project.rows(untouched).split(separator: "\n").allSatisfy { written.contains($0) })
    }
  }

  static let source = "select id, day, currency, amount from src.sale where day < '2024-01-04'"

  @Test("append adds each interval once and refuses to add it again")
  func append() async throws {
    try await withProject { project in
      try await project.execute(Self.sales)
      try await project.define("sale", Definition.daily("unique_key: [id]", kind: "append"))
      let first = try await project.publish("sale", Definition.range("2024-01-01", "2024-01-03"))
      #expect(first.counted == "3 +3 ~0 -0 =0")
      let second = try await project.publish("sale", Definition.day("2024-01-03"))
      #expect(second.counted == "2 +2 ~0 -0 =0")
      #expect(try await project.difference("select * from reports.sale", Self.source) == 0)

      let written = try await project.versions(of: "reports.sale")
      let again = try await project.run("sale", Definition.day("2024-01-02"))
      #expect(again.status == .usage)
      #expect(
        again.text == """
          reports/sale.yaml: error: interval 2024-01-02..2024-01-03 of "sale" is published and cannot be appended twice
            hint: Choose dates that are missing, or use "as: incremental", which replaces an interval's rows.
          """)
      #expect(try await project.versions(of: "reports.sale") == written)
    }
  }

  @Test("append refuses an interval that is not over: it could never take its first rows back")
  func appendOpen() async throws {
    try await withProject { project in
      try await project.define("sale", Definition.daily(kind: "append"))
      let outcome = try await project.run("sale", .day(project.today))
      #expect(outcome.status == .usage)
      #expect(outcome.text.contains("is not over and cannot be appended yet"))
      #expect(try await project.intervals("sale") == "")
    }
  }

  @Test("append names a key that an earlier interval has already")
  func appendSameKey() async throws {
    try await withProject { project in
      try await project.execute(Self.sales)
      try await project.define("sale", Definition.daily("unique_key: [currency]", kind: "append"))
      try await project.publish("sale", Definition.day("2024-01-01"))
      let outcome = try await project.run("sale", Definition.day("2024-01-03"))
      #expect(outcome.status == .failed)
      #expect(
        outcome.text == """
          reports/sale.yaml: error: unique_key (currency) is not unique in the staged rows
            detail: A published row outside of the interval has the same key. What was published before is unchanged.
            hint: Group the query by the key, or add to unique_key what tells the rows apart.
          """)
      #expect(try await project.rows("select id from reports.sale order by 1") == "1\n2")
    }
  }

  @Test("a view shows the rows of other reports' tables, and is replaced only when its query changes")
  func view() async throws {
    try await withProject { project in
      try await project.execute(Self.sales)
      try await project.define("sale", Definition.daily("unique_key: [id]"))
      try await project.publish("sale", Definition.range("2024-01-01", "2024-01-04"))
      let yaml = """
        materialize: {as: view, table: reports.by_currency, grants: {select: [superset]}}
        columns: {amount: {description: Of all days.}}
        export: {csv: {}, order_by: [currency]}
        """
      let sql = "select currency, sum(amount) as amount from reports.sale group by 1"
      try await project.define("by-currency", yaml, sql: sql)
      let first = try await project.publish("by-currency")
      #expect(first.counted == "3 +0 ~0 -0 =0")
      #expect(
        try await project.rows("select * from reports.by_currency order by 1") == "RUB|NaN\nUSD|2.50\nnull|4")
      #expect(
        try await project.rows(
          "select obj_description('reports.by_currency'::regclass), col_description('reports.by_currency'::regclass, 2)"
        ) == "by-currency|Of all days.")
      #expect(
        try await project.rows("select has_table_privilege('superset', 'reports.by_currency', 'select')")
          == "t")
      let made = "select xmin from pg_class where oid = 'reports.by_currency'::regclass"
      let version = try await project.rows(made)
      try await project.publish("by-currency")
      #expect(try await project.rows(made) == version)

      try await project.define("by-currency", yaml, sql: sql + " having count(*) > 1")
      let changed = try await project.publish("by-currency")
      #expect(changed.counts.read == 2)
      try await project.define(
        "by-currency", yaml.replacing(", order_by: [currency]", with: ""),
        sql: "select sum(amount) as amount from reports.sale")
      let refused = try await project.run("by-currency")
      #expect(refused.status == .definition)
      #expect(refused.text.contains("A view can only gain columns at its end"))
      #expect(try await project.rows("select count(*) from reports.by_currency") == "2")
    }
  }

  @Test("none writes files and no table; an interval whose files are gone or cut is computed again")
  func none() async throws {
    try await withProject { project in
      try await project.execute(
        "insert into src.sale (id, day, amount) select n, '\(project.today)'::date - n, n from generate_series(1, 4) n"
      )
      try await project.define(
        "sale",
        """
        period: day
        start: \(project.day(-3))
        materialize: {as: none}
        export: {csv: {}, html: {}}
        """)
      let first = try await project.publish("sale")
      #expect(first.counted == "3 +0 ~0 -0 =0")
      #expect(try await project.rows("select count(*) from pg_tables where schemaname = 'reports'") == "0")
      let file = "\(project.output)/sale/\(project.day(-2))/sale.csv"
      let csv = "id,day,currency,amount\n2,\(project.day(-2)),,2\n"
      #expect(try String(contentsOfFile: file, encoding: .utf8) == csv)
      let same = try await project.publish("sale")
      #expect(same.state == .upToDate)

      try Data("id,day\n".utf8).write(to: URL(fileURLWithPath: file))
      let cut = try await project.publish("sale")
      #expect(cut.intervals.map(\.start) == [project.day(-2)])
      #expect(try String(contentsOfFile: file, encoding: .utf8) == csv)

      try FileManager.default.removeItem(atPath: "\(project.output)/sale/\(project.day(-1))")
      let removed = try await project.publish("sale")
      #expect(removed.intervals.map(\.start) == [project.day(-1)])
    }
  }
}
