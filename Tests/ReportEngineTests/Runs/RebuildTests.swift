import Foundation
import PostgresClient
import ReportModel
import TestSupport
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

/// `on_schema_change: rebuild`: other columns, all rows anew, and what others made on the table is still there.
@Suite struct RebuildTests {
  static let yaml = Definition.daily("unique_key: [id], on_schema_change: rebuild")
  static let days = Definition.range("2024-01-01", "2024-01-04")
  static let lossy = Definition.sql.replacing(", sale.amount", with: "")
  static let retyping = Definition.sql.replacing("sale.amount", with: "sale.amount::float8 as amount")

  struct Case: CustomTestStringConvertible, Sendable {
    var name: String
    var yaml = RebuildTests.yaml
    var sql = Definition.sql
    var newYAML = RebuildTests.yaml
    var newSQL: String
    /// What the table holds afterwards.
    var published: String
    var dates = Definition.day("2024-01-02")
    var testDescription: String { name }
  }

  static let cases = [
    Case(
      name: "a column is added",
      newSQL: Definition.sql.replacing("sale.amount", with: "sale.amount, sale.note"),
      published: "select id, day, currency, amount, note from src.sale"),
    Case(
      name: "a column is lost", newSQL: lossy, published: "select id, day, currency from src.sale"),
    Case(
      name: "a column is retyped", newSQL: retyping,
      published: "select id, day, currency, amount::float8 from src.sale"),
    Case(
      name: "all at once, in another order, without a key",
      yaml: Definition.daily("on_schema_change: rebuild"),
      newYAML: Definition.daily(
        #"on_schema_change: rebuild, indexes: [["select"], ["Сумма \"₽\"", day]]"#),
      newSQL: """
        select sale.amount::float8 as "Сумма ""₽""\", sale.day::timestamp as day, sale.id,
          'it''s' || sale.id as "select"
        from src.sale as sale where sale.day >= :start and sale.day < :end
        """,
      published: "select id, day::timestamp, amount::float8, 'it''s' || id from src.sale"),
    Case(
      name: "a finer grain", yaml: Definition.daily("unique_key: [day], on_schema_change: rebuild"),
      sql: """
        select sale.day, count(*) as sales from src.sale as sale
        where sale.day >= :start and sale.day < :end group by 1
        """,
      newYAML: Definition.daily("unique_key: [day, currency], on_schema_change: rebuild"),
      newSQL: """
        select sale.day, sale.currency, count(*) as sales from src.sale as sale
        where sale.day >= :start and sale.day < :end group by 1, 2
        """,
      published: "select day, count(*), currency from src.sale group by 1, 3"),
    Case(
      name: "the whole of a table", yaml: Definition.whole("on_schema_change: rebuild"),
      sql: Definition.wholeSQL, newYAML: Definition.whole("on_schema_change: rebuild"),
      newSQL: "select sale.day, sale.id::text as id from src.sale as sale",
      published: "select id::text, day from src.sale", dates: .missing),
  ]

  @Test(
    "the table becomes what the query gives, for every published interval, and then there is nothing to do",
    arguments: cases)
  func rebuilds(_ given: Case) async throws {
    try await withProject { project in
      try await project.execute(MaterializationTests.sales)
      try await project.define("sale", given.yaml, sql: given.sql)
      let all = given.dates == .missing ? given.dates : Self.days
      let first = try await project.publish("sale", all)
      let published = first.counts.inserted
      try await project.define("sale", given.newYAML, sql: given.newSQL)

      let dry = try await project.outcome("sale", RunOptions(dates: given.dates, dryRun: true))
      let rows = try await project.count(given.published)
      #expect(dry.text == "")
      #expect(dry.counted == "\(rows) +\(rows) ~0 -\(published) =0")
      #expect(try await project.count("select from reports.sale") == published)

      let outcome = try await project.publish("sale", given.dates)
      #expect(outcome.intervals == first.intervals)
      #expect(outcome.counted == "\(rows) +\(rows) ~0 -\(published) =0")
      #expect(try await project.difference("table reports.sale", given.published) == 0)
      #expect(
        try await project.count(
          "select from reportgen.interval where state = 'confirmed' and attempt_id = (select attempt_id from reportgen.report_run where state = 'confirmed' order by started_at desc limit 1)"
        )
          == max(first.intervals.count, 1))

      let versions = try await project.versions(of: "reports.sale")
      let again = try await project.publish("sale", all)
      #expect(again.counted == "\(rows) +0 ~0 -0 =\(rows)")
      #expect(try await project.versions(of: "reports.sale") == versions)
    }
  }

