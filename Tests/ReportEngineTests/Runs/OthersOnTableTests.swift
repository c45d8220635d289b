import ReportModel
import TestSupport
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

/// What others do to summary tables.
@Suite struct OthersOnTableTests {
  private static let sales =
    "insert into src.sale (id, day, currency, amount) values (1, '2024-01-01', 'a', 1), (2, '2024-01-01', 'b', 2)"

  @Test(
    "a table that was renamed away keeps its indexes, and the next one gets others",
    arguments: ["sale", "long"])
  func renamed(_ kind: String) async throws {
    try await withProject { project in
      let table = kind == "sale" ? "sale" : String(repeating: "ж", count: 30)
      try await project.execute(Self.sales)
      let yaml = Definition.whole("unique_key: [id], indexes: [[day]]")
        .replacing("reports.sale", with: "'reports.\"\(table)\"'")
      try await project.define("sale", yaml, sql: Definition.wholeSQL)
      for copy in 1...3 {
        try await project.publish("sale", .fullRefresh)
        try await project.execute("alter table reports.\"\(table)\" rename to copy_\(copy)")
      }
      try await project.publish("sale", .fullRefresh)
      #expect(try await project.publish("sale").counted == "2 +0 ~0 -0 =2")
      let indexes = "select count(*), count(distinct indexname) from pg_indexes where schemaname = 'reports'"
      #expect(try await project.rows(indexes) == "8|8")
      if kind == "sale" {
        #expect(
          try await project.rows(
            "select indexname from pg_indexes where tablename = 'sale' order by 1")
            == "sale_day_idx_4\nsale_key_4")
      }
      // A key that follows the definition: the one of the other name goes, too.
      try await project.define(
        "sale", yaml.replacing("[id]", with: "[id, currency]"), sql: Definition.wholeSQL)
      try await project.publish("sale", .fullRefresh)
      #expect(
        try await project.rows(
          "select count(*) from pg_indexes where schemaname = 'reports' and tablename = '\(table)'") == "2")
    }
  }

  @Test(
    "rows that a trigger or a rule changes are not published",
    arguments: [
      (
        "create trigger t before insert or update on reports.sale for each row execute function src.change()",
        "trigger t"
      ),
      (
        "create constraint trigger t after insert or update on reports.sale deferrable initially deferred for each row execute function src.later()",
        "trigger t"
      ),
      (
        "create rule r as on insert to reports.sale do instead insert into reports.other values (new.id)",
        "rule r"
      ),
    ], ["unique_key: [id]", "", "append"])
  func rewritten(_ hand: (ddl: String, name: String), keys: String) async throws {
    try await withProject { project in
      try await project.execute(Self.sales)
      let yaml =
        keys == "append"
        ? Definition.daily(kind: "append", start: Definition.date("2024-01-01")) : Definition.whole(keys)
      try await project.define(
        "sale", yaml, sql: keys == "append" ? Definition.sql : Definition.wholeSQL)
      try await project.publish("sale", keys == "append" ? Definition.day("2024-01-01") : .missing)
      try await project.execute(
        """
        create table reports.other (id int); alter table reports.other owner to reportgen_owner;
        create function src.change() returns trigger language plpgsql as $$ begin new.amount := 7; return new; end $$;
        create function src.later() returns trigger language plpgsql as
          $$ begin update reports.sale set amount = 8 where id = new.id and amount <> 8; return null; end $$;
        grant usage on schema src to reportgen_owner;
        insert into src.sale (id, day, currency, amount) values (3, '2024-01-02', 'c', 3);
        """)
      let before = try await project.rows("select * from reports.sale order by 1")
      try await project.execute(hand.ddl)
      let outcome = try await project.run("sale", keys == "append" ? Definition.day("2024-01-02") : .missing)
      #expect(outcome.status == .failed)
      #expect(try await project.rows("select * from reports.sale order by 1") == before)
      if hand.name != "rule r" {
        #expect(
          outcome.text.hasPrefix("reports/sale.yaml: error: ")
            && outcome.text.hasSuffix(
              """
              rows of reports.sale are not as they were staged: the table has \(hand.name)
                detail: What was published before is unchanged.
                hint: Drop what changes the rows; a trigger may write to other tables.
              """),
          "\(outcome.text)")
      }
    }
  }

  @Test(
    "rows outside of what a publish replaces are as they were, whatever a trigger does to them",
    arguments: [
      "update reports.sale set amount = 7 where day = '2024-01-01'", "delete from reports.sale where id = 1",
    ],
    ["incremental", "append", "merge"])
  func outside(change: String, kind: String) async throws {
    try await withProject { project in
      try await project.execute(Self.sales)
      let key = kind == "append" ? "" : "unique_key: [id]"
      try await project.define(
        "sale", Definition.daily(key, kind: kind, start: Definition.date("2024-01-01")))
      try await project.publish("sale", Definition.day("2024-01-01"))
      try await project.execute(
        """
        create function src.other() returns trigger language plpgsql as $$ begin \(change); return null; end $$;
        grant usage on schema src to reportgen_owner;
        create trigger t after insert on reports.sale for each statement execute function src.other();
        insert into src.sale (id, day, currency, amount) values (3, '2024-01-02', 'c', 3)
        """)
      let before = try await project.rows("select * from reports.sale order by 1")
      let outcome = try await project.run("sale", Definition.day("2024-01-02"))
      #expect(outcome.status == .failed)
      let message =
        kind == "append" && change.hasPrefix("update")
        ? "2 rows of reports.sale are not as they were staged"
        : "publishing rows of reports.sale changes others"
      #expect(
        outcome.text == """
          reports/sale.yaml: error: \(message): the table has trigger t
            detail: What was published before is unchanged.
            hint: Drop what changes the rows; a trigger may write to other tables.
          """)
      #expect(try await project.rows("select * from reports.sale order by 1") == before)
      try await project.execute("drop trigger t on reports.sale")
      try await project.publish("sale", Definition.day("2024-01-02"))
      #expect(try await project.count("select from reports.sale") == 3)
    }
  }

  @Test("a trigger that writes to another table is no hindrance")
  func audit() async throws {
    try await withProject { project in
      try await project.execute(Self.sales)
      try await project.define("sale", Definition.whole("unique_key: [id]"), sql: Definition.wholeSQL)
      try await project.publish("sale")
      try await project.execute(
        """
        create table reports.log (id int); alter table reports.log owner to reportgen_owner;
        create function src.log() returns trigger language plpgsql as
          $$ begin insert into reports.log values (new.id); return null; end $$;
        create trigger t after insert or update on reports.sale for each row execute function src.log();
        update src.sale set amount = 9
        """)
      #expect(try await project.publish("sale").counted == "2 +0 ~2 -0 =0")
      #expect(try await project.rows("select count(*) from reports.log") == "2")
    }
  }

  @Test("a table that inherits from a summary table, or policies for its owner, are refused by name")
  func shown() async throws {
    try await withProject { project in
      try await project.execute(Self.sales)
      try await project.define("sale", Definition.whole("unique_key: [id]"), sql: Definition.wholeSQL)
      try await project.publish("sale")
      try await project.execute("create table src.\"a child\" () inherits (reports.sale)")
      let child = try await project.run("sale")
      #expect(child.status == .definition)
      #expect(
        child.text == """
          reports/sale.yaml: error: reports.sale shows the rows of src."a child", which inherits from it
            detail: What a run compares and publishes would not be what readers see. Nothing was published.
            hint: Run ALTER TABLE src."a child" NO INHERIT "reports"."sale".
          """)
      try await project.execute(
        """
        drop table src."a child";
        alter table reports.sale enable row level security; alter table reports.sale force row level security
        """)
      let policies = try await project.run("sale")
      #expect(policies.status == .definition)
      #expect(
        policies.text == """
          reports/sale.yaml: error: policies hide rows of reports.sale from its owner
            detail: What a run compares and publishes would not be what readers see. Nothing was published.
            hint: Run ALTER TABLE "reports"."sale" NO FORCE ROW LEVEL SECURITY.
          """)
    }
  }
}
