import ReportModel
import Testing

@testable import ReportDefinitions

/// Which names a SELECT uses, as far as they tell which types it touches.
@Suite struct MentionTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var sql: String
    var columns: Set<String> = []
    var isWhole = false
    var types: Set<String> = []
    var functions: Set<String> = []
    var testDescription: String { sql }
  }

  static let cases = [
    Case(sql: "select t.a from s.t as t", columns: ["a"]),
    Case(sql: "select count(*) as n from s.t", columns: [], functions: ["count"]),
    Case(sql: "select * from s.t", isWhole: true),
    Case(sql: "select x.a from (select t.* from s.t) x", columns: ["a"], isWhole: true),
    Case(sql: "select to_jsonb(t) as j from s.t", columns: [], isWhole: true, functions: ["to_jsonb"]),
    Case(sql: "select 1 as a from s.t join s.u using (id, day)", columns: ["id", "day"]),
    Case(sql: "select 1 as a from s.t natural join s.u", isWhole: true),
    Case(sql: "select (t.pair).b, t.c[1] as c from s.t", columns: ["pair", "b", "c"]),
    Case(
      sql: "select 'x'::own.kind as a, cast(t.b as own.other[]) as b, s.f(t.c) as c from s.t",
      columns: ["b", "c"], types: ["own.kind", "own.other"], functions: ["s.f"]),
    Case(
      sql: "with w as (select t.a from s.t) select f.a from own.rows(1) f where exists (select w.a from w)",
      columns: ["a"], functions: ["own.rows"]),
  ]

  @Test("names of columns, types and functions, and whether every column can be meant", arguments: cases)
  func mentions(_ given: Case) throws {
    let text = SQLText(given.sql, role: .report) { SourcePlace(utf8Offset: $0, in: given.sql) }
    var analyzer = QueryAnalyzer(text, file: "a.sql")
    let analysis = analyzer.analyze()
    let mentions = try #require(analysis).mentions
    func written(_ names: Set<SQLMentions.Name>) -> Set<String> {
      Set(names.map { ($0.schema.map { $0 + "." } ?? "") + $0.name })
    }
    #expect(mentions.columns.isSuperset(of: given.columns))
    #expect(mentions.hasAllColumns == given.isWhole)
    #expect(written(mentions.types) == given.types)
    #expect(written(mentions.functions) == given.functions)
    #expect(!mentions.columns.contains("nowhere"))
  }
}
