import ReportModel
import TestSupport
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

/// Which role's code runs as which role: each line of the table in docs/security.md.
///
/// The role `superset` plays the source's owner. What it makes tries to write down as whom it runs, to grant itself the
/// summary tables, and to change the session's search path to its own schema.
@Suite("Code of others")
struct OwnerCodeTests {
  static let hostile = """
    create table src.seen (who text); grant insert, select on src.seen to public;
    create function src.evil(v text) returns boolean volatile language plpgsql as $$ begin
      begin insert into src.seen values (current_user); exception when others then null; end;
      begin grant select on all tables in schema reports to superset; exception when others then null; end;
      perform set_config('search_path', 'src, pg_catalog', false);
      return true;
    end $$;
    create function src.calm(v text) returns boolean immutable language sql as 'select src.evil(v)';
    create domain src.mail as text;
    create type src.state as enum ('new', 'done');
    create function src.equal(a text, b text) returns boolean immutable language sql as 'select src.evil(a)';
    create operator src.= (leftarg = text, rightarg = text, function = src.equal);
    create operator src.<> (leftarg = text, rightarg = text, function = src.equal);
    create table src.person (id int, m src.mail, s src.state);
    insert into src.person values (1, null, 'new'), (2, 'x', 'done'), (3, 'y', 'new');
    alter domain src.mail add check (src.evil(value)) not valid;
    create view src.gate as select p.id, src.evil('x') as ok, current_user::text as who from src.person p;
    grant select on all tables in schema src to reportgen_reader, reportgen_owner;
    alter schema src owner to superset;
    do $$ declare o record; begin
      for o in select format('alter %s %s owner to superset', k, n) as c from (
        select 'routine', oid::regprocedure::text from pg_proc where pronamespace = 'src'::regnamespace
        union all select 'table', oid::regclass::text from pg_class where relnamespace = 'src'::regnamespace
          and relkind in ('r', 'v')
        union all values ('type', 'src.mail'), ('type', 'src.state'), ('operator', 'src.=(text,text)'),
          ('operator', 'src.<>(text,text)')) x(k, n) loop execute o.c; end loop; end $$
    """

  /// Nobody but the reader has run the code with the right to write, and nothing was gained by it.
  static func expectNoGain(_ project: EngineProject, sourceLocation: SourceLocation = #_sourceLocation)
    async throws
  {
    #expect(try await project.rows("select distinct who from src.seen") == "", sourceLocation: sourceLocation)
    #expect(
      try await project.rows(
        "select c.oid::regclass from pg_class c where relnamespace = 'reports'::regnamespace"
          + " and relkind in ('r', 'v') and has_table_privilege('superset', oid, 'select')") == "",
      sourceLocation: sourceLocation)
  }

  @Test(
    "types of the source's owner are not evaluated on the primary: CHECKs, casts, operators and literals",
    arguments: [
      "select p.id, p.m as v from src.person p", "select p.id, p.s as v from src.person p",
      "select p.id, array[p.m] as v from src.person p", "select p.id, array[p.s] as v from src.person p",
      "select p.id, '{x}'::src.mail[] as v from src.person p",
      "select p.id, ('{x}'::src.mail[])[1] as v from src.person p",
    ])
  func types(sql: String) async throws {
    try await withProject { project in
      try await project.execute(Self.hostile)
      let checks =
        "checks: [{not_null: [id]}, {unique: [id]}, {unique: [id, v]}, {range: {column: id, min: 0}}]"
      try await project.define(
        "sale", Definition.whole("unique_key: [id], indexes: [[v]]", rest: checks), sql: sql)
      try await project.publish("sale")
      try await project.execute("delete from src.person where id = 2")
      try await project.publish("sale")
      #expect(try await project.count("select from reports.sale") == 2)
      let types = try await project.rows(
        "select distinct typnamespace::regnamespace from pg_attribute a join pg_type t on t.oid = atttypid"
          + " where attrelid = 'reports.sale'::regclass and attnum > 0")
      #expect(types == "pg_catalog")
      try await Self.expectNoGain(project)
    }
  }

