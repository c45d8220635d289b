import Foundation
import PostgresClient
import ReportModel
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

/// Where tests run: beside the sandbox's own tables, of which nothing is seen and nothing changed.
@Suite struct StageTests {
  /// A shop with rows, code and types of its own.
  private static let shop = """
    create schema shop;
    create type shop.state as enum ('new', 'done');
    create type shop.span as range (subtype = int);
    create collation shop.bytes (provider = libc, locale = 'C');
    create table shop.sale (id serial, state shop.state, amount numeric(10,2), name text);
    create table shop.rate (currency text, rate numeric);
    create function shop.rate(text) returns numeric stable language sql
      as 'select r.rate from shop.rate as r where r.currency = $1';
    create function shop.worth(numeric, shop.state) returns numeric immutable language sql
      as 'select case $2 when ''done''::shop.state then $1 end';
    create function shop.add(int, int) returns int immutable language sql as 'select $1 + $2';
    create operator shop.#+ (leftarg = int, rightarg = int, function = shop.add);
    create aggregate shop.total (numeric) (sfunc = numeric_add, stype = numeric, initcond = '0');
    create text search configuration shop.plain (copy = pg_catalog.simple);
    create view shop.done as select id, amount from shop.sale where state = 'done';
    create materialized view shop.kept as select id, amount from shop.sale;
    insert into shop.sale (state, amount, name) select 'done', g, 'x' from generate_series(1, 1000) as g;
    insert into shop.rate values ('EUR', 100)
    """

  /// Everything that a forgotten COMMIT, a sequence or a lock would leave.
  private static let traces = """
    select 'class', relnamespace::regnamespace::text, relname, relfilenode::text, relacl::text from pg_class
      where relnamespace >= 16384 and relname !~ '^pg_'
    union all select 'schema', nspname, nspowner::text, '', nspacl::text from pg_namespace
    union all select 'routine', pronamespace::regnamespace::text, oid::regprocedure::text, '', ''
      from pg_proc where oid >= 16384
    union all select 'type', typnamespace::regnamespace::text, typname, '', '' from pg_type where oid >= 16384
    union all select 'default', adrelid::regclass::text, pg_get_expr(adbin, adrelid), '', '' from pg_attrdef
    union all select 'rows', sum(amount)::text, count(*)::text, max(id)::text, '' from shop.sale
    union all select 'sequence', last_value::text, is_called::text, '', '' from shop.sale_id_seq
    order by 1, 2, 3, 4, 5
    """

  @Test("the sandbox's own rows are not seen, and nothing of a test is left there")
  func untouched() async throws {
    try await withProject { project in
      try await project.execute(Self.shop)
      try await project.defineWhole(
        "sales", sql: "select s.id, s.amount from shop.sale as s",
        "checks: [{not_null: [id]}, {reconcile: {staging: select 1 as a from :staging, source: select 1 as a from shop.sale}}]"
      )
      let before = try await project.rows(Self.traces)
      let outcomes = try await project.test(
        "sales",
        """
        tests:
          - {name: empty, expect: []}
          - {name: one, given: {shop.sale: [{id: 1}]}, expect: {rows: [{id: 1, amount: null}], checks: pass}}
          - {name: the one before is gone, given: {shop.sale: [{id: 2}]}, expect: [{id: 2}]}
          - {name: failed, given: {shop.sale: [{id: 3}]}, expect: []}
          - {name: wrong, given: {shop.sale: [{id: 4}, {id: x}]}, expect: []}
          - {name: after all these, expect: []}
        """)
      #expect(outcomes.map(\.state) == [.passed, .passed, .passed, .failed, .wrong, .passed])
      #expect(try await project.rows(Self.traces) == before)
    }
  }

