import ReportModel
import TestSupport
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

/// The same SQL means the same as in psql, or is refused.
@Suite("Search path")
struct SearchPathTests {
  static let mails = """
    create extension citext schema public;
    create domain src.mail as public.citext;
    create table src.customer (id int, email public.citext not null, work src.mail, other public.citext[]);
    create table src.mailing (email public.citext, opened int);
    insert into src.customer values (1, 'Ann@Example.com', 'ANN@work', '{Ann}'), (2, 'bob@example.com', null, null);
    insert into src.mailing values ('ann@example.COM', 5), ('BOB@example.com', 7);
    create view src.pairs as
      select c.id, m.opened from src.customer c join src.mailing m on m.email operator(public.=) c.email;
    create view src.shown as select c.id, c.email from src.customer c;
    create function src.opened(n int) returns bigint stable language sql set search_path = public
      as 'select sum(m.opened) from src.mailing m join src.customer c on c.email = m.email where c.id = n';
    create function src.late(n int) returns bigint stable language sql
      as 'select sum(m.opened) from src.mailing m join src.customer c on c.email = m.email where c.id = n';
    create function src.later(n int) returns bigint stable language plpgsql as 'begin return src.late(n); end';
    create view src.hidden as select c.id, src.later(c.id) as opened from src.customer c;
    create function src.is_ann(mail public.citext) returns boolean language sql set search_path = public
      as 'select mail = ''ANN@example.com''';
    grant select on all tables in schema src to reportgen_reader
    """

