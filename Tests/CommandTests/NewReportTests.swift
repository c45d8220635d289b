import Foundation
import TestSupport
import Testing

/// Tables and views of all kinds, with names that need care, on the days before the tests' noon of 2026-11-23.
private let sources = """
  create schema crm; create schema "Схема.1";
  create table crm.customer (id int primary key, name text not null);
  create table crm.orders (
    id bigint generated always as identity primary key, customer_id int references crm.customer,
    placed_at timestamptz not null, amount numeric(10,2) check (amount >= 0), quantity int not null check (quantity > 0),
    "order" text, updated_at timestamptz, constraint cheap_or_few check (amount > 1 or quantity < 5));
  create index on crm.orders (placed_at);
  comment on table crm.orders is 'What customers ordered: "all" of it.';
  comment on column crm.orders.amount is 'In roubles.';
  insert into crm.customer select n, 'c' || n from generate_series(1, 20) n;
  insert into crm.orders (customer_id, placed_at, amount, quantity)
    select 1 + n % 20, timestamptz '2026-11-23 00:30+03' - n * interval '1 hour', n % 7 + 2, 1 + n % 3
    from generate_series(1, 1000) n;
  create type crm.mood as enum ('sad', 'ok'); create domain crm.price as numeric(12,2) check (value >= 0);
  create table "Схема.1"."Заказ ""x"" да" (
    "Номер" int primary key, "a.b" text, "select" crm.mood, d crm.price, "Дата" date, "q""q" text[], "c:d" int);
  insert into "Схема.1"."Заказ ""x"" да" values (1, 'x', 'ok', 5, '2026-10-12', '{a,b}', 3), (2, null, null, null, null, null, null);
  create table crm.empty (day date not null, n int);
  create table crm.keyless (a text, b json);
  insert into crm.keyless values ('x', '{}'), ('x', '{}');
  create table crm.part (id int, day date not null, v float8, primary key (day, id)) partition by range (day);
  create table crm.part_1 partition of crm.part for values from ('2020-01-01') to ('2026-11-10');
  create table crm.part_2 partition of crm.part for values from ('2026-11-10') to ('2030-01-01');
  insert into crm.part select n, date '2026-11-01' + n, n from generate_series(0, 20) n;
  create view crm.lines as select o.id, (o.placed_at at time zone 'UTC')::date as day, c.name
    from crm.orders o join crm.customer c on c.id = o.customer_id;
  create table crm."Invoice" ("InvoiceId" int primary key, "InvoiceDate" timestamp not null, "Total" numeric(10,2) not null);
  insert into crm."Invoice" select n, timestamp '2022-01-01' + n * interval '4 days', 1.98 from generate_series(1, 400) n;
  create table crm.secret (x int);
  create materialized view crm.top as
    select customer_id, sum(amount) as total, count(*) as orders from crm.orders group by 1;
  create unique index on crm.top (customer_id); create index on crm.top (orders);
  create index top_by_total on crm.top (total desc);
  comment on materialized view crm.top is 'Sums by customer.';
  grant select on crm.top to superset; grant trigger on crm.top to superset;
  grant usage on schema crm, "Схема.1" to reportgen_reader, reportgen_owner;
  grant select on all tables in schema crm, "Схема.1" to reportgen_reader;
  revoke all on crm.secret from reportgen_reader;
  analyze;
  """

private nonisolated(nonsending) func withSources<R>(_ body: (CommandProject) async throws -> R) async throws
  -> R
{
  try await withProject(published: false) { project in
    try FileManager.default.removeItem(atPath: project.folder + "/reports")
    _ = try project.onPrimary(sources)
    try await project.database.waitForReplay()
    return try await body(project)
  }
}

