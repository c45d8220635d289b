import ReportModel
import Testing

@testable import ReportDefinitions

@Suite struct ServerSyntaxTests {
  private static let yaml = Sample.yaml + "\nsyntax: server\n"

  private static let sql = """
    -- JSON_TABLE is of 17, 1_000 of 16
    select p.day, t.amount
    from s.purchases as p, json_table(p.lines, '$[*]' columns (amount numeric path '$.a')) as t
    where p.day >= :start and p.day < :end and t.amount < 1_000;
    """

  private func lint(_ sql: String) throws -> String { try Sample.project(sql: sql, yaml: Self.yaml).lint() }

  @Test("SQL that the parser refuses is left to the server; parameters and the statement's end are found")
  func accepted() throws {
    #expect(try lint(Self.sql) == "")
    let report = try Sample.report(sql: Self.sql, yaml: Self.yaml)
    #expect(report.syntax == .server)
    #expect(report.query.references.map(\.name) == ["start", "end"])
    #expect(report.query.text.hasSuffix("t.amount < 1_000\n"))
    #expect(report.outputColumns == nil)
    #expect(report.reads == [])
  }

  @Test("a query that the parser reads has no need of it")
  func needless() throws {
    #expect(
      try lint(Sample.sql) == """
        reports/sales.sql: warning: the query needs no "syntax: server"
          hint: The parser of PostgreSQL 15 reads it, and would find mistakes without a server.
        """)
  }

  @Test(
    "what is no SELECT, writes, locks or leaves its parentheses is refused by its tokens",
    arguments: [
      ("select 1_0; select 2", "1:13: error: there is a second statement"),
      ("delete from s.a where b is json", "1:1: error: statement is DELETE, not a SELECT"),
      ("explain select 1_0", "1:1: error: statement is EXPLAIN, not a SELECT"),
      ("select 1_0 as a) to program 'x' --", "1:16: error: \")\" closes no parenthesis"),
      ("select (1_0 as a", "1:8: error: \"(\" is not closed"),
      ("with w as (delete from s.a returning 1_0) select 1 as a", "1:12: error: DELETE inside of a SELECT"),
      ("with w as (insert into s.a values (1_0)) select 1 as a", "1:12: error: INSERT inside of a SELECT"),
      (
        "with w as (merge into s.a using s.b on true) select 1_0 as a",
        "1:12: error: MERGE inside of a SELECT"
      ),
      ("select 1_0 as a into s.b", "1:17: error: SELECT INTO is not supported"),
      (
        "select 1_0 as a from s.b for no key update",
        "1:26: error: FOR UPDATE and FOR SHARE are not supported"
      ),
      ("select $1 as a, 1_0 as b", "1:8: error: \"$1\" is not supported"),
      ("select :missing as a, 1_0 as b", "1:8: error: parameter \"missing\" is used but not declared"),
      ("select a from :staging where a < 1_0", "1:15: error: \":staging\" is not known here"),
      ("select 'a as b", "1:8: error: unterminated quoted string at or near \"'a as b\""),
    ])
  func refused(_ sql: String, _ expected: String) throws {
    let lines = try lint(sql).split(separator: "\n").filter { $0.contains("error:") }
    #expect(lines.first.map(String.init) == "reports/sales.sql:" + expected)
    #expect(lines.count == 1)
  }

  @Test("values that differ from run to run are warned about")
  func volatile() throws {
    let text = try lint(
      "select random() as day, now() as b, current_date as c, a.random, 1_0 as d from s.a as a")
    let warnings = text.split(separator: "\n").filter {
      $0.contains(": warning: ") && !$0.contains("is not used")
    }
    #expect(
      warnings.joined(separator: "\n") == """
        reports/sales.sql:1:8: warning: "random()" is volatile
        reports/sales.sql:1:25: warning: "now()" depends on the moment of the run
        reports/sales.sql:1:37: warning: "current_date" depends on the moment of the run
        """)
  }

  @Test("summary tables of other reports are dependencies, by every way to write them; other names are not")
  func reads() throws {
    let project = try TestProject([
      "reports/sales.sql": Sample.sql, "reports/sales.yaml": Sample.yaml,
      "reports/quoted.sql": "select 1 as a",
      "reports/quoted.yaml": "title: Q\nmaterialize: {as: table, table: '\"Reports\".\"a\"\"b\"'}\n",
      "reports/top.sql": """
      select x.sales, 1_000 as b from REPORTS . Sales as x, "Reports"."a""b" as y, s.purchases as p
      """, "reports/top.yaml": "title: Top\nsyntax: server\nmaterialize: {as: table, table: reports.top}\n",
    ])
    #expect(project.lint() == "")
    let top = project.load().value.first { $0.name == "top" }
    #expect(top?.reads.map(\.quoted) == ["\"Reports\".\"a\"\"b\"", "\"reports\".\"sales\""])
  }

  @Test("a circle of summary tables is found without a server")
  func circle() throws {
    let yaml = "title: A\nsyntax: server\nmaterialize: {as: table, table: reports."
    let project = try TestProject([
      "reports/a.sql": "select 1_0 as a from reports.b", "reports/a.yaml": yaml + "a}\n",
      "reports/b.sql": "select 1_0 as a from reports.a", "reports/b.yaml": yaml + "b}\n",
    ])
    #expect(
      project.lint() == """
        reports/a.sql:1:22: error: reports depend on each other in a circle: a -> b -> a
          hint: Each reads the summary table of the next; no order of runs gives them all.
        """)
  }

  // MARK: Fingerprint

  private func fingerprint(_ sql: String = Self.sql) throws -> String {
    try Sample.report(sql: sql, yaml: Self.yaml).fingerprint
  }

  @Test("white space, comments and the case of words do not change the fingerprint")
  func same() throws {
    #expect(
      try fingerprint()
        == fingerprint(
          Self.sql.replacing("-- JSON_TABLE is of 17, 1_000 of 16", with: "/* other */").replacing(
            "\n", with: " "
          )
          .replacing("json_table", with: "JSON_TABLE").replacing("p.day,", with: "P . Day ,")))
  }

  @Test(
    "every other token does, and the way of parsing",
    arguments: [("1_000", "1000"), ("'$.a'", "'$.A'"), (":start", ":end"), ("as t", "as \"T\""), ("<", "<=")])
  func other(_ old: String, _ new: String) throws {
    #expect(try fingerprint() != fingerprint(Self.sql.replacing(old, with: new)))
    #expect(
      try Sample.report(sql: Sample.sql, yaml: Self.yaml).fingerprint
        != Sample.report(sql: Sample.sql, yaml: Sample.yaml).fingerprint)
  }

  @Test("the ledger's text and keys give the same fingerprint again")
  func stored() throws {
    let report = try Sample.report(sql: Self.sql, yaml: Self.yaml)
    let keys = DefinitionKeys(report)
    #expect(keys.syntax == "server")
    #expect(StoredDefinitions.fingerprints(of: [(report.query.text, keys)]) == [report.fingerprint])
    let plain = try Sample.report()
    #expect(DefinitionKeys(plain).syntax == nil)
  }
}
