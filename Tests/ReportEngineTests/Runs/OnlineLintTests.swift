import ReportModel
import TestSupport
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

/// What `reportgen lint --online` finds, and that it changes nothing.
@Suite("Lint with servers")
struct OnlineLintTests {
  static func findings(_ project: EngineProject, searchPath: [String] = []) async throws -> String {
    try await project.database.waitForReplay()
    var servers = project.servers
    servers.searchPath = SearchPath(searchPath)
    return try await OnlineLint(servers: servers).lint(try project.reports())
      .map(\.description).joined(separator: "\n")
  }

  static func whole(_ table: String, _ rest: String = "", keys: String = "") -> String {
    Definition.whole(keys, rest: rest).replacing("reports.sale", with: "reports.\(table)")
  }

  @Test("a definition that the servers accept has no finding, and nothing is written")
  func nothing() async throws {
    try await withProject { project in
      let checks = """
        checks:
          - not_null: [id]
          - relationships: {column: currency, to: src.kind, field: name}
          - sql: select s.id from :staging s where s.day >= :start and s.amount < 0
          - reconcile: {staging: select sum(amount) from :staging, source: select sum(amount) from src.sale}
        """
      try await project.execute(
        "create table src.kind (name text); grant select on src.kind to reportgen_owner, reportgen_reader")
      try await project.define("sale", Definition.daily("unique_key: [id]", rest: checks))
      try await project.define(
        "shown", "materialize: {as: view, table: reports.shown}\nexport: {}",
        sql: "select s.id from reports.sale s")
      let before = try await project.everythingOfOurs()
      #expect(
        try await Self.findings(project) == """
          reports/shown.sql: warning: "shown" was not checked: reports.sale does not exist yet
            hint: "sale" makes it in its first run.
          """)
      #expect(try await project.everythingOfOurs() == before)
      try await project.publish("sale", Definition.day("2024-01-01"))
      #expect(try await Self.findings(project) == "")
    }
  }

  @Test(
    "what a run would end with is found at its place",
    arguments: [
      (
        "select s.id,\n  s.amout from src.sale s", "",
        "reports/sale.sql:2:3: error: column s.amout does not exist (SQLSTATE 42703)",
        "  hint: Perhaps you meant to reference the column \"s.amount\"."
      ),
      (
        "select h.id from src.hidden h", "",
        "reports/sale.sql: error: permission denied for table hidden (SQLSTATE 42501)",
        "  hint: Run on the primary, as a superuser: GRANT SELECT ON src.hidden TO reportgen_reader;"
      ),
      (
        "select s.id from src.sale s",
        "checks: [{sql: select h.id from :staging s join src.hidden h on h.id = s.id}]",
        "reports/sale.yaml:4:11: error: check could not run: permission denied for table hidden (SQLSTATE 42501)",
        "  hint: Run on the primary, as a superuser: GRANT SELECT ON src.hidden TO reportgen_owner;"
      ),
      (
        "select s.id from src.sale s", "checks: [{sql: select s.gone from :staging s}]",
        "reports/sale.yaml:4:11: error: check could not run: column s.gone does not exist (SQLSTATE 42703)",
        ""
      ),
      (
        "select row(1, 2) as r", "",
        "reports/sale.sql: error: column \"r\" is record, which no table can hold",
        "  hint: Select its fields one by one, or cast it to a type that has columns."
      ),
    ])
  func found(sql: String, rest: String, message: String, hint: String) async throws {
    try await withProject { project in
      try await project.execute(
        "create table src.hidden (id int); revoke all on src.hidden from reportgen_reader")
      try await project.define("sale", Definition.whole(rest: rest), sql: sql)
      let found = try await Self.findings(project)
      #expect(found.masked == (hint.isEmpty ? message : message + "\n" + hint).masked)
    }
  }

  @Test("a column that the summary table does not take is found, and a type whose operators are not found")
  func types() async throws {
    try await withProject { project in
      try await project.define("sale", Definition.whole(), sql: "select 1 as id")
      try await project.publish("sale")
      try await project.execute(
        "create extension citext schema public; create table src.mail (m public.citext); grant select on src.mail to reportgen_reader"
      )
      try await project.define("sale", Definition.whole(), sql: "select 'x' as id")
      try await project.define(
        "mail", Self.whole("mail"), sql: "select count(*) as n from src.mail m where m.m = 'x'")
      #expect(
        try await Self.findings(project) == """
          reports/mail.sql: error: column src.mail.m is of type public.citext, whose operators are in schema "public", which is not in the search path
            detail: The SQL would mean something else than in psql, or fail.
            hint: Write "search_path: [public]" in reportgen.yaml. Or read a view that casts the column to text.
          reports/sale.sql: error: column "id" of reports.sale is integer, but the query gives text
            hint: Declare "type: integer" for it under columns. To accept the change, set "on_schema_change: rebuild" under materialize: the next run computes the table again from all of its history.
          """)
      try await project.define("sale", Definition.whole(), sql: "select 1 as id")
      #expect(try await Self.findings(project, searchPath: ["public"]) == "")
    }
  }

  @Test("summary tables that a report reads through views and functions are found")
  func hidden() async throws {
    try await withProject { project in
      try await project.define("sale", Definition.whole(), sql: "select 1 as id")
      try await project.publish("sale")
      try await project.execute(
        """
        create view src.first as select s.id from reports.sale s; create view src.second as select i.id from src.first i;
        create function src.counted() returns bigint language sql as 'select count(*) from reports.sale';
        grant select on all tables in schema src to reportgen_reader
        """)
      try await project.define("seen", Self.whole("seen"), sql: "select o.id from src.second o")
      try await project.define("called", Self.whole("called"), sql: "select src.counted() as n")
      try await project.define(
        "known", Self.whole("known"), sql: "select o.id from src.second o join reports.sale s on true")
      let found = try await Self.findings(project)
      #expect(
        found == """
          reports/called.sql: warning: "called" reads reports.sale through function src.counted()
            detail: Runs do not know that it depends on "sale", which may publish after it.
            hint: Read reports.sale in the SQL itself.
          reports/seen.sql: warning: "seen" reads reports.sale through view src.second
            detail: Runs do not know that it depends on "sale", which may publish after it.
            hint: Read reports.sale in the SQL itself.
          """)
    }
  }
}
