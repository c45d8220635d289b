import ReportModel
import TestSupport
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

/// Columns of the source's own types, from the first run to the third and to `verify`.
@Suite("Columns of own types")
struct ColumnTypeTests {
  static let types = """
    create domain src.positive as integer check (value > 0);
    create domain src.base as numeric(10,2);
    create domain src.price as src.base;
    create domain src.tags as text[];
    create domain src.named as text collate "C" not null;
    create type src.state as enum ('new', 'done');
    create type src.pair as (a src.positive, b text);
    create function src.seven() returns src.positive language sql immutable as 'select 7::src.positive';
    create function src.several() returns setof src.positive language sql immutable as 'select 7::src.positive';
    """

  struct Case: CustomTestStringConvertible, Sendable {
    var value: String
    /// In a schema that the store's role owns, and in one of a superuser.
    var type: String
    var trustedType: String
    var testDescription: String { value }

    init(_ value: String, _ type: String, trusted: String? = nil) {
      self.value = value
      self.type = type
      trustedType = trusted ?? type
    }
  }

  static let cases = [
    Case("5::src.positive", "integer"), Case("1.5::src.price", "numeric(10,2)"),
    Case("'{a,b}'::src.tags", "text[]"), Case("('{a,b}'::src.tags)[1]", "text"),
    Case("array[1.5::src.price]", "numeric(10,2)[]", trusted: "src.price[]"),
    Case("(array[5::src.positive])[1]", "integer"),
    Case("array[1.5::src.base]", "numeric(10,2)[]", trusted: "src.base[]"),
    Case("'done'::src.state", "text", trusted: "src.state"),
    Case("array['done'::src.state]", "text[]", trusted: "src.state[]"),
    Case("(row(5, 'x')::src.pair).a", "integer"), Case("src.seven()", "integer"),
    Case("(select max(v) from (select 5::src.positive) s(v))", "integer"),
    Case("(select f from src.several() f)", "integer"), Case("null::src.positive", "integer"),
    Case("'x'::src.named", "text"), Case("coalesce(null::src.positive, 3)", "integer"),
  ]