  @Test(
    "a report that touches a type whose operators are not found is refused, wherever it touches it",
    arguments: [
      ("select c.id, c.email as e from src.customer c", "column src.customer.email", "public.citext"),
      (
        "select c.id from src.customer c join src.mailing m using (email)", "column src.customer.email",
        "public.citext"
      ),
      (
        "select c.id from src.customer c natural join src.mailing m", "column src.customer.email",
        "public.citext"
      ),
      ("select s.id from (select * from src.customer) s", "column src.customer.email", "public.citext"),
      (
        "select c.id from src.customer c where c.work = 'ann@work'", "column src.customer.work",
        "public.citext"
      ),
      (
        "select c.id from src.customer c where 'ann' = any (c.other)", "column src.customer.other",
        "public.citext"
      ),
      ("select c.id from src.shown c where c.email = 'x'", "column src.shown.email", "public.citext"),
      ("select 1 as id where 'a'::public.citext = 'A'", "a value of the SQL", "public.citext"),
      (
        "select c.id from src.customer c where src.is_ann('x')",
        "an argument or result of function src.is_ann",
        "public.citext"
      ),
      (
        "select src.late(1)::int as id", "column src.customer.email, which function src.late uses,",
        "public.citext"
      ),
      (
        "select h.id from src.hidden h", "column src.customer.email, which function src.late uses,",
        "public.citext"
      ),
      ("select 1 as id, to_jsonb(c) as c from src.customer c", "column src.customer.email", "public.citext"),
    ])
  func touched(sql: String, origin: String, type: String) async throws {
    try await withProject { project in
      try await project.execute(Self.mails)
      try await project.define("sale", Definition.whole(), sql: sql)
      let outcome = try await project.run("sale")
      #expect(outcome.status == .definition)
      #expect(
        outcome.text == """
          reports/sale.sql: error: \(origin) is of type \(type), whose operators are in schema "public", which is not in the search path
            detail: The SQL would mean something else than in psql, or fail. Nothing was published.
            hint: Write "search_path: [public]" in reportgen.yaml. Or read a view that casts the column to text.
          """)
    }
  }

  @Test("what does not touch the type runs without the key, and what was bound before means what it meant")
  func untouched() async throws {
    try await withProject { project in
      try await project.execute(Self.mails)
      try await project.define(
        "sale", Definition.whole(),
        sql: """
          select c.id, p.opened, src.opened(c.id) as again, count(*) over () as n
          from src.customer c join src.pairs p on p.id = c.id
          """)
      try await project.publish("sale")
      #expect(try await project.rows("select * from reports.sale order by 1") == "1|5|5|2\n2|7|7|2")
    }
  }

  @Test("checks on the primary are refused likewise", arguments: ["sql", "relationships"])
  func checks(kind: String) async throws {
    try await withProject { project in
      try await project.execute(Self.mails)
      let check =
        kind == "sql"
        ? "sql: \"select s.id from :staging s join src.mailing m on m.email = s.mail\""
        : "relationships: {column: mail, to: src.mailing, field: email}"
      try await project.define(
        "sale", Definition.whole(rest: "checks: [{\(check)}]"),
        sql: "select 1 as id, 'ANN@example.com' as mail")
      #expect(
        try await project.run("sale").text == """
          reports/sale.yaml: error: column src.mailing.email is of type public.citext, whose operators are in schema "public", which is not in the search path
            detail: The SQL would mean something else than in psql, or fail. Nothing was published.
            hint: Write "search_path: [public]" in reportgen.yaml. Or read a view that casts the column to text.
          """)
      try await project.execute("grant select on src.mailing to reportgen_owner")
      try await project.define(
        "sale", Definition.whole(rest: "checks: [{\(check)}]"),
        sql: "select 1 as id, 'ANN@example.com'::citext as mail")
      let result = try await project.run("sale", searchPath: ["public"])
      #expect(result.reports.first?.status == (kind == "sql" ? .failed : .done))
    }
  }

  static let extensions = """
    create extension hstore schema public; create extension ltree schema public;
    create extension pg_trgm schema public;
    create table src.thing (id int, h public.hstore, path public.ltree, word text);
    insert into src.thing values (1, 'a=>1, b=>2', 'Top.Science', 'words'), (2, 'a=>3', 'Top.Art', 'sword'), (3, null, null, null);
    grant select on all tables in schema src to reportgen_reader;
    """

  @Test("with the key a report gives what psql gives, in table, file and checks")
  func listed() async throws {
    try await withProject { project in
      try await project.execute(Self.mails + ";" + Self.extensions)
      let sql = """
        select c.id, c.email, c.work, c.other, m.opened, c.email = 'ANN@example.com' as is_ann,
          c.email in ('BOB@EXAMPLE.COM') as is_bob, c.email like 'ANN%' as likes, 'ANN' = any (c.other) as any,
          case c.email when 'ANN@EXAMPLE.COM' then 1 end as cased, replace(c.email, 'EXAMPLE', 'x')::text as replaced,
          c.email is distinct from 'ANN@example.com' as differs, c.work = 'ann@WORK' as worked,
          src.late(c.id) as late, t.h -> 'a' as a, t.h ? 'b' as b, t.h, t.path <@ 'Top' as below, t.path,
          t.word % 'word' as similar, similarity(t.word, 'word') as similarity, 'x'::citext as cast_to
        from src.customer c
        left join src.mailing m on m.email = c.email
        join src.thing t on t.id = c.id
        """
      try await project.define(
        "sale",
        Definition.whole(
          "unique_key: [email]",
          rest: """
            checks:
              - accepted_values: {column: email, values: [ANN@EXAMPLE.COM, BOB@EXAMPLE.COM]}
              - sql: select s.id from :staging s where s.email = 'nobody'
            """), sql: sql)
      let first = try await project.run("sale", searchPath: ["public"])
      #expect(first.reports.map(\.text) == [""])
      #expect(first.diagnostics == [])
      let expected = try psql(project.database.replica, "set search_path = public; \(sql) order by c.email")
      #expect(try psql(project.database.primary, "select * from reports.sale order by email") == expected)
      #expect(expected.contains("|5|t|f|t|t|1|"))
      let second = try await project.run("sale", searchPath: ["public"])
      #expect(second.reports.map(\.counted) == ["2 +0 ~0 -0 =2"])
      var servers = project.servers
      servers.searchPath = SearchPath(["public"])
      #expect(
        try await project.verify(["sale"], servers: servers).reports.map(\.text) == ["sale  equal  2 rows\n"])
    }
  }

  @Test(
    "a schema in which others make objects is refused, and so is one that is missing or may not be used",
    arguments: [
      (
        "create schema ext authorization superset", "which role superset owns",
        "ALTER SCHEMA \"ext\" OWNER TO a superuser"
      ),
      (
        "create schema ext; grant create on schema ext to superset",
        "in which role superset may create objects",
        "REVOKE CREATE ON SCHEMA \"ext\" FROM superset"
      ),
      (
        "create schema ext; grant all on schema ext to public", "in which every role may create objects",
        "REVOKE CREATE ON SCHEMA \"ext\" FROM PUBLIC"
      ),
      (
        """
        create schema ext; create function ext.f() returns int language sql as 'select 1';
        alter schema ext owner to superset; alter function ext.f() owner to superset; alter schema ext owner to postgres
        """,
        "in which role superset owns functions, operators or types", "give what is in it to a superuser"
      ),
    ])
  func distrusted(ddl: String, clause: String, remedy: String) async throws {
    try await withProject { project in
      try await project.define("sale", Definition.whole(), sql: Definition.wholeSQL)
      try await project.execute("\(ddl); grant usage on schema ext to public")
      let result = try await project.run("sale", searchPath: ["ext"])
      #expect(
        result.diagnostics.map(\.description) == [
          """
          reportgen.yaml:2:1: error: search_path names schema "ext", \(clause)
            detail: Its objects would decide what the SQL of reports means, and run with the rights of the owner of the summary tables: only superusers and that owner may make them. Nothing was changed.
            hint: \(remedy), or leave the schema out.
          """
        ])
      #expect(result.status == .definition)
    }
  }

  @Test("schemas of superusers and of the owner of the summary tables are trusted; a missing one is refused")
  func trusted() async throws {
    try await withProject { project in
      try await project.define("sale", Definition.whole(), sql: "select half(4) as id")
      try await project.execute(
        """
        create function reports.half(n int) returns int immutable language sql as 'select n / 2';
        alter function reports.half owner to reportgen_owner;
        create schema own; grant usage on schema own to public
        """)
      try await project.database.waitForReplay()
      let result = try await project.run("sale", searchPath: ["reports", "own", "public"])
      #expect(result.reports.map(\.text) == [""])
      #expect(result.diagnostics == [])
      let missing = try await project.run("sale", searchPath: ["reports", "gone"])
      #expect(
        missing.diagnostics.map(\.description) == [
          """
          reportgen.yaml:2:1: error: search_path names schema "gone", which does not exist
            detail: Nothing was changed.
            hint: Create it, or leave it out.
          """
        ])
      try await project.execute("revoke usage on schema own from public")
      let closed = try await project.run("sale", searchPath: ["own"])
      #expect(
        closed.diagnostics.map(\.description) == [
          """
          reportgen.yaml:2:1: error: search_path names schema "own", which role reportgen_owner may not use
            detail: Nothing was changed.
            hint: GRANT USAGE ON SCHEMA "own" TO reportgen_owner.
          """
        ])
    }
  }

  @Test(
    "an operator, function or type that only another schema has is named with schema and key",
    arguments: [
      ("t.word % 'x'", "1:15", "An operator", "OPERATOR(\"public\".%)"),
      ("similarity(t.word, 'x')", "1:8", "A function or type", "\"public\".similarity"),
      ("'a'::hstore is null", "1:13", "A function or type", "\"public\".hstore"),
    ])
  func hints(value: String, place: String, kind: String, written: String) async throws {
    try await withProject { project in
      try await project.execute(Self.extensions)
      try await project.define("sale", Definition.whole(), sql: "select \(value) as v from src.thing t")
      let text = try await project.run("sale").text
      #expect(text.hasPrefix("reports/sale.sql:\(place): error: "))
      #expect(
        text.hasSuffix(
          "\n  hint: \(kind) of that name is in schema \"public\": write \"search_path: [public]\" in reportgen.yaml, or \(written) in the SQL."
        ))
    }
  }
}

extension EngineProject {
  /// What a run with the key `search_path` does.
  func run(_ name: String, searchPath: [String], _ dates: DateSelection = .missing) async throws
    -> RunResult
  {
    let graph = DependencyGraph(try reports(searchPath: searchPath))
    var configuration = configuration(RunOptions(dates: dates))
    configuration.servers.searchPath = SearchPath(searchPath, place: SourcePlace(line: 2, column: 1))
    return await RunEngine(configuration).run(try Selection(patterns: [name]).apply(to: graph), graph: graph)
  }
}