  @Test(
    "functions, types, operators and collations of a table's schema are there; functions read what is given")
  func code() async throws {
    try await withProject { project in
      try await project.execute(Self.shop)
      try await project.defineWhole("sales", sql: Self.codeSQL)
      try await project.expectPass(
        "sales",
        """
        tests:
          - name: code
            given:
              shop.sale:
                - {id: 1, state: done, amount: 2, name: b}
                - {id: 2, state: new, amount: 3, name: B}
              shop.rate: [{currency: EUR, rate: 90.5}]
            expect:
              - {worth: 2, rate: 90.5, sum: 3, total: 5, span: "[1,3)", words: "'b':1"}
              - {worth: null, rate: 90.5, sum: 4, total: 5, span: "[2,4)", words: "'b':1"}
        """)
      let outcomes = try await project.test(
        "sales", "tests: [{name: without rates, given: {shop.sale: [{id: 1}]}, expect: []}]")
      #expect(
        outcomes.first?.whole.masked
          == """
          failed  sales: without rates
          reports/sales.sql: error: relation "shop.rate" does not exist (SQLSTATE 42P01)
            detail: Test "without rates", reports/sales.test.yaml:1.
            hint: A function reads it: give the test its rows, or [] for none.
          """.masked)
    }
  }

  private static let codeSQL = """
    select shop.worth(s.amount, s.state) as worth, shop.rate('EUR') as rate, s.id operator(shop.#+) 2 as sum,
      (select shop.total(t.amount) from shop.sale as t) as total, shop.span(s.id, s.id + 2) as span,
      to_tsvector('shop.plain', s.name) as words
    from shop.sale as s order by s.name collate shop.bytes desc
    """

  @Test("a view and a materialized view are tables like any other to a test")
  func views() async throws {
    try await withProject { project in
      try await project.execute(Self.shop)
      try await project.defineWhole(
        "sales",
        sql: "select d.id, d.amount, k.id as kept from shop.done as d left join shop.kept as k using (id)")
      try await project.expectPass(
        "sales",
        """
        tests:
          - {name: empty, expect: []}
          - {name: given, given: {shop.done: [{id: 1, amount: 1}], shop.kept: [{id: 1}]}, expect: [{id: 1, kept: 1}]}
        """)
    }
  }

  @Test("names that SQL would fold, or that it reserves, are names all the same")
  func names() async throws {
    try await withProject { project in
      try await project.execute(
        #"create schema "Чай ""1"""; create table "Чай ""1"""."select" ("order" int not null, "Имя" text)"#)
      try await project.defineWhole(
        "sales", sql: #"select s."order", s."Имя" as "Имя ""x""" from "Чай ""1"""."select" as s"#)
      try await project.expectPass(
        "sales",
        #"""
        tests:
          - name: names
            given:
              '"Чай ""1"""."select"': [{order: 1, Имя: ☕}]
            expect:
              - {order: 1, 'Имя "x"': ☕}
        """#)
    }
  }

  @Test("the SQL reads READ ONLY and as the reader, and what it may not do fails at its place")
  func reader() async throws {
    try await withProject { project in
      try await project.execute(
        Self.shop
          + """
          ; create function shop.secret() returns int language sql as 'select 1';
          revoke execute on function shop.secret() from public;
          create function shop.write() returns int language sql security definer
            as 'insert into shop.rate values (''RUB'', 1) returning 1'
          """)
      try await project.defineWhole("writing", sql: "select shop.write() as n from shop.rate as r")
      try await project.defineWhole("secret", sql: "select shop.secret() as n")
      try await project.defineWhole(
        "session", sql: "select current_user::text as who, current_setting('search_path') as path")
      let writing = try await project.test(
        "writing", "tests: [{name: a, given: {shop.rate: [{}]}, expect: []}]")
      let secret = try await project.test("secret", "tests: [{name: a, expect: []}]")
      #expect(
        writing.first?.diagnostics.first?.message.masked
          == "cannot execute INSERT in a read-only transaction (SQLSTATE 25006)".masked)
      #expect(
        secret.first?.diagnostics.first?.message.masked
          == "permission denied for function secret (SQLSTATE 42501)".masked)
      try await project.expectPass(
        "session", "tests: [{name: a, expect: [{who: reportgen_reader, path: 'pg_catalog, pg_temp'}]}]")
    }
  }

  @Test("two commands at once wait for each other, and both see their own rows alone")
  func together() async throws {
    try await withProject { project in
      try await project.execute(Self.shop)
      try await project.defineWhole("sales", sql: "select s.id from shop.sale as s")
      let tests = (1...20).map {
        "  - {name: n\($0), given: {shop.sale: [{id: \($0)}]}, expect: [{id: \($0)}]}"
      }
      let suite = try project.suite("sales", (["tests:"] + tests).joined(separator: "\n"))
      try await withThrowingTaskGroup(of: [TestOutcome].self) { group in
        for _ in 0..<4 { group.addTask { try await project.test(suite) } }
        for try await outcomes in group {
          #expect(outcomes.count == 20 && outcomes.allSatisfy { $0.state == .passed })
        }
      }
      #expect(try await project.count("select from shop.sale") == 1000)
    }
  }

  @Test("readers and writers of the sandbox's tables go on while a test runs")
  func beside() async throws {
    try await withProject { project in
      try await project.execute(
        Self.shop + "; create function shop.gate() returns boolean language sql as 'select true'")
      try await project.defineWhole("sales", sql: "select s.id from shop.sale as s")
      // A transaction that has read and written stays open meanwhile, as in a forgotten psql.
      try await project.execute("begin; update shop.sale set amount = 0 where id = 1; select from shop.rate")
      try await project.expectPass("sales", "tests: [{name: a, expect: []}]")
      try await project.execute("rollback")
    }
  }

  @Test("a lock that another command holds for too long is no failure of a test")
  func locked() async throws {
    try await withProject { project in
      try await project.execute(Self.shop)
      try await project.defineWhole("sales", sql: "select s.id from shop.sale as s")
      try await project.execute("begin; alter schema shop rename to other")
      await #expect {
        try await project.test("sales", "tests: [{name: a, expect: []}]", patienceSeconds: 1)
      } throws: { error in
        let error = error as? RunError
        return error?.status == .tryAgain
          && error?.diagnostic.message.masked
            == "could not replace the sandbox's tables: canceling statement due to lock timeout (SQLSTATE 55P03)"
            .masked
      }
      try await project.execute("rollback")
    }
  }

  private static let sleepingTests =
    "tests: [{name: a, given: {shop.sale: [{id: 1}]}, expect: []}, {name: b, expect: []}]"

  /// Starts a test that sleeps, and runs the body while it does.
  private func whileSleeping(_ body: (EngineProject, Task<[TestOutcome], any Error>) async throws -> Void)
    async throws
  {
    try await withProject { project in
      try await project.execute(Self.shop)
      try await project.defineWhole("sales", sql: "select pg_sleep(600)::text as a from shop.sale as s")
      let before = try await project.rows(Self.traces)
      let task = Task { try await project.test("sales", Self.sleepingTests) }
      let sleeping =
        "select from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'"
      try await project.wait(sleeping)
      try await body(project, task)
      #expect(try await project.rows(Self.traces) == before)
    }
  }

  @Test("a session that dies ends the tests with a word to try again, and leaves nothing")
  func killed() async throws {
    try await whileSleeping { project, task in
      try await project.execute(
        """
        select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and wait_event = 'PgSleep'
        """)
      await #expect { try await task.value } throws: { ($0 as? RunError)?.status == .tryAgain }
    }
  }

  @Test("an interrupted command ends 130, and leaves nothing")
  func interrupted() async throws {
    try await whileSleeping { _, task in
      task.cancel()
      await #expect { try await task.value } throws: { ($0 as? RunError)?.status == .interrupted }
    }
  }

  @Test("SQL that takes too long fails its own test")
  func slow() async throws {
    try await withProject { project in
      try await project.execute(Self.shop)
      try await project.defineWhole("sales", sql: "select pg_sleep(600)::text as a from shop.sale as s")
      let outcomes = try await project.test("sales", Self.sleepingTests, patienceSeconds: 5)
      #expect(outcomes.map(\.state) == [.failed, .passed])
      #expect(
        outcomes[0].diagnostics.map(\.description.masked) == [
          """
          reports/sales.sql: error: canceling statement due to statement timeout (SQLSTATE 57014)
            detail: Test "a", reports/sales.test.yaml:1.
            hint: A test's statement gets 5 s.
          """.masked
        ])
    }
  }
}