  @Test("views, grants, indexes, comments and constraints of others survive, on a retyped column, too")
  func survive() async throws {
    try await withProject { project in
      try await project.execute(MaterializationTests.sales)
      try await project.define("sale", Self.yaml)
      try await project.publish("sale", Self.days)
      try await project.execute(
        """
        create view reports.mine as select id, currency from reports.sale;
        grant select on reports.mine to superset;
        grant usage on schema reports to superset;
        grant insert on reports.sale to superset;
        grant update (amount, currency) on reports.sale to superset;
        comment on column reports.sale.amount is 'mine';
        create index mine_idx on reports.sale (amount, id) where currency = 'RUB';
        alter table reports.sale add constraint mine_check check (amount <> 17), alter id set not null;
        alter table reports.sale alter currency set statistics 7, set (fillfactor = 77)
        """)
      let facts = """
        select c.oid, c.relacl, c.reloptions, a.attnum, a.attname, a.attacl, a.attnotnull, a.attstattarget,
          col_description(c.oid, a.attnum),
          (select string_agg(indexrelid::regclass::text, ' ' order by indexrelid::regclass::text) from pg_index where indrelid = c.oid),
          (select string_agg(conname, ' ' order by conname) from pg_constraint where conrelid = c.oid)
        from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname in ('id', 'currency', 'amount')
        where c.oid = 'reports.sale'::regclass order by a.attnum
        """
      let before = try await project.rows(facts)
      let view = try await project.rows("select id, currency from reports.mine order by 1")
      try await project.define(
        "sale", Self.yaml,
        sql: Self.retyping.replacing("sale.currency", with: "sale.currency, sale.note, sale.id + 1 as next"))
      try await project.publish("sale", Definition.day("2024-01-01"))
      #expect(try await project.rows(facts) == before)
      let superset = try await connect(project.database.conninfo(.primary, user: "superset"))
      let seen = try await superset.query("select id, currency from reports.mine order by 1").rows
      #expect(seen.map { $0.map { $0 ?? "null" }.joined(separator: "|") }.joined(separator: "\n") == view)
      await superset.close()
    }
  }