  @Test("a cast that the source's owner has made is refused in a report, and never runs on the primary")
  func casts() async throws {
    try await withProject { project in
      try await project.execute(
        Self.hostile + """
          ;
          create type src.box as enum ('a', 'b');
          create table src.parcel (id int, b src.box);
          insert into src.parcel values (1, 'a'), (2, 'b');
          create function src.open(b src.box) returns text volatile language plpgsql as
            $$ begin perform src.evil('x'); return current_user; end $$;
          create function src.close(t text) returns src.box volatile language plpgsql as
            $$ begin perform src.evil('x'); return 'a'::src.box; end $$;
          create cast (src.box as text) with function src.open(src.box) as implicit;
          create cast (text as src.box) with function src.close(text) as assignment;
          alter function src.open(src.box) owner to superset; alter function src.close(text) owner to superset;
          alter table src.parcel owner to superset; alter type src.box owner to superset;
          grant select on src.parcel to reportgen_reader, reportgen_owner
          """)
      try await project.define(
        "sale", Definition.whole("unique_key: [id]"), sql: "select p.id, p.b::text as v from src.parcel p")
      let refused = try await project.run("sale")
      #expect(refused.status == .definition)
      #expect(refused.text.contains("column src.parcel.b is of type src.box"), "\(refused.text)")
      // Staged as the type itself, it would be converted on the primary.
      try await project.define(
        "box", Definition.whole("unique_key: [id]").replacing("reports.sale", with: "reports.box"),
        sql: "select p.id, p.b as v from src.parcel p")
      let whole = try await project.run("box")
      #expect(whole.status == .definition)
      #expect(whole.text.contains("column src.parcel.b is of type src.box"), "\(whole.text)")
      try await Self.expectNoGain(project)
    }
  }

  @Test(
    "checks run what they read as the owner of the summary tables, READ ONLY, and leave nothing behind",
    arguments: [
      "sql: select g.who from :staging s join src.gate g on g.ok",
      "relationships: {column: who, to: src.gate, field: who}",
      "reconcile: {staging: 'select count(*) from :staging s join src.gate g on g.ok', source: 'select 0'}",
    ])
  func checks(check: String) async throws {
    try await withProject { project in
      try await project.execute(Self.hostile)
      try await project.define(
        "sale",
        Definition.whole(
          "unique_key: [id]",
          rest: "checks: [{\(check)}]".replacing("[{sql: ", with: "[{sql: \"")
            .replacing("g.ok}]", with: "g.ok\"}]")),
        sql: "select 1 as id, 'a' as who, 'b' as other")
      let outcome = try await project.run("sale")
      #expect(outcome.status == .failed)
      if check.hasPrefix("sql") {
        #expect(outcome.text.contains("Keys: (reportgen_owner), (reportgen_owner), (reportgen_owner)."))
      }
      try await Self.expectNoGain(project)
      // The session that publishes has its own search path, whatever the check's functions did.
      try await project.define(
        "sale",
        Definition.whole(
          "unique_key: [who]",
          rest: "checks: [{sql: \"select 1 from src.gate g, :staging s where not g.ok\"}]"),
        sql: "select 1 as id, 'a' as who, 'b' as other")
      try await project.publish("sale")
      #expect(try await project.publish("sale").counted == "1 +0 ~0 -0 =1")
      try await Self.expectNoGain(project)
    }
  }

  @Test(
    "what a report's functions do to the session on the replica does not reach the next report, or any file")
  func replicaSession() async throws {
    try await withProject { project in
      try await project.execute(Self.hostile)
      try await project.define(
        "aaa", Definition.whole().replacing("reports.sale", with: "reports.aaa"),
        sql: "select g.id, g.ok, g.who, current_setting('search_path') as path from src.gate g")
      try await project.define(
        "bbb",
        Definition.whole("unique_key: [a]", export: "csv: {}, order_by: [a]")
          .replacing("reports.sale", with: "reports.bbb"),
        sql: "select 'a' = 'b' as equal, current_setting('search_path') as path, 'x'::text as a")
      let result = try await project.run(["aaa", "bbb"])
      #expect(result.reports.map(\.text) == ["", ""])
      #expect(try await project.rows("select distinct who from reports.aaa") == "reportgen_reader")
      #expect(try await project.rows("select equal, path from reports.bbb") == "f|pg_catalog, pg_temp")
      #expect(try project.csv("bbb") == "equal,path,a\nf,\"pg_catalog, pg_temp\",x\n")
      try await Self.expectNoGain(project)
    }
  }

