import ReportModel
import TestSupport
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

/// Keys of unusual types, and of very wide rows.
@Suite struct KeyTests {
  struct Key: Sendable, CustomTestStringConvertible {
    var type: String
    /// All of them different for a unique index with NULLS NOT DISTINCT.
    var values: [String]
    var testDescription: String { type }
  }

  static let keys = [
    Key(type: "text[]", values: ["null", "'{}'", "'{a}'", "'{null}'", "'{{a}}'", "'[0:0]={a}'"]),
    Key(type: "int[]", values: ["null", "'{}'", "'{0}'", "'{null,null}'"]),
    Key(type: "int2vector", values: ["null", "''", "'1 2'"]),
    Key(type: "oidvector", values: ["null", "''", "'1'"]),
    Key(type: "src.mood[]", values: ["null", "'{}'", "'{low}'"]),
    Key(type: "src.pair", values: ["null", "'(,)'", "'(1,)'"]),
    Key(type: "int4multirange", values: ["null", "'{}'", "'{[1,2)}'"]),
    Key(type: "tsvector", values: ["null", "''", "'a'"]),
    Key(type: "bytea", values: ["null", "''", "'a'"]),
    Key(type: "text", values: ["null", "''", "' '"]),
    Key(type: "interval", values: ["null", "'0'", "'1 day'"]),
  ]

  @Test("null and an empty value are two keys, as for a unique index", arguments: keys)
  func nullAndEmpty(_ key: Key) async throws {
    try await withProject { project in
      try await project.execute(
        """
        create type src.mood as enum ('low', 'high');
        create type src.pair as (a int, b int);
        create table src.k (k \(key.type), n int);
        create unique index on src.k (k) nulls not distinct;
        insert into src.k values \(key.values.enumerated().map { "(\($1), \($0))" }.joined(separator: ", "))
        """)
      try await project.define(
        "sale", Definition.whole("unique_key: [k]"), sql: "select k.k, k.n from src.k as k")
      let count = key.values.count
      try await project.publish("sale")
      #expect(try await project.publish("sale").counted == "\(count) +0 ~0 -0 =\(count)")
      try await project.execute("update src.k set n = n + 10 where n < 2; delete from src.k where n = 2")
      #expect(try await project.publish("sale").counted == "\(count - 1) +0 ~2 -1 =\(count - 3)")
      #expect(try await project.difference("table reports.sale", "table src.k") == 0)
      #expect(try await project.verify(["sale"]).reports.map(\.state) == [.equal])
    }
  }

  @Test("another unique index than the key's is named as the reason")
  func otherIndex() async throws {
    try await withProject { project in
      try await project.execute("insert into src.sale (id, currency) values (1, 'a'), (2, 'b')")
      try await project.define("sale", Definition.whole("unique_key: [id]"), sql: Definition.wholeSQL)
      try await project.publish("sale")
      try await project.execute(
        "create unique index on reports.sale (currency); update src.sale set currency = 'c'")
      let outcome = try await project.run("sale")
      #expect(outcome.status == .failed)
      #expect(
        outcome.text == """
          reports/sale.yaml: error: a unique index of reports.sale does not allow the rows (SQLSTATE 23505)
            detail: No two staged rows have the same (id). What was published before is unchanged.
            hint: Drop the unique indexes that others made on the table, or make their columns the unique_key.
          """)
    }
  }

  @Test(
    "a row of 1,600 columns is added, changed, removed, compared and verified",
    arguments: ["unique_key: [c1]", "unique_key: [c1, c2, c3]", ""])
  func wide(_ key: String) async throws {
    try await withProject { project in
      let names = (1...1600).map { "c\($0)" }
      try await project.execute(
        """
        create table src.wide (\(names.map { "\($0) smallint" }.joined(separator: ", ")));
        insert into src.wide (c1, c2, c1600) select n, n, 0 from generate_series(1, 4) n
        """)
      try await project.define(
        "sale", Definition.whole(key), sql: "select \(names.joined(separator: ", ")) from src.wide as wide")
      try await project.publish("sale")
      #expect(try await project.publish("sale").counted == "4 +0 ~0 -0 =4")
      try await project.execute(
        """
        update src.wide set c1600 = 7 where c1 = 1; delete from src.wide where c1 = 2;
        insert into src.wide (c1, c2) values (5, 5)
        """)
      #expect(try await project.verify(["sale"]).reports.map(\.state) == [.drift])
      let changes = key.isEmpty ? "4 +2 ~0 -2 =2" : "4 +1 ~1 -1 =2"
      let dry = try await project.outcome("sale", RunOptions(dryRun: true))
      #expect(dry.counted == changes, "\(dry.text)")
      #expect(try await project.publish("sale").counted == changes)
      #expect(
        try await project.difference("select c1, c1600 from reports.sale", "select c1, c1600 from src.wide")
          == 0)
      #expect(try await project.verify(["sale"]).reports.map(\.state) == [.equal])
    }
  }
}