  @Test("NOT NULL on a lost column is no obstacle, also where PostgreSQL has it as a constraint")
  func notNull() async throws {
    try await withProject { project in
      try await project.execute(MaterializationTests.sales)
      try await project.define("sale", Self.yaml)
      try await project.publish("sale", Self.days)
      try await project.execute(
        "update reports.sale set amount = 0 where amount is null; alter table reports.sale alter amount set not null"
      )
      try await project.define("sale", Self.yaml, sql: Self.lossy)
      try await project.publish("sale", Definition.day("2024-01-01"))
      #expect(
        try await project.difference("table reports.sale", "select id, day, currency from src.sale") == 0)
    }
  }

  struct Obstacle: CustomTestStringConvertible, Sendable {
    var made: String
    var sql = RebuildTests.lossy
    var message: String
    var more = ""
    var testDescription: String { made }
  }

  static let obstacles = [
    Obstacle(
      made:
        "create view reports.mine as select amount from reports.sale; create view reports.theirs as table reports.sale",
      message: "view reports.mine uses column \"amount\"",
      more: " Also: view reports.theirs uses column \"amount\"."),
    Obstacle(
      made: "create materialized view reports.\"My view\" as select sum(amount) from reports.sale",
      sql: retyping,
      message: "materialized view reports.\"My view\" uses column \"amount\""),
    Obstacle(
      made: "create index mine_idx on reports.sale (currency) where amount > 1",
      message: "index reports.mine_idx uses column \"amount\""),
    Obstacle(
      made: "create policy mine on reports.sale using (amount > 1)", sql: retyping,
      message: "policy mine on reports.sale uses column \"amount\""),
    Obstacle(
      made: "create table reports.child (id int references reports.sale (id))",
      message: "table constraint child_id_fkey on reports.child refers to its rows"),
  ]

  @Test("what would not survive refuses the rebuild by name, before anything is read", arguments: obstacles)
  func refused(_ obstacle: Obstacle) async throws {
    try await withProject { project in
      try await project.execute(MaterializationTests.sales)
      try await project.define("sale", Self.yaml)
      try await project.publish("sale", Self.days)
      try await project.execute(obstacle.made)
      let (rows, files) = (try await project.versions(of: "reports.sale"), try Files(project.output))
      try await project.define("sale", Self.yaml, sql: obstacle.sql)
      for isDry in [true, false] {
        let outcome = try await project.outcome(
          "sale", RunOptions(dates: Definition.day("2024-01-01"), dryRun: isDry))
        #expect(outcome.status == .definition)
        #expect(
          outcome.text == """
            reports/sale.yaml: error: reports.sale cannot be rebuilt: \(obstacle.message)
              detail: A rebuild drops nothing that depends on the table.\(obstacle.more) Nothing was published.
              hint: Drop it, run again and create it again, a view of a report by its own run; or keep the column in the query as it was.
            """)
      }
      #expect(
        try await project.rows(
          "select state, rows_read from reportgen.report_run order by started_at desc limit 2")
          == "failed|null\nfailed|null")
      #expect(try await project.versions(of: "reports.sale") == rows)
      #expect(try Files(project.output) == files)
    }
  }

  @Test("an interval that fails a check fails the whole rebuild; columns and rows stay")
  func failedCheck() async throws {
    try await withProject { project in
      try await project.execute(MaterializationTests.sales)
      try await project.define("sale", Self.yaml)
      try await project.publish("sale", Self.days)
      let rows = try await project.versions(of: "reports.sale")
      try await project.define(
        "sale", Self.yaml + "\nchecks: [{not_null: [currency]}]", sql: Self.retyping)
      let outcome = try await project.run("sale", Definition.day("2024-01-01"))
      #expect(outcome.status == .failed)
      #expect(
        outcome.text == """
          reports/sale.yaml:7:11: error: check not_null of "currency" failed for 2 rows
            detail: Keys: (3), (4). What was published before is unchanged.
          reports/sale.yaml: error: reports.sale was not rebuilt: 2 of its 3 intervals failed a check
            detail: A rebuild shows all intervals or none. Columns and rows are as they were before.
          """)
      #expect(try await project.versions(of: "reports.sale") == rows)
      #expect(
        try await project.rows(
          "select state, intervals from reportgen.report_history order by started_at desc limit 1")
          == "failed|3")
    }
  }

  @Test("an error in one interval's rows is not looked for in parts")
  func undivided() async throws {
    try await withProject { project in
      try await project.execute(MaterializationTests.sales)
      try await project.define("sale", Self.yaml)
      try await project.publish("sale", Self.days)
      try await project.define(
        "sale", Self.yaml, sql: Definition.sql.replacing("sale.amount", with: "1 / (sale.id - 3) as amount"))
      let outcome = try await project.run("sale", Self.days)
      #expect(outcome.text.masked.contains("division_by_zero (SQLSTATE 22012)".masked))
      #expect(try await project.count("select from reportgen.report_run where state = 'failed'") == 1)
      #expect(try await project.count("select from reports.sale") == 5)
    }
  }

  @Test("a rebuild that would take away a fifth of the rows needs --allow-shrink")
  func shrink() async throws {
    try await withProject { project in
      try await project.execute(
        "insert into src.sale (id, day) select n, '2024-01-01' from generate_series(1, 404) n")
      try await project.define("sale", Self.yaml)
      try await project.publish("sale", Definition.day("2024-01-01"))
      try await project.execute("delete from src.sale where id <= 101")
      try await project.define("sale", Self.yaml, sql: Self.lossy)
      let rows = try await project.versions(of: "reports.sale")
      let outcome = try await project.run("sale", Definition.day("2024-01-01"))
      #expect(
        outcome.text == """
          reports/sale.yaml: error: publishing would delete 101 of the 404 published rows in its scope
            detail: More than a fifth (and more than 100) of them. What was published before is unchanged.
            hint: If the source did lose these rows, run again with --allow-shrink.
          """)
      #expect(try await project.versions(of: "reports.sale") == rows)
      let allowed = try await project.outcome(
        "sale", RunOptions(dates: Definition.day("2024-01-01"), allowShrink: true))
      #expect(allowed.counted == "303 +303 ~0 -404 =0")
    }
  }

  @Test(
    "a trigger that swallows rows, or fails, leaves columns and rows as they were", arguments: [true, false])
  func trigger(_ swallows: Bool) async throws {
    try await withProject { project in
      try await project.execute(MaterializationTests.sales)
      try await project.define("sale", Self.yaml)
      try await project.publish("sale", Self.days)
      let action = swallows ? "return null" : "raise 'no'"
      try await project.execute(
        """
        create function src.refuse() returns trigger language plpgsql as $$ begin
          if new.id = 5 then \(action); end if; return new; end $$;
        create trigger refuse before insert on reports.sale for each row execute function src.refuse()
        """)
      let rows = try await project.versions(of: "reports.sale")
      try await project.define("sale", Self.yaml, sql: Self.retyping)
      let outcome = try await project.run("sale", Definition.day("2024-01-01"))
      #expect(outcome.status == .failed)
      #expect(
        outcome.text.contains(
          swallows ? "4 rows of reports.sale were written instead of 5" : "raise_exception (SQLSTATE P0001)"))
      #expect(try await project.versions(of: "reports.sale") == rows)
      #expect(
        try await project.difference("table reports.sale", "select id, day, currency, amount from src.sale")
          == 0)
    }
  }

  @Test("a transaction that reads the table holds up the rebuild, and the rebuild nobody else")
  func waits() async throws {
    try await withProject { project in
      try await project.execute(MaterializationTests.sales)
      try await project.define(
        "sale", Self.yaml.replacing("rebuild", with: "rebuild, grants: {select: [superset]}"))
      try await project.publish("sale", Self.days)
      try await project.define("sale", Self.yaml, sql: Self.lossy)
      let (holder, other) = (
        try await connect(project.database.conninfo(.primary, user: "superset")),
        try await connect(
          project.database.conninfo(.primary, user: "superset"), [SessionSetting("lock_timeout", "60s")])
      )
      _ = try await holder.execute("begin; select count(*) from reports.sale")
      let run = Task { try await project.run("sale", Definition.day("2024-01-01")) }
      for _ in 0..<3 {
        try await project.wait(
          "select from pg_locks where relation = 'reports.sale'::regclass and not granted")
        // Queues behind the rebuild's try, for no longer than that takes.
        #expect(try await other.query("select count(amount) from reports.sale").single() == "4")
      }
      _ = try await holder.execute("commit")
      #expect(try await run.value.text == "")
      #expect(
        try await project.difference("table reports.sale", "select id, day, currency from src.sale") == 0)
      await holder.close()
      await other.close()
    }
  }

  @Test("a collation of the query is the column's, whether the table is new, gains the column or is rebuilt")
  func collation() async throws {
    try await withProject { project in
      try await project.execute(MaterializationTests.sales)
      let collated = "sale.currency collate \"C\" as first"
      let collations = """
        select a.attname, a.attcollation::regcollation from pg_attribute a
        where a.attrelid = 'reports.sale'::regclass and a.attnum > 0 and a.attcollation > 0 and not a.attisdropped order by 1
        """
      try await project.define(
        "sale", Self.yaml, sql: Definition.sql.replacing("sale.currency", with: collated))
      try await project.publish("sale", Self.days)
      let more = Definition.sql.replacing(
        "sale.currency", with: collated + ", sale.note collate \"POSIX\" as second")
      try await project.define("sale", Self.yaml.replacing("rebuild", with: "add"), sql: more)
      _ = try await project.run("sale", Definition.day("2024-01-01"))
      let most = more.replacing(
        "sale.amount", with: "sale.amount::varchar collate \"C\" as amount, sale.note as third")
      try await project.define("sale", Self.yaml, sql: most)
      try await project.publish("sale", Definition.day("2024-01-01"))
      #expect(
        try await project.rows(collations) == "amount|\"C\"\nfirst|\"C\"\nsecond|\"POSIX\"\nthird|\"default\""
      )
    }
  }

  @Test("open intervals, and gaps between intervals, are in the rebuild as they were")
  func everything() async throws {
    try await withProject { project in
      try await project.execute(
        "insert into src.sale (id, day) select n, date '\(project.today)' - n from generate_series(0, 3) n")
      try await project.define(
        "sale", Self.yaml.replacing("2024-01-01", with: "\(project.day(-3))"))
      try await project.publish("sale", Definition.day("\(project.today)"))
      try await project.publish("sale", Definition.day("\(project.day(-2))"))
      try await project.define(
        "sale", Self.yaml.replacing("2024-01-01", with: "\(project.day(-3))"), sql: Self.lossy)
      try await project.publish("sale", Definition.day("\(project.day(-1))"))
      #expect(
        try await project.intervals("sale")
          == "\(project.day(-2))|confirmed|1\n\(project.day(-1))|confirmed|1\n\(project.today)|open|1")
      #expect(try await project.rows("select id from reports.sale order by 1") == "0\n1\n2")
    }
  }
}
