import Foundation
import TestSupport
import Testing

/// Values of rows stay where rows are: no error carries one into the ledger, a log or a document.
@Suite("Values of rows in errors")
struct HiddenValueTests {
  private static let secret = "x12345-secret"

  /// A report whose cast fails at a row's value, and one whose function raises it.
  private func define(_ project: CommandProject) throws {
    _ = try project.onPrimary(
      """
      insert into shop.sale values (50, '2024-03-05', '\(Self.secret)', 1);
      create function shop.refuse(t text) returns text language plpgsql as
        $$ begin if t like 'x%' then raise 'no % here', t using hint = t; end if; return t; end $$;
      """)
    try project.report(
      "cast", sql: "select sale.id, sale.item::integer as n from shop.sale as sale where sale.id = 50",
      "title: Cast\nmaterialize: {as: table, table: reports.cast_n}")
    try project.report(
      "raised", sql: "select sale.id, shop.refuse(sale.item) as t from shop.sale as sale",
      "title: Raised\nmaterialize: {as: table, table: reports.raised}")
    try project.report(
      "checked", sql: "select sale.id, sale.item from shop.sale as sale",
      """
      title: Checked
      materialize: {as: table, table: reports.checked_items}
      checks: [{sql: "select id from :staging where item::integer > 0 and id = 50"}]
      """)
  }

  @Test("neither the ledger, nor its views, nor logs, JSON, metrics or hooks quote a row")
  func nowhere() async throws {
    try await withProject { project in
      try define(project)
      try await project.database.waitForReplay()
      try project.configure(more: "on_failure: cat > document.json\nmetrics_file: metrics.prom")
      let text = try await project.run("run", "cast", "raised", "checked")
      try expectGolden("exit \(text.status)\n\(text.error)", "faults/hidden-values.txt")
      let json = try await project.run(
        "run", "cast", "raised", "checked", "--verbose", "--format", "json", "--log-format", "json")
      #expect(json.status == 1)
      var seen = [text.error, text.output, json.output, json.error]
      seen += [try project.text("document.json"), try project.text("metrics.prom")]
      for command in ["history", "status"] {
        for format in ["text", "json"] {
          seen.append(try await project.run(command, "--format", format).output)
        }
      }
      let tables = try project.onPrimary(
        "select string_agg(quote_ident(relname), ' ') from pg_class where relnamespace = 'reportgen'::regnamespace and relkind in ('r', 'v')"
      ).split(separator: " ")
      #expect(tables.count > 5)
      for table in tables { seen.append(try project.onPrimary("select t::text from reportgen.\(table) t")) }
      for text in seen { #expect(!text.contains("12345"), "\(text)") }
    }
  }

  @Test("--verbose shows the server's words on a terminal, and only there")
  func verbose() async throws {
    try await withProject { project in
      try define(project)
      try await project.database.waitForReplay()
      let terminal = try PseudoTerminal(columns: 300, rows: 24)
      let run = try Running(
        ["run", "cast", "--verbose", "--project", project.folder], environment: ["TERM": "xterm"],
        terminal: terminal)
      #expect(try await run.outcome().status == 1)
      try await terminal.finish()
      let words = "  server: invalid input syntax for type integer: \"\(Self.secret)\""
      #expect(terminal.lines.contains(words), "\(terminal.lines)")
      let file = try await project.run("run", "cast", "--verbose")
      #expect(!file.error.contains("12345"))
    }
  }
}
