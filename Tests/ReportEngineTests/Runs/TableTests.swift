import Foundation
import ReportModel
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

/// The summary table is people's: what they added to it stays, and no statement touches it without need.
@Suite struct TableTests {
  static let yaml = Definition.daily(
    "unique_key: [id], indexes: [[day], [currency, amount]], grants: {select: [superset]}",
    rest: "columns: {amount: {description: In its own currency., type: \"numeric(14,2)\"}}")

  @Test("key, indexes, grants and comments are made once; a second run of equal rows has no DDL at all")
  func once() async throws {
    try await withProject { project in
      try await project.execute(MaterializationTests.sales)
      try await project.define("sale", Self.yaml)
      try await project.publish("sale", Definition.range("2024-01-01", "2024-01-03"))
      #expect(
        try await project.rows(
          "select replace(indexdef, 'reports.', '') from pg_indexes where schemaname = 'reports' order by indexname"
        )
          == """
          CREATE INDEX sale_currency_amount_idx ON sale USING btree (currency, amount)
          CREATE INDEX sale_day_idx ON sale USING btree (day)
          CREATE UNIQUE INDEX sale_key ON sale USING btree (id) NULLS NOT DISTINCT
          """)
      #expect(
        try await project.rows(
          """
          select obj_description(c.oid), col_description(c.oid, 4), format_type(a.atttypid, a.atttypmod),
            c.relpersistence, pg_get_userbyid(c.relowner), has_table_privilege('superset', c.oid, 'select')
          from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'amount'
          where c.oid = 'reports.sale'::regclass
          """) == "sale|In its own currency.|numeric(14,2)|p|reportgen_owner|t")
      // The staging table of later runs is made by the second.
      try await project.publish("sale", Definition.range("2024-01-01", "2024-01-03"))
      try await project.execute(
        """
        create table src.ddl (tag text, object text);
        create function src.note_ddl() returns event_trigger security definer language plpgsql as $$ begin
          insert into src.ddl select command_tag, object_identity from pg_event_trigger_ddl_commands(); end $$;
        create event trigger note_ddl on ddl_command_end execute function src.note_ddl()
        """)
      try await project.publish("sale", Definition.range("2024-01-01", "2024-01-04"))
      try await project.publish("sale", Definition.range("2024-01-01", "2024-01-04"))
      #expect(try await project.rows("select distinct * from src.ddl") == "")
      try await project.execute("drop event trigger note_ddl")
    }
  }

  @Test("views, grants, indexes and comments that others put on the table survive")
  func survive() async throws {
    try await withProject { project in
      try await project.execute(MaterializationTests.sales)
      try await project.define("sale", Self.yaml)
      try await project.publish("sale", Definition.range("2024-01-01", "2024-01-03"))
      try await project.execute(
        """
        create view reports.mine as select id, amount from reports.sale;
        create index mine_idx on reports.sale (id, day);
        grant insert on reports.sale to superset;
        comment on column reports.sale.currency is 'mine'
        """)
      let facts = """
        select c.oid, c.relacl, col_description(c.oid, 3), (select count(*) from pg_index i where i.indrelid = c.oid)
        from pg_class c where c.oid = 'reports.sale'::regclass
        """
      let before = try await project.rows(facts)
      try await project.execute("update src.sale set amount = amount + 1")
      try await project.publish("sale", Definition.range("2024-01-01", "2024-01-03"))
      #expect(try await project.rows(facts) == before)
      #expect(try await project.rows("select sum(amount) from reports.mine where id < 3") == "5.50")
    }
  }

  @Test("a column that the query gained comes last, in the table and in the file")
  func gained() async throws {
    try await withProject { project in
      try await project.execute(MaterializationTests.sales)
      try await project.define("sale", Definition.daily("unique_key: [id]"))
      try await project.publish("sale", Definition.range("2024-01-01", "2024-01-03"))
      let sql = Definition.sql.replacing("sale.id,", with: "sale.id, upper(sale.currency) as code,")
      let yaml = Definition.daily(
        "unique_key: [id], on_schema_change: add", rest: "columns: {code: {type: varchar(3)}}")
      try await project.define("sale", yaml, sql: sql)
      let dry = try await project.outcome(
        "sale", RunOptions(dates: Definition.day("2024-01-01"), dryRun: true))
      #expect(dry.status == .done)
      let outcome = try await project.run("sale", Definition.day("2024-01-01"))
      #expect(outcome.status == .done)
      #expect(
        outcome.text == """
          reports/sale.sql: warning: reports.sale has gained column "code", which is null in the rows of other intervals
            hint: "reportgen run sale --full-refresh" computes them again.
          """)
      #expect(outcome.counted == "2 +0 ~2 -0 =0")
      let refreshed = try await project.publish("sale", Definition.day("2024-01-02"))
      #expect(refreshed.counted == "1 +0 ~0 -0 =1")
      #expect(
        try await project.rows("select * from reports.sale order by id")
          == "1|2024-01-01|RUB|1.0|RUB\n2|2024-01-01|USD|2.50|USD\n3|2024-01-02|null|null|null")
      #expect(
        try String(contentsOfFile: project.output + "/sale/2024-01-01/sale.csv", encoding: .utf8)
          == "id,day,currency,amount,code\n1,2024-01-01,RUB,1.0,RUB\n2,2024-01-01,USD,2.50,USD\n")
      #expect(
        try await project.rows(
          "select format_type(atttypid, atttypmod) from pg_attribute where attrelid = 'reports.sale'::regclass and attname = 'code'"
        ) == "character varying(3)")
    }
  }

  @Test(
    "a column that is lost or gets another type is refused, with the way out",
    arguments: [
      (
        "sale.currency, sale.amount", "sale.currency",
        """
        reports/sale.sql: error: column "amount" of reports.sale is no longer in the query
          detail: The published column would be lost. Nothing was published.
          hint: Give the query a column of that name and type numeric. To accept the change, set "on_schema_change: rebuild" under materialize: the next run computes the table again from all of its history.
        """
      ),
      (
        "sale.amount", "sale.amount::float8",
        """
        reports/sale.sql: error: column "amount" of reports.sale is numeric, but the query gives double precision
          detail: Nothing was published.
          hint: Declare "type: numeric" for it under columns. To accept the change, set "on_schema_change: rebuild" under materialize: the next run computes the table again from all of its history.
        """
      ),
      (
        "sale.currency,", "sale.currency, sale.note,",
        """
        reports/sale.sql: error: column "note" is not in reports.sale
          detail: Nothing was published.
          hint: Leave the column out, or set "on_schema_change: add" under materialize, or "on_schema_change: rebuild" to compute older rows again, too.
        """
      ),
    ])
  func refused(_ old: String, _ new: String, _ text: String) async throws {
    try await withProject { project in
      try await project.execute(MaterializationTests.sales)
      let yaml = Definition.daily("unique_key: [id], on_schema_change: fail")
      try await project.define("sale", yaml)
      try await project.publish("sale", Definition.range("2024-01-01", "2024-01-03"))
      let (rows, files) = (try await project.versions(of: "reports.sale"), try Files(project.output))
      try await project.define("sale", yaml, sql: Definition.sql.replacing(old, with: new))
      for isDry in [true, false] {
        let outcome = try await project.outcome(
          "sale", RunOptions(dates: Definition.day("2024-01-01"), dryRun: isDry))
        #expect(outcome.status == .definition)
        #expect(outcome.text == text)
      }
      #expect(try await project.versions(of: "reports.sale") == rows)
      #expect(try Files(project.output) == files)
    }
  }

  @Test("a table that was made by hand is used as it is, once its owner is ours")
  func madeByHand() async throws {
    try await withProject { project in
      try await project.execute(MaterializationTests.sales)
      try await project.define("sale", Definition.daily("unique_key: [id]"))
      try await project.execute(
        """
        create table reports.sale (id int primary key, day date, currency text, amount numeric);
        insert into reports.sale values (7, '2024-01-09', 'RUB', 7), (1, '2024-01-01', 'OLD', 1)
        """)
      let foreign = try await project.run("sale", Definition.day("2024-01-01"))
      #expect(foreign.status == .failed)
      #expect(
        foreign.text.masked
          == """
          reports/sale.yaml: error: must be owner of table sale (SQLSTATE 42501)
            detail: Nothing was published.
            hint: Run on the primary, as a superuser: ALTER TABLE reports.sale OWNER TO reportgen_owner;
          """.masked)
      try await project.execute("alter table reports.sale owner to reportgen_owner")
      let outcome = try await project.publish("sale", Definition.day("2024-01-01"))
      #expect(outcome.counted == "2 +1 ~1 -0 =0")
      #expect(try await project.rows("select id from reports.sale order by 1") == "1\n2\n7")
    }
  }

  @Test("init goes on where a schema holds tables of others")
  func initBesideOthers() async throws {
    try await withProject { project in
      try await project.define("sale", Definition.daily())
      try await project.execute("create table reports.others (id int)")
      try await project.define("sale", Definition.daily("unique_key: [id]"))
      try await project.publish("sale", Definition.day("2024-01-01"))
    }
  }

  @Test("a relation that is no plain table is left alone")
  func noTable() async throws {
    try await withProject { project in
      try await project.define("sale", Definition.daily("unique_key: [id]"))
      try await project.execute("create view reports.sale as select 1 as id, date '2024-01-01' as day")
      let outcome = try await project.run("sale", Definition.day("2024-01-01"))
      #expect(outcome.status == .definition)
      #expect(outcome.text.contains("\"reports.sale\" exists and is not a plain table"))
    }
  }

  @Test(
    "a publish that would take away a fifth of the rows needs --allow-shrink",
    arguments: ["unique_key: [id]", ""])
  func shrink(_ key: String) async throws {
    try await withProject { project in
      try await project.execute(
        "insert into src.sale (id, day) select n, '2024-01-01' from generate_series(1, 505) n")
      try await project.define("sale", Definition.daily(key))
      try await project.publish("sale", Definition.day("2024-01-01"))
      try await project.execute("delete from src.sale where id <= 101")
      try await project.publish("sale", Definition.day("2024-01-01"))
      try await project.execute("delete from src.sale where id <= 202")
      let (rows, files) = (try await project.versions(of: "reports.sale"), try Files(project.output))
      let outcome = try await project.run("sale", Definition.day("2024-01-01"))
      #expect(outcome.status == .failed)
      #expect(
        outcome.text == """
          reports/sale.yaml: error: publishing would delete 101 of the 404 published rows in its scope
            detail: More than a fifth (and more than 100) of them. What was published before is unchanged.
            hint: If the source did lose these rows, run again with --allow-shrink.
          """)
      #expect(try await project.versions(of: "reports.sale") == rows)
      #expect(try Files(project.output) == files)
      let allowed = try await project.outcome(
        "sale", RunOptions(dates: Definition.day("2024-01-01"), allowShrink: true))
      #expect(allowed.counted == "303 +0 ~0 -101 =303")
    }
  }

  @Test("names of indexes stay apart where a table's name leaves no room for the columns")
  func longNames() async throws {
    try await withProject { project in
      let table = String(repeating: "ж", count: 30)
      try await project.define(
        "sale",
        Definition.daily("unique_key: [id], indexes: [[day], [currency], [currency, amount]]")
          .replacing("reports.sale", with: "reports.\(table)"))
      try await project.publish("sale", Definition.day("2024-01-01"))
      #expect(try await project.count("select from pg_indexes where schemaname = 'reports'") == 4)
    }
  }

  @Test("a key column that cannot be compared is refused by name")
  func incomparableKey() async throws {
    try await withProject { project in
      try await project.define(
        "sale", Definition.whole("unique_key: [v]"), sql: "select json '{}' as v")
      let outcome = try await project.run("sale")
      #expect(outcome.status == .definition)
      #expect(outcome.text.contains("jsonb rather than json"))
    }
  }

  @Test("a table that was dropped is not built anew from the newest days alone")
  func dropped() async throws {
    try await withProject { project in
      try await project.execute(
        "insert into src.sale (id, day) select n, date '\(project.today)' - n from generate_series(1, 5) n")
      try await project.define(
        "sale", Definition.daily("unique_key: [id], lookback: 1", start: project.day(-5)))
      try await project.publish("sale")
      try await project.execute("drop table reports.sale")
      let outcome = try await project.run("sale")
      #expect(outcome.status != .done)
      #expect(outcome.text.contains("reportgen run sale --restate"))
      #expect(try await project.count("select from pg_tables where schemaname = 'reports'") == 0)
      let refreshed = try await project.publish("sale", .fullRefresh)
      #expect(refreshed.counts.inserted == 5)
    }
  }

  @Test("what waits for a report that can be tried again can be tried again, too")
  func skippedForNow() async throws {
    try await withProject { project in
      try await project.define("sale", Definition.whole(), sql: Definition.wholeSQL)
      try await project.define(
        "total", "materialize: {as: table, table: reports.total}",
        sql: "select count(*) as sales from reports.sale as sale")
      let other = project.otherSession()
      _ = try await project.lock(try project.report("sale"), in: other)
      let result = try await project.run(["sale", "total"])
      #expect(result.reports.map(\.status) == [.tryAgain, .tryAgain])
      #expect(result.status == .tryAgain)
      await other.close()
    }
  }
}