  @Test(
    "a report that is read on the primary runs its functions as the owner of the summary tables, READ ONLY")
  func usePrimary() async throws {
    try await withProject { project in
      try await project.execute(Self.hostile)
      try await project.define("sale", Definition.whole(), sql: "select g.id, g.ok, g.who from src.gate g")
      let away = project.database.conninfo(.replica, user: "reportgen_reader").replacing(
        "port=", with: "port=1")
      var configuration = project.configuration(RunOptions())
      configuration.servers = Servers(
        replica: away, primary: configuration.servers.primary, owner: "reportgen_owner",
        timezone: project.project.timezone)
      let environment = Project.Environment(
        name: "test", lagWaitSeconds: 1, lagging: .usePrimary, confirm: .primary, confirmWaitSeconds: 1)
      configuration = RunConfiguration(
        project: configuration.project, environment: environment, servers: configuration.servers,
        output: configuration.output, run: configuration.run, options: configuration.options,
        fingerprints: configuration.fingerprints)
      let graph = DependencyGraph(try project.reports())
      let result = await RunEngine(configuration).run(graph.reports, graph: graph)
      #expect(result.reports.map(\.text) == [""])
      #expect(try await project.rows("select distinct who from reports.sale") == "reportgen_owner")
      try await Self.expectNoGain(project)
    }
  }

  @Test("a view runs functions as whoever reads it; one with values of the source's types is refused")
  func views() async throws {
    try await withProject { project in
      try await project.execute(Self.hostile)
      let view = "materialize: {as: view, table: reports.shown, grants: {select: [superset]}}\nexport: {}"
      try await project.define("shown", view, sql: "select ('{x}'::src.mail[])[1]::text as v")
      let refused = try await project.run("shown")
      #expect(
        refused.text == """
          reports/shown.sql: error: the view has a value of type src.mail of schema "src", which role superset owns
            detail: Making the view evaluates the type as the owner of the summary tables, so that role's code could run with the owner's rights. Nothing was published.
            hint: Leave the cast out, or cast to a built-in type. Or ALTER SCHEMA "src" OWNER TO a superuser.
          """)
      try await project.define(
        "shown", view,
        sql: "select g.id, g.ok, current_user::text as reader from src.gate g where src.calm('x')")
      try await project.publish("shown")
      #expect(try await project.rows("select distinct who from src.seen") == "")
      let read = "set role superset; select distinct reader from reports.shown"
      #expect(try psql(project.database.primary, read) == "superset")
    }
  }

  @Test("who may write to a summary table cannot attach code to it, and only superusers make event triggers")
  func attached() async throws {
    try await withProject { project in
      try await project.define(
        "sale",
        Definition.whole(
          "grants: {select: [superset], insert: [superset], update: [superset], delete: [superset]}"),
        sql: Definition.wholeSQL)
      try await project.publish("sale")
      for privilege in ["trigger", "references", "truncate"] {
        #expect(
          try await project.rows("select has_table_privilege('superset', 'reports.sale', '\(privilege)')")
            == "f")
      }
      #expect(try await project.rows("select has_schema_privilege('superset', 'reports', 'create')") == "f")
      await #expect(throws: (any Error).self) {
        try await project.execute(
          "set role superset; create event trigger evil on ddl_command_start execute function pg_catalog.pg_sleep()"
        )
      }
      try await project.execute("reset role")
      #expect(
        try await project.rows(
          "select (select count(*) from pg_attrdef where adrelid = 'reports.sale'::regclass),"
            + " (select count(*) from pg_trigger where tgrelid = 'reports.sale'::regclass),"
            + " (select count(*) from pg_index where indrelid = 'reports.sale'::regclass and indexprs is not null)"
        )
          == "0|0|0")
    }
  }
}
