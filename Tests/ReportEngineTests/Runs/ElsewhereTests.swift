import Foundation
import ReportModel
import TestSupport
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

/// Rows that lie on other servers, for which no as-of holds.
@Suite struct ElsewhereTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var ddl = ""
    var sql: String
    var source = "foreign table src.far of server other"

    /// In a function's body, which no plan shows.
    var isHidden: Bool { testDescription == "a function" }

    init(_ description: String, _ ddl: String = "", _ sql: String, source: String? = nil) {
      testDescription = description
      self.ddl = ddl
      self.sql = sql
      if let source { self.source = source }
    }
  }

  static let cases = [
    Case("a foreign table", "", "select far.id from src.far as far"),
    Case(
      "two views over it",
      "create view src.one as select id from src.far; create view src.v as select id from src.one",
      "select v.id from src.v as v"),
    Case(
      "a partition",
      """
      create table src.part (id int, day date) partition by range (id);
      create table src.near partition of src.part for values from (minvalue) to (100);
      create foreign table src.old partition of src.part for values from (100) to (200)
        server other options (schema_name 'src', table_name 'sale');
      """, "select part.id from src.part as part", source: "foreign table src.old of server other"),
    Case(
      "a function",
      """
      create function src.f() returns setof int language plpgsql stable as
        $$ begin return query select id from src.far; end $$;
      """, "select f.id from src.f() as f(id)"),
    Case(
      "a subquery that is not run", "",
      "select sale.id, (select far.id from src.far as far limit 1) as f from src.sale as sale"
    ),
    Case(
      "a file",
      """
      create server files foreign data wrapper file_fdw;
      create foreign table src.file (id text) server files options (filename '/dev/null');
      """, "select file.id from src.file as file", source: "foreign table src.file of server files"),
    Case(
      "dblink", "", "select t.id from src.dblink('dbname=x', 'select 1') as t(id int)",
      source: "function src.dblink"),
    Case(
      "a view over dblink",
      "create view src.v as select t.id from src.dblink('dbname=x', 'select 1') as t(id int)",
      "select v.id from src.v as v", source: "function src.dblink"),
    Case(
      "a function that calls dblink",
      """
      create function src.f() returns setof int language plpgsql stable as
        $$ begin return query select t.id from src.dblink('dbname=x', 'select 1') as t(id int); end $$;
      """, "select f.id from src.f() as f(id)", source: "function src.f"),
    Case(
      "a distributed table",
      """
      set allow_system_table_mods = on;
      create table pg_catalog.pg_dist_partition as select 'src.sale'::regclass as logicalrelid;
      grant select on pg_catalog.pg_dist_partition to public; reset allow_system_table_mods
      """, "select sale.id from src.sale as sale", source: "distributed table src.sale"),
  ]

  private func prepare(_ project: EngineProject, _ ddl: String = "") async throws {
    let primary = project.database.pair.conninfo(.primary)
    func option(_ name: String) throws -> String {
      let part = try #require(primary.split(separator: " ").first { $0.hasPrefix(name + "=") })
      return part.dropFirst(name.count + 1).filter { $0 != "'" }
    }
    try await project.execute(
      """
      create extension postgres_fdw schema src; create extension dblink schema src; create extension file_fdw schema src;
      create server other foreign data wrapper postgres_fdw
        options (host '\(try option("host"))', port '\(try option("port"))', dbname '\(project.database.name)');
      create user mapping for public server other options (user 'reportgen_reader', password_required 'false');
      create foreign table src.far (id int, day date) server other options (schema_name 'src', table_name 'sale');
      insert into src.sale (id, day) values (1, '2024-01-01'), (2, '2024-01-02');
      \(ddl.isEmpty ? "" : ddl + ";")
      grant select on all tables in schema src to reportgen_reader, reportgen_owner
      """)
  }

  @Test("rows of other servers are refused by name, and nothing is published", arguments: cases)
  func refused(_ one: Case) async throws {
    try await withProject { project in
      try await prepare(project, one.ddl)
      try await project.define("sale", Definition.whole(), sql: one.sql)
      let lint = try await OnlineLintTests.findings(project)
      let planned = try #require(try await project.plan(["sale"]).reports.first)
      #expect(planned.status == (one.isHidden ? .done : .definition))
      let outcome = try await project.run("sale")
      #expect(outcome.status == .definition)
      if !one.isHidden { #expect(planned.diagnostics.map(\.message) == outcome.diagnostics.map(\.message)) }
      #expect(
        outcome.text == """
          reports/sale.sql: error: \(one.source) is read outside of the run's snapshot
            detail: Its rows lie elsewhere, and the report's as-of does not hold for them. Nothing was published.
            hint: Copy the rows to a table of the primary; or say "allow_foreign: true", and the as-of is called unproven.
          """)
      let found =
        one.isHidden
        ? "reports/sale.sql: warning: \"sale\" reads \(one.source) through function src.f()\n  detail: Its rows lie elsewhere: a run"
        : "reports/sale.sql: error: \(one.source) is read outside of the run's snapshot\n  detail: Its rows lie elsewhere, and"
      #expect(lint.hasPrefix(found), "\(lint)")
      #expect(lint.split(separator: "\n").count == 3, "\(lint)")
      #expect(try await project.count("select from pg_tables where schemaname = 'reports'") == 0)
    }
  }

  @Test("lint with servers finds rows of other servers in a view and in what reconcile reads, unless allowed")
  func lint() async throws {
    try await withProject { project in
      try await prepare(project)
      let reconcile = """
        checks: [{reconcile: {staging: select count(*) from :staging, source: select count(*) from src.far}}]
        """
      try await project.define("sale", Definition.whole(rest: reconcile), sql: "select s.id from src.sale s")
      try await project.define(
        "shown", "materialize: {as: view, table: reports.shown}\nexport: {}",
        sql: "select f.id from src.far f")
      #expect(
        try await OnlineLintTests.findings(project) == """
          reports/sale.sql: error: foreign table src.far of server other is read outside of the run's snapshot
            detail: Its rows lie elsewhere, and the report's as-of does not hold for them.
            hint: \(RowsElsewhere.hint)
          reports/shown.sql: error: foreign table src.far of server other is read outside of the run's snapshot
            detail: Its rows lie elsewhere, and the report's as-of does not hold for them.
            hint: \(RowsElsewhere.hint)
          """)
      try await project.define(
        "sale", Definition.whole(rest: reconcile + "\nallow_foreign: true"),
        sql: "select s.id from src.sale s")
      try await project.define(
        "shown", "materialize: {as: view, table: reports.shown}\nexport: {}\nallow_foreign: true",
        sql: "select f.id from src.far f")
      #expect(try await OnlineLintTests.findings(project) == "")
    }
  }

  @Test(
    "where a report allows it, ledger, manifest, page and status call the as-of unproven, of that report alone"
  )
  func allowed() async throws {
    try await withProject { project in
      try await prepare(project)
      let allowing = Definition.whole(
        "unique_key: [id]", export: "csv: {}, html: {}", rest: "allow_foreign: true")
      try await project.define("a-far", allowing, sql: "select far.id from src.far as far")
      try await project.define(
        "b-near",
        Definition.whole(export: "csv: {}, html: {}").replacing("reports.sale", with: "reports.near"),
        sql: Definition.wholeSQL)
      let result = try await project.run(["a-far", "b-near"], RunOptions(jobs: 1))
      #expect(result.reports.map(\.text) == ["", ""])
      let source = "foreign table src.far of server other"
      #expect(result.reports.map(\.asOf?.unproven) == [[source], nil])
      #expect(
        RunSummary.text(result.reports[0]).contains(" (unproven)"), "\(RunSummary.text(result.reports[0]))")
      #expect(
        try await project.rows("select report, as_of_unproven from reportgen.report_run order by 1")
          == "a-far|{\"\(source)\"}\nb-near|null")
      #expect(try await project.status("a-far").0.asOfUnproven == [source])
      #expect(try await project.status("b-near").0.asOfUnproven == nil)
      let folder = project.output + "/a-far/latest/"
      let manifest = try String(contentsOfFile: folder + "manifest.json", encoding: .utf8)
      #expect(manifest.contains("\"unproven\": [\n      \"\(source)\"\n    ]"), "\(manifest)")
      let page = try String(contentsOfFile: folder + "a-far.html", encoding: .utf8)
      #expect(page.contains("Unproven: that does not hold for \(source)."))
      #expect(try await project.verify(["a-far", "b-near"]).reports.map(\.state) == [.equal, .equal])
    }
  }

  @Test(
    "a view over rows of other servers is refused, or its as-of is called unproven", arguments: [false, true])
  func view(_ isAllowed: Bool) async throws {
    try await withProject { project in
      try await prepare(project)
      try await project.define(
        "shown",
        "materialize: {as: view, table: reports.shown}\nexport: {}\n"
          + (isAllowed ? "allow_foreign: true" : ""),
        sql: "select far.id from src.far as far")
      let outcome = try await project.run("shown")
      #expect(outcome.status == (isAllowed ? .done : .definition), "\(outcome.text)")
      #expect(outcome.asOf?.unproven == (isAllowed ? ["foreign table src.far of server other"] : nil))
      #expect(
        try await project.count("select from pg_views where schemaname = 'reports'") == (isAllowed ? 1 : 0))
    }
  }

  @Test("what a statement would read is found by its plan alone")
  func planned() async throws {
    try await withProject { project in
      try await prepare(project)
      try await project.define("sale", Definition.whole(), sql: "select far.id from src.far as far")
      let found = try await RowsElsewhere.planned(
        "select far.id from src.far as far", of: try project.report("sale"), on: project.admin)
      #expect(found.sources == ["foreign table src.far of server other"])
    }
  }
}