  @Test("a column of a domain or an enum is published by every run and is equal", arguments: [false, true])
  func published(isTrusted: Bool) async throws {
    try await withProject { project in
      try await project.execute(Self.types)
      if !isTrusted { try await project.execute("alter schema src owner to superset") }
      // The owner of the summary tables needs no right where others make types.
      if !isTrusted { try await project.execute("revoke usage on schema src from reportgen_owner") }
      let columns = Self.cases.enumerated().map { "\($1.value) as c\($0)" }.joined(separator: ", ")
      for (name, keys) in [("keyed", "unique_key: [id]"), ("bare", "on_schema_change: rebuild")] {
        try await project.define(
          name, Definition.whole(keys).replacing("reports.sale", with: "reports.\(name)"),
          sql: "select 1 as id, \(columns)")
        try await project.publish(name)
        #expect(try await project.publish(name).counted == "1 +0 ~0 -0 =1")
        #expect(try await project.publish(name, .fullRefresh).counted == "1 +0 ~0 -0 =1")
        let types = try await project.rows(
          """
          select format_type(atttypid, atttypmod) from pg_attribute
          where attrelid = 'reports.\(name)'::regclass and attnum > 1 order by attnum
          """)
        #expect(
          types == Self.cases.map { isTrusted ? $0.trustedType : $0.type }.joined(separator: "\n"))
        let verified = try await project.verify([name])
        #expect(verified.reports.map(\.text) == ["\(name)  equal  1 row\n"])
      }
    }
  }

  @Test("a file has the values and the order of the summary table, also where the type is another one")
  func order() async throws {
    try await withProject { project in
      try await project.execute(
        Self.types + """
          alter schema src owner to superset;
          create table src.ordered (state src.state); insert into src.ordered values ('new'), ('done'), (null);
          grant select on src.ordered to reportgen_reader
          """)
      try await project.define(
        "sale", Definition.whole("unique_key: [state]"), sql: "select o.state from src.ordered o")
      try await project.publish("sale")
      let streamed = try project.csv("sale")
      #expect(streamed == "state\ndone\nnew\n\n")
      try await project.execute("delete from reports.sale where state = 'new'")
      let again = try await project.run("sale")
      #expect(again.status == .done && again.text == "")
      #expect(try project.csv("sale") == streamed)
    }
  }

  @Test(
    "a type that no summary table can have is refused with its reason",
    arguments: [
      (
        "row(1, 'a')::src.pair", "src.pair, a type of schema \"src\", which role superset owns",
        "Select its fields, or cast it to text. Or ALTER SCHEMA \"src\" OWNER TO a superuser."
      ),
      (
        "array['{a}'::src.tags]",
        "src.tags[], made of src.tags, a type of schema \"src\", which role superset owns",
        "Cast it to a built-in type, such as text. Or ALTER SCHEMA \"src\" OWNER TO a superuser."
      ),
      (
        "'[1,3]'::src.span", "src.span, a type of schema \"src\", which role superset owns",
        "Cast it to a built-in type, such as text. Or ALTER SCHEMA \"src\" OWNER TO a superuser."
      ),
    ])
  func refused(value: String, type: String, hint: String) async throws {
    try await withProject { project in
      try await project.execute(
        Self.types + "create type src.span as range (subtype = int); alter schema src owner to superset")
      try await project.define("sale", Definition.whole(), sql: "select 1 as id, \(value) as value")
      let outcome = try await project.run("sale")
      #expect(outcome.status == .definition)
      #expect(
        outcome.text == """
          reports/sale.sql: error: column "value" is \(type)
            detail: Publishing evaluates the type as the owner of the summary tables, so that role's code could run with the owner's rights. Nothing was published.
            hint: \(hint)
          """)
    }
  }

  @Test(
    "row types of tables and values without a type of a column are refused, whoever owns the schema",
    arguments: [
      (
        "t",
        """
        reports/sale.sql: error: column "value" is src.sale, the row type of a table
          detail: Whoever alters that table would be refused because of the summary table. Nothing was published.
          hint: Select its columns, or to_jsonb(…) of the row.
        """
      ),
      (
        "array_agg(t)",
        """
        reports/sale.sql: error: column "value" is src.sale[], made of src.sale, the row type of a table
          detail: Whoever alters that table would be refused because of the summary table. Nothing was published.
          hint: Select its columns, or to_jsonb(…) of the row.
        """
      ),
      (
        "row(max(t.id), 2)",
        """
        reports/sale.sql: error: column "value" is record, which no table can hold
          detail: Nothing was published.
          hint: Select its fields one by one, or cast it to a type that has columns.
        """
      ),
    ])
  func rowTypes(value: String, text: String) async throws {
    try await withProject { project in
      try await project.define("sale", Definition.whole(), sql: "select \(value) as value from src.sale as t")
      let outcome = try await project.run("sale")
      #expect(outcome.status == .definition)
      #expect(outcome.text == text)
    }
  }

  @Test(
    "a summary table with a domain, as older versions made it, is refused with the statement that mends it")
  func olderTable() async throws {
    try await withProject { project in
      try await project.execute(Self.types)
      try await project.define(
        "sale", Definition.whole("unique_key: [id]"), sql: "select 1 as id, 5::src.positive as n")
      try await project.publish("sale")
      try await project.execute("alter table reports.sale alter column n type src.positive")
      let outcome = try await project.run("sale")
      #expect(outcome.status == .definition)
      #expect(
        outcome.text == """
          reports/sale.sql: error: column "n" of reports.sale is src.positive, but the query gives integer
            detail: Nothing was published.
            hint: Summary tables have the types behind those of other schemas: ALTER TABLE "reports"."sale" ALTER COLUMN "n" TYPE integer. To accept the change, set "on_schema_change: rebuild" under materialize: the next run computes the table again from all of its history.
          """)
      try await project.execute("ALTER TABLE \"reports\".\"sale\" ALTER COLUMN \"n\" TYPE integer")
      #expect(try await project.publish("sale").counted == "1 +0 ~0 -0 =1")
    }
  }

  @Test("columns keep their collations; one of a schema that is not trusted, or none, is refused")
  func collations() async throws {
    try await withProject { project in
      try await project.execute(
        """
        create collation src.own (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
        create table src.word (id int, a text collate "C", b varchar(9) collate src.own, c text, d text[] collate "C");
        insert into src.word values (1, 'a', 'b', 'c', '{d}'); grant select on src.word to reportgen_reader
        """)
      try await project.define(
        "sale", Definition.whole("unique_key: [id]"), sql: "select w.id, w.a, w.b, w.c, w.d from src.word w")
      try await project.publish("sale")
      #expect(
        try await project.rows(
          """
          select attname, collname from pg_attribute a left join pg_collation c on c.oid = attcollation
          where attrelid = 'reports.sale'::regclass and attnum > 1 order by attnum
          """) == "a|C\nb|own\nc|default\nd|C")
      #expect(try await project.publish("sale").counted == "1 +0 ~0 -0 =1")
      try await project.execute("drop table reports.sale; alter schema src owner to superset")
      try await project.define(
        "other", Definition.whole().replacing("reports.sale", with: "reports.other"),
        sql: "select w.b from src.word w")
      let outcome = try await project.run("other")
      #expect(
        outcome.text == """
          reports/other.sql: error: column "b" has collation src.own of schema "src", which role superset owns
            detail: Whoever can drop the collation could drop the column of the summary table with it. Nothing was published.
            hint: Say with COLLATE in the SQL which built-in collation its values have. Or ALTER SCHEMA "src" OWNER TO a superuser.
          """)
      try await project.define(
        "mixed", Definition.whole().replacing("reports.sale", with: "reports.mixed"),
        sql: "select w.a || w.b as both from src.word w")
      #expect(
        try await project.run("mixed").text == """
          reports/mixed.sql: error: column "both" mixes several collations
            detail: Nothing was published.
            hint: Say with COLLATE in the SQL which one its values have.
          """)
    }
  }
}

extension EngineProject {
  /// The newest CSV file of a report without a period.
  func csv(_ report: String) throws -> String {
    try String(contentsOfFile: "\(output)/\(report)/latest/\(report).csv", encoding: .utf8)
  }
}
