import ReportModel
import Testing

@testable import ReportDefinitions

@Suite struct NewerSyntaxTests {
  private func lint(_ sql: String, _ yaml: String = Self.yaml) throws -> String {
    try Sample.project(sql: sql, yaml: yaml).lint()
  }

  private static let yaml = "title: Sales\nmaterialize: {as: table, table: reports.sales}\n"

  @Test(
    "syntax of a newer PostgreSQL is named with its version, at its place",
    arguments: [
      (
        "select t.a from s.j, json_table(j.v, '$[*]' columns (a int path '$.a')) as t", "1:45", "JSON_TABLE",
        17
      ),
      ("select json_exists(v, '$.a' error on error) as b from s.j", "1:29", "JSON_EXISTS", 17),
      ("select json_value(v, '$.a' returning int) as b from s.j", "1:28", "JSON_VALUE", 17),
      ("select json_query(v, '$.a' with wrapper) as b from s.j", "1:28", "JSON_QUERY", 17),
      ("select json_serialize(v returning text) as b from s.j", "1:25", "JSON_SERIALIZE", 17),
      ("select json('{}' with unique keys) as b from s.j", "1:18", "JSON", 17),
      ("select json_object('a': v) as b from s.j", "1:23", "JSON_OBJECT", 16),
      ("select json_object('a' value v) as b from s.j", "1:24", "JSON_OBJECT", 16),
      ("select json_array(v, 1 null on null) as b from s.j", "1:24", "JSON_ARRAY", 16),
      ("select json_array(select 1) as b from s.j", "1:19", "JSON_ARRAY", 16),
      ("select json_objectagg(k value v) as b from s.j", "1:25", "JSON_OBJECTAGG", 16),
      ("select json_arrayagg(v absent on null) as b from s.j", "1:24", "JSON_ARRAYAGG", 16),
      ("select v is json object as b from s.j", "1:13", "IS JSON", 16),
      ("select v is not json as b from s.j", "1:17", "IS JSON", 16),
      (
        "select xmlserialize(document v as text indent) as b from s.j", "1:40", "XMLSERIALIZE with INDENT", 16
      ), ("select v at local as b from s.j", "1:13", "AT LOCAL", 17),
      ("select a from (select a from s.j)", "1:15", "a subquery in FROM without an alias", 16),
      (
        "select x.a from s.j x cross join lateral (select 1 as b)", "1:42",
        "a subquery in FROM without an alias", 16
      ),
      ("select 1_000 as b from s.j", "1:8", "a number such as 1_000 or 0xFF", 16),
      ("select 0xFF as b from s.j", "1:8", "a number such as 1_000 or 0xFF", 16),
    ])
  func named(_ sql: String, _ place: String, _ construct: String, _ version: Int) throws {
    #expect(
      try lint(sql) == """
        reports/sales.sql:\(place): error: \(construct) is syntax of PostgreSQL \(version), newer than the parser, which is that of 15
          hint: With "syntax: server" in the metadata the server parses the query; it must be PostgreSQL \(version) or newer.
        """)
  }

  @Test(
    "what no version accepts stays a plain syntax error",
    arguments: [
      "select json_object('a',) as b from s.j", "select a from s.j whree b",
      "select a from (select a from s.j",
      "select 12abc as b from s.j",
    ])
  func plain(_ sql: String) throws {
    let text = try lint(sql)
    #expect(text.contains(": error: "))
    #expect(!text.contains("is syntax of PostgreSQL"), "\(text)")
  }

  @Test("in a check it is named, too, without the way out")
  func check() throws {
    let yaml = Self.yaml + "checks: [{sql: \"select 1 from :staging where v is json\"}]\n"
    #expect(
      try lint("select v from s.j", yaml).contains(
        """
        error: IS JSON is syntax of PostgreSQL 16, newer than the parser, which is that of 15
          hint: Write the check without it: "syntax: server" is for the report's own query.
        """))
  }

  @Test("MERGE inside of a SELECT is refused as every write")
  func merge() throws {
    let sql =
      "with m as (merge into s.a using s.b on true when matched then delete returning 1) select 1 as a"
    #expect(
      try lint(sql) == """
        reports/sales.sql:1:12: error: MERGE inside of a SELECT
          hint: Reports only read; the metadata says where the rows go.
        """)
  }
}
