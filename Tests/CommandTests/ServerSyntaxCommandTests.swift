import TestSupport
import Testing

@Suite struct ServerSyntaxCommandTests {
  @Test("plan and run know what a report with syntax: server reads through a view")
  func hidden() async throws {
    try await withProject { project in
      _ = try project.onPrimary(
        """
        create view shop.shown as select * from reports.total;
        grant select on shop.shown to reportgen_reader, reportgen_owner
        """)
      try project.report(
        "top", sql: "select item, amount from shop.shown where amount > 50",
        "title: Top\nsyntax: server\nmaterialize: {as: table, table: reports.top}")
      try await project.succeed("init")
      try await project.database.waitForReplay()
      // Without a server nobody knows.
      let listed = try await project.succeed("list", "+top")
      #expect(listed.split(separator: "\n").dropFirst().map { $0.prefix { $0 != " " } } == ["top"])
      let planned = try await project.succeed("plan", "+top")
      let levels = planned.split(separator: "\n").dropFirst().map {
        $0.split(separator: " ").prefix(2).joined(separator: " ")
      }
      #expect(levels.prefix(2) == ["1 total", "2 top"], "\(planned)")
      let ran = try await project.run("run", "+top")
      #expect(ran.status == 0, "\(ran.error)")
      #expect(try project.onPrimary("select * from reports.top") == "Mug|107.00")
    }
  }

  @Test("a circle that only the server sees ends run and plan 65", arguments: ["run", "plan"])
  func circle(_ command: String) async throws {
    try await withProject { project in
      _ = try project.onPrimary(
        """
        create view shop.shown as select * from reports.total; create table reports.top (item text);
        create view shop.tops as select * from reports.top;
        grant select on shop.shown, shop.tops to reportgen_reader
        """)
      let yaml = "title: A\nsyntax: server\nmaterialize: {as: table, table: reports."
      try project.report("top", sql: "select item from shop.shown", yaml + "top}")
      try project.report("total", sql: "select item from shop.tops", yaml + "total}")
      try await project.database.waitForReplay()
      let outcome = try await project.run(command, "top")
      #expect(outcome.status == 65)
      #expect(
        outcome.error == """
          reports/top.sql: error: "top" and "total" depend on each other, as the server says
            hint: A view or a function that one of them reads leads to the other's summary table.

          """)
    }
  }
}
