import Foundation
import ReportModel
import TestSupport
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

/// Values and names that are easily got wrong on the way from the source to the table and the files.
@Suite struct ValueTests {
  @Test("nulls in the key are one value, and a key's rows are changed in place")
  func nullsInKey() async throws {
    try await withProject { project in
      try await project.execute(
        """
        insert into src.sale (day, currency, amount) values
          ('2024-01-01', null, 1), ('2024-01-01', 'RUB', 2), (null, null, 3)
        """)
      try await project.define(
        "sale", Definition.whole("unique_key: [day, currency]"),
        sql: "select sale.day, sale.currency, sum(sale.amount) as amount from src.sale as sale group by 1, 2")
      try await project.publish("sale")
      try await project.execute("update src.sale set amount = amount + 10 where currency is null")
      let changed = try await project.publish("sale")
      #expect(changed.counted == "3 +0 ~2 -0 =1")
      #expect(
        try await project.rows("select * from reports.sale order by 3")
          == "2024-01-01|RUB|2\n2024-01-01|null|11\nnull|null|13")
    }
  }

  static let duplicated = """
    insert into src.sale (id, day, currency)
      select n, '2024-01-01', case when n <= 12 then chr(64 + n) end from generate_series(1, 13) n;
    """

  @Test(
    "a key staged twice publishes nothing and says which keys",
    arguments: ["first run", "equal keys are published", "new keys", "dry run"])
  func duplicateKeys(_ situation: String) async throws {
    try await withProject { project in
      try await project.define("sale", Definition.daily("unique_key: [day, currency]"))
      if situation != "first run" {
        if situation == "equal keys are published" { try await project.execute(Self.duplicated) }
        try await project.publish("sale", Definition.day("2024-01-01"))
      }
      if situation != "equal keys are published" { try await project.execute(Self.duplicated) }
      try await project.execute(
        "insert into src.sale (id, day, currency) select id + 100, day, currency from src.sale")
      let outcome = try await project.outcome(
        "sale", RunOptions(dates: Definition.day("2024-01-01"), dryRun: situation == "dry run"))
      #expect(outcome.status == .failed)
      let keys = (0..<10).map { "(2024-01-01, \(UnicodeScalar(65 + $0)!))" }.joined(separator: ", ")
      #expect(
        outcome.text == """
          reports/sale.yaml: error: unique_key (day, currency) is not unique in the staged rows
            detail: Keys: \(keys), …. What was published before is unchanged.
            hint: Group the query by the key, or add to unique_key what tells the rows apart.
          """)
      let published = "select * from pg_tables where schemaname = 'reports' and tablename = 'sale'"
      #expect(try await project.count(published) == (situation == "first run" ? 0 : 1))
      if situation != "first run" {
        let expected = situation == "equal keys are published" ? 13 : 0
        #expect(try await project.count("select from reports.sale") == expected)
      }
    }
  }

  @Test(
    "a value that looks equal and is written otherwise is a change",
    arguments: [
      ("numeric", "1.0", "1.00"), ("double precision", "0", "-0"), ("numeric", "NaN", "1"),
      ("double precision", "Infinity", "NaN"), ("timestamptz", "infinity", "-infinity"), ("text", "", " "),
      ("json", #"{"a":1}"#, #"{"a": 1}"#), ("jsonb", #"{"a":1}"#, #"{"a":1.0}"#),
      ("interval", "24:00", "1 day"),
    ], ["unique_key: [id]", ""])
  func sameButDifferent(_ value: (type: String, one: String, other: String), key: String) async throws {
    try await withProject { project in
      try await project.execute(
        """
        create table src.v (id int, v \(value.type));
        insert into src.v values (1, '\(value.one)'), (2, null), (3, '\(value.one)'), (3 - 3, '\(value.one)')
        """)
      try await project.define("sale", Definition.whole(key), sql: "select v.id, v.v from src.v as v")
      try await project.publish("sale")
      let same = try await project.publish("sale")
      #expect(same.counted == "4 +0 ~0 -0 =4")
      try await project.execute("update src.v set v = '\(value.other)' where id = 3")
      let changed = try await project.publish("sale")
      #expect(changed.counted == (key.isEmpty ? "4 +1 ~0 -1 =3" : "4 +0 ~1 -0 =3"))
      #expect(try await project.difference("table reports.sale", "table src.v") == 0)
    }
  }

  @Test("equal rows without a key are counted, not merged")
  func multiset() async throws {
    try await withProject { project in
      try await project.execute(
        "insert into src.sale (day, amount) select '2024-01-01', 1 from generate_series(1, 5)")
      try await project.define("sale", Definition.daily())
      try await project.publish("sale", Definition.day("2024-01-01"))
      try await project.execute(
        "delete from src.sale where ctid in (select ctid from src.sale limit 2); insert into src.sale (day, amount) values ('2024-01-01', 2)"
      )
      let outcome = try await project.publish("sale", Definition.day("2024-01-01"))
      #expect(outcome.counted == "4 +1 ~0 -2 =3")
      #expect(try await project.rows("select amount from reports.sale order by 1") == "1\n1\n1\n2")
    }
  }

  /// Names that need quotes, that the statements use themselves, or that no ASCII letter is in.
  static let names = [
    "select", "order", "a \"quoted\" one", "день", "🛒", "t", "s", "q", "d", "x", "n", "id", "image",
    "occurrence",
    "is_deletable", "is_changed", "old_id", "new_id", "bucket", "rows", "staging", "CamelCase", "with,comma",
    "back\\slash",
  ]

  @Test(
    "any name is a column's or a table's",
    arguments: [#"unique_key: ["день", "select"]"#, ""], ["table", "incremental", "merge", "append"])
  func names(_ key: String, kind: String) async throws {
    guard kind != "merge" || !key.isEmpty else { return }
    let table = #"reports."Выручка ""по"" дням, order 🛒""#
    let columns = Self.names.enumerated().map { number, name in
      let expression = name == "день" ? "sale.day" : "sale.id + \(number)"
      return "\(expression) as \(SQLQuote.identifier(name))"
    }
    try await withProject { project in
      try await project.execute(
        "insert into src.sale (id, day) select n, date '2024-01-01' + n / 2 from generate_series(0, 3) n")
      let period = kind == "table" ? "" : "period: day\nstart: 2024-01-01\n"
      let keys = [kind == "table" ? "" : #"time_column: "день""#, key].filter { !$0.isEmpty }
      try await project.define(
        "sale",
        """
        \(period)materialize:
          as: \(kind)
          table: '\(table)'
        \(keys.map { "  " + $0 }.joined(separator: "\n"))
        checks:
          - not_null: ["select", "a \\"quoted\\" one"]
          - range: {column: "🛒", min: 0}
          - unique: ["is_deletable"]
          - sql: select "occurrence" from :staging where "image" is null
        export:
          csv: {}
          html: {charts: [{type: bar, x: "день", y: "select", series: "order"}], totals: {sum: ["🛒"], by: ["день"]}}
          order_by: ["select"]
        """,
        sql: "select \(columns.joined(separator: ", ")) from src.sale as sale"
          + (kind == "table" ? "" : " where sale.day >= :start and sale.day < :end"))
      let dates = kind == "table" ? DateSelection.missing : Definition.range("2024-01-01", "2024-01-03")
      let first = try await project.publish("sale", dates)
      #expect(first.counts.inserted == 4)
      if kind != "append" {
        try await project.execute(
          "update src.sale set id = id + 100 where id = 3; delete from src.sale where id = 1")
        let again = try await project.publish("sale", dates)
        #expect(again.counts.unchanged == 2)
      }
      let source = "select \(columns.joined(separator: ", ")) from src.sale as sale"
      let lost = kind == "merge" ? 2 : 0
      #expect(try await project.difference("table \(table)", source) == lost)
    }
  }

  @Test("no row at all is a result: it is published, and takes the old rows away")
  func empty() async throws {
    try await withProject { project in
      try await project.define("sale", Definition.daily("unique_key: [id]"))
      let first = try await project.publish("sale", Definition.day("2024-01-01"))
      #expect(first.counted == "0 +0 ~0 -0 =0")
      #expect(try await project.intervals("sale") == "2024-01-01|confirmed|0")
      try await project.execute("insert into src.sale (id, day) values (1, '2024-01-01')")
      try await project.publish("sale", Definition.day("2024-01-01"))
      try await project.execute("delete from src.sale")
      let last = try await project.publish("sale", Definition.day("2024-01-01"))
      #expect(last.counted == "0 +0 ~0 -1 =0")
      #expect(try await project.count("select from reports.sale") == 0)
    }
  }

  @Test("a row of 5 MB arrives whole, in the table and in the file")
  func longRow() async throws {
    try await withProject { project in
      try await project.execute(
        """
        insert into src.sale (id, day, note)
          select 1, '2024-01-01', string_agg(n || E'\\t"ж\\\\' || E'\\n', '') from generate_series(1, 450000) n
        """)
      try await project.define(
        "sale", Definition.daily("unique_key: [id]"),
        sql:
          "select sale.id, sale.day, sale.note from src.sale as sale where sale.day >= :start and sale.day < :end"
      )
      try await project.publish("sale", Definition.day("2024-01-01"))
      #expect(try await project.count("select from reports.sale where octet_length(note) > 5000000") == 1)
      #expect(
        try await project.difference(
          "select id, day, note from reports.sale", "select id, day, note from src.sale") == 0)
      let csv = try psql(
        project.database.primary, "copy (select * from reports.sale) to stdout (format csv, header)")
      #expect(
        FileManager.default.contents(atPath: project.output + "/sale/2024-01-01/sale.csv")
          == Data((csv + "\n").utf8))
    }
  }
}