@Suite("Reports of what is there")
struct NewReportTests {
  @Test("new --from of every kind of table gives reports that lint clean and publish the table's rows")
  func tables() async throws {
    try await withSources { project in
      let tables = [
        ("orders", "crm.orders"), ("awkward", #""Схема.1"."Заказ ""x"" да""#), ("empty", "crm.empty"),
        ("keyless", "crm.keyless"), ("part", "crm.part"), ("lines", "crm.lines"), ("invoice", "crm.Invoice"),
      ]
      for (name, table) in tables {
        let outcome = try await project.run("new", name, "--from", table)
        #expect(outcome.status == 0)
        #expect(outcome.output == "reports/\(name).sql\nreports/\(name).yaml\n")
        #expect(outcome.error == "Look at them, then: reportgen run \(name) --dry-run\n")
        let files = try project.text("reports/\(name).sql") + "---\n" + project.text("reports/\(name).yaml")
        try expectGolden(files, "new/\(name).txt")
      }
      for options in [["lint"], ["lint", "--online"]] {
        let outcome = try await project.run(options)
        #expect(outcome.output == "7 reports without errors, 0 errors, 0 warnings\n", "\(outcome.error)")
      }
      try await project.succeed("init")
      let outcome = try await project.run("run", "--all", "--backfill")
      #expect(outcome.status == 0, "\(outcome.error)")
      try project.expectRows([
        ("reports.orders", "select * from crm.orders"), ("reports.part", "select * from crm.part"),
        ("reports.invoice", #"select * from crm."Invoice" where "InvoiceDate" < '2026-11-01'"#),
        ("reports.lines", "select * from crm.lines"), ("reports.keyless", "select * from crm.keyless"),
      ])
      #expect(try project.onPrimary(#"select "Номер", "select", d from reports.awkward"#) == "1|ok|5.00")
    }
  }

  @Test("new --from and --matview of what is not there, or may not be read, name what to write or to grant")
  func refused() async throws {
    try await withSources { project in
      for (name, options) in [
        ("missing-table", ["--from", "crm.ordres"]), ("no-schema", ["--from", "orders"]),
        ("far-off", ["--from", "nowhere.at_all"]), ("unreadable", ["--from", "crm.secret"]),
        ("no-matview", ["--matview", "crm.lines"]),
        ("two-sources", ["--from", "crm.orders", "--matview", "crm.top"]),
      ] {
        let outcome = try await project.run(["new", "fresh"] + options)
        try expectGolden("exit \(outcome.status)\n\(outcome.error)", "new/error-\(name).txt")
        #expect(!FileManager.default.fileExists(atPath: project.folder + "/reports"))
      }
      try project.write("mine\n", to: "reports/fresh.yaml")
      let outcome = try await project.run("new", "fresh", "--from", "crm.orders")
      #expect(outcome.status == 1 && outcome.error.contains("No file was written."), "\(outcome.error)")
      #expect(!FileManager.default.fileExists(atPath: project.folder + "/reports/fresh.sql"))
    }
  }

  @Test("new --matview keeps query, key, plain indexes and grants, and names what no key can say")
  func materializedView() async throws {
    try await withSources { project in
      _ = try await project.run("new", "top", "--matview", "crm.top")
      let files = try project.text("reports/top.sql") + "---\n" + project.text("reports/top.yaml")
      try expectGolden(files, "new/top.txt")
      #expect(
        try await project.succeed("lint", "--online") == "1 report without errors, 0 errors, 0 warnings\n")
      try await project.succeed("init")
      try await project.succeed("run", "top")
      try project.expectRows("reports.top", "select * from crm.top")
      #expect(
        try project.onPrimary(
          """
          select has_table_privilege('superset', 'reports.top', 'SELECT'),
            (select string_agg(pg_get_indexdef(indexrelid), ' ' order by indexrelid) from pg_index
              where indrelid = 'reports.top'::regclass)
          """
        ).contains(/^t\|.*UNIQUE INDEX top_key .*\(customer_id\).* \(orders\)$/))
    }
  }

  @Test("new --query takes types of columns and parameters from the server, and its errors to their places")
  func query() async throws {
    try await withSources { project in
      try project.write(
        """
        select o.placed_at::date as day, sum(o.amount) as amount
        from crm.orders o
        where o.placed_at >= :start and o.placed_at < :end
          and o.customer_id = any (:customers) and o."order" is distinct from :kind
        group by 1;
        """, to: "days.sql")
      try await project.expectNew("days", "--query", "days.sql")
      #expect(try project.text("reports/days.sql") == project.text("days.sql") + "\n")
      let shell = try Running(
        [
          "-c", #"printf 'select id, name from crm.customer' | "$0" new people --query - --project "$1""#,
          Reportgen.executable, project.folder,
        ], executable: "/bin/sh")
      let outcome = try await shell.outcome()
      #expect(outcome.status == 0, "\(outcome.error)")
      try expectGolden(try project.text("reports/people.yaml"), "new/people.txt")
      for (name, sql) in [
        ("column", "select o.amout from crm.orders o"), ("syntax", "select 1 as a frm crm.orders"),
        ("schema", "select id from orders"), ("write", "delete from crm.orders"), ("unnamed", "select 1 + 1"),
      ] {
        try project.write(sql, to: "wrong.sql")
        let outcome = try await project.run("new", "wrong", "--query", "wrong.sql")
        try expectGolden("exit \(outcome.status)\n\(outcome.error)", "new/query-\(name).txt")
      }
      let missing = try await project.run("new", "wrong", "--query", "nowhere.sql")
      #expect(missing.status == 64)
      #expect(missing.error == "error: could not read \"nowhere.sql\": no such file or directory\n")
      #expect(!FileManager.default.fileExists(atPath: project.folder + "/reports/wrong.sql"))
    }
  }
}

extension CommandProject {
  /// Makes a report, whose metadata are as recorded.
  fileprivate func expectNew(_ name: String, _ options: String...) async throws {
    let outcome = try await run(["new", name] + options)
    #expect(outcome.status == 0, "\(outcome.error)")
    try expectGolden(try text("reports/\(name).yaml"), "new/\(name).txt")
  }
}
