import Testing

@testable import ReportDefinitions

@Suite struct OutputColumnTests {
  /// Each expression with the name that PostgreSQL 15 gives its column.
  static let expressions = [
    ("a.b.c", "c"), ("\"X\"\"y\"", "X\"y"), ("a[1]", "a"), ("(a).b[2].c", "c"), ("s.f(1)", "f"),
    ("count(*)", "count"),
    ("a::int", "a"), ("'1'::int", "int4"), ("(1+2)::s.t", "t"), ("cast(1 as numeric(3,1))", "numeric"),
    ("f(1)::text", "f"), ("a collate \"C\"", "a"), ("case when true then 1 end", "case"),
    ("case when true then 1 else b end", "b"), ("case when true then 1 else b::int end", "b"),
    ("case when true then 1 else '1'::int end", "case"), ("exists (select 1)", "exists"),
    ("array(select 1)", "array"), ("(select x.y from s.t x)", "y"), ("(select 1 as q)", "q"),
    ("(values (1))", "column1"), ("array[1,2]", "array"), ("row(1,2)", "row"), ("coalesce(a,b)", "coalesce"),
    ("greatest(1,2)", "greatest"), ("least(1,2)", "least"), ("nullif(a,b)", "nullif"),
    ("current_date", "current_date"), ("localtimestamp(3)", "localtimestamp"), ("grouping(a)", "grouping"),
    ("xmlelement(name a)", "xmlelement"), ("extract(year from a)", "extract"), ("trim(a)", "btrim"),
    ("a at time zone 'UTC'", "timezone"), ("date '2026-01-01'", "date"), ("interval '1' day", "interval"),
    ("substring(a from 1)", "substring"), ("position('a' in b)", "position"),
  ]

  @Test("columns without AS get the names that PostgreSQL gives them", arguments: expressions)
  func names(_ expression: String, _ expected: String) throws {
    let yaml = "title: x\nmaterialize: {as: table, table: reports.t}"
    let report = try Sample.report(sql: "select \(expression) from s.t as a", yaml: yaml)
    #expect(report.outputColumns == [expected])
  }

  @Test(
    "a star leaves the names to the server",
    arguments: ["select * from s.t", "select 1 as a, t.* from s.t", "table s.t", "select (f(1)).* from s.t"])
  func stars(_ sql: String) throws {
    let yaml = "title: x\nmaterialize: {as: table, table: reports.t}"
    #expect(try Sample.report(sql: sql, yaml: yaml).outputColumns == nil)
  }

  @Test(
    "a union's names are those of its first branch",
    arguments: [
      ("select 1 as a union select 2 as b except select 3", ["a"]),
      ("values (1, 2), (3, 4)", ["column1", "column2"]),
      ("with x as (select 1 as a) (select a from x limit 1) union all select 2 order by 1", ["a"]),
    ])
  func unions(_ sql: String, _ expected: [String]) throws {
    let yaml = "title: x\nmaterialize: {as: table, table: reports.t}"
    #expect(try Sample.report(sql: sql, yaml: yaml).outputColumns == expected)
  }
}
