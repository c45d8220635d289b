import ReportLedger
import ReportModel
import TestSupport
import Testing

@testable import ReportInspection

@Suite struct SummaryCatalogTests {
  private func withTables(_ body: (SummaryCatalog, String) async throws -> Void) async throws {
    try await withDatabase { database in
      _ = try psql(
        database.primary,
        """
        create schema "Out"; grant usage on schema "Out" to reportgen_owner;
        create domain "Out".amount as numeric(12,2);
        create table "Out"."Sales" (at timestamptz, day date, gone int, total "Out".amount, tags text[]);
        alter table "Out"."Sales" drop column gone;
        insert into "Out"."Sales" select now() from generate_series(1, 5);
        create view "Out".shown as select day, total * 2 as twice from "Out"."Sales";
        create table "Out".hidden as select * from generate_series(1, 5);
        grant select on "Out"."Sales", "Out".shown to reportgen_owner;
        """)
      let servers = Servers(
        replica: "", primary: database.conninfo(.primary, user: "reportgen_writer"), owner: "reportgen_owner",
        timezone: "UTC")
      try await body(SummaryCatalog(servers: servers), database.primary)
    }
  }

  private static let sales = QualifiedName(schema: "Out", name: "Sales")
  private static let shown = QualifiedName(schema: "Out", name: "shown")
  private static let hidden = QualifiedName(schema: "Out", name: "hidden")
  private static let missing = QualifiedName(schema: "Out", name: "missing")

  @Test("columns of tables and views come with their types, domains as their base types")
  func columns() async throws {
    try await withTables { catalog, _ in
      let found = try await catalog.columns(of: [Self.sales, Self.shown, Self.missing])
      #expect(
        found == [
          Self.sales: [
            Column(name: "at", type: "timestamp with time zone"), Column(name: "day", type: "date"),
            Column(name: "total", type: "numeric(12,2)"), Column(name: "tags", type: "text[]"),
          ],
          Self.shown: [Column(name: "day", type: "date"), Column(name: "twice", type: "numeric")],
        ])
    }
  }

  @Test("tables with more rows than a number are found; views, and tables that nobody may read, are not")
  func larger() async throws {
    try await withTables { catalog, _ in
      let all = [Self.sales, Self.shown, Self.hidden, Self.missing]
      let (four, five) = (try await catalog.larger(than: 4, all), try await catalog.larger(than: 5, all))
      #expect(four == [Self.sales])
      #expect(five == [])
    }
  }
}
