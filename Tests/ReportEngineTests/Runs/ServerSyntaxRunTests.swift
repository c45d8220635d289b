import ReportModel
import TestSupport
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

/// Reports with `syntax: server`, whose SQL nobody but the server parses.
@Suite struct ServerSyntaxRunTests {
  private static let yaml = Definition.daily("unique_key: [id]", rest: "syntax: server")

  private func reads(_ project: EngineProject, _ kind: ServerReads.Kind = .summaryTables) async throws
    -> String
  {
    let reports = try await ServerReads(project.servers).adding(kind, to: try project.reports())
    return reports.map { "\($0.name): " + $0.reads.map(\.description).joined(separator: " ") }.joined(
      separator: "\n")
  }

  @Test("a run publishes what the server reads, and verify finds no drift")
  func publishes() async throws {
    try await withProject { project in
      try await project.execute(MaterializationTests.sales)
      try await project.define("sale", Self.yaml)
      try await project.publish("sale", Definition.range("2024-01-01", "2024-01-04"))
      let difference = try await project.difference(
        "table reports.sale",
        "select id, day, currency, amount from src.sale where day >= '2024-01-01' and day < '2024-01-04'")
      #expect(difference == 0)
      let verified = try await project.verify(["sale"])
      #expect(verified.reports.map(\.status) == [.done])
    }
  }

  @Test("the server's syntax error is shown at its place in the file")
  func refused() async throws {
    try await withProject { project in
      try await project.define(
        "sale", Self.yaml, sql: "select id, day\nfrom src.sale whree day >= :start and day < :end and 1_0 > 0"
      )
      let outcome = try await project.run("sale", Definition.day("2024-01-01"))
      #expect(outcome.status == .failed)
      #expect(outcome.text.hasPrefix("reports/sale.sql:2:21: error: "), "\(outcome.text)")
      #expect(outcome.text.contains("(SQLSTATE 42601)"))
      let major = try #require(TestPostgres.major)
      #expect(
        outcome.text.contains("detail: The server that parses it is PostgreSQL \(major)."), "\(outcome.text)")
    }
  }

  @Test("a table without its schema does not exist for the server")
  func unqualified() async throws {
    try await withProject { project in
      try await project.define(
        "sale", Self.yaml, sql: "select id, day from sale where day >= :start and day < :end")
      let outcome = try await project.run("sale", Definition.day("2024-01-01"))
      #expect(outcome.status == .failed)
      #expect(outcome.text.hasPrefix("reports/sale.sql:1:21: error: "), "\(outcome.text)")
      #expect(outcome.text.contains("(SQLSTATE 42P01)"))
    }
  }

  @Test("a summary table under a view and in a function is a dependency, by the server's plan and locks")
  func hidden() async throws {
    try await withProject { project in
      try await project.execute(MaterializationTests.sales)
      try await project.define("sale", Definition.whole(), sql: Definition.wholeSQL)
      try await project.publish("sale")
      try await project.execute(
        """
        create view src.shown as select * from reports.sale;
        create function src.ids() returns setof int language sql stable as 'select id from reports.sale';
        grant select on src.shown to reportgen_reader; grant select on reports.sale to reportgen_reader
        """)
      let yaml = "syntax: server\nmaterialize: {as: table, table: reports."
      try await project.define("by-view", yaml + "by_view}", sql: "select id from src.shown")
      try await project.define(
        "by-function", yaml + "by_function}", sql: "select f.id from src.ids() as f(id)")
      try await project.define("unread", yaml + "unread}", sql: "select s.id from src.shown s where false")
      try await project.define("by-name", yaml + "by_name}", sql: "select id from reports.sale")
      try await project.define("missing", yaml + "missing}", sql: "select id from reports.by_name")
      #expect(
        try await reads(project) == """
          by-function: reports.sale
          by-name: reports.sale
          by-view: reports.sale
          missing: reports.by_name
          sale: src.sale
          unread: reports.sale
          """)
      let all = try await reads(project, .all)
      #expect(all.contains("\nby-view: reports.sale src.shown\n"), "\(all)")
      let reports = try await ServerReads(project.servers).adding(.summaryTables, to: try project.reports())
      let graph = DependencyGraph(reports)
      #expect(
        graph.levels(of: graph.reports).map { $0.map(\.name) } == [
          ["sale"], ["by-function", "by-name", "by-view", "unread"], ["missing"],
        ])
    }
  }

  @Test("lint with servers knows what the server says that a report reads, and finds what it cannot parse")
  func lint() async throws {
    try await withProject { project in
      try await project.define("sale", Definition.whole(), sql: Definition.wholeSQL)
      try await project.publish("sale")
      try await project.execute(
        """
        create view src.shown as select * from reports.sale;
        grant select on src.shown, reports.sale to reportgen_reader
        """)
      let table = "materialize: {as: table, table: reports."
      try await project.define("known", "syntax: server\n\(table)known}", sql: "select s.id from src.shown s")
      try await project.define("hidden", "\(table)hidden}", sql: "select s.id from src.shown s")
      try await project.define("wrong", "syntax: server\n\(table)wrong}", sql: "select 1 as id whree 2")
      let found = try await OnlineLintTests.findings(project)
      #expect(
        found.hasPrefix(
          """
          reports/hidden.sql: warning: "hidden" reads reports.sale through view src.shown
            detail: Runs do not know that it depends on "sale", which may publish after it.
            hint: Read reports.sale in the SQL itself.
          reports/wrong.sql:1:
          """), "\(found)")
      #expect(found.contains("(SQLSTATE 42601)"), "\(found)")
    }
  }

  @Test("reports that turn out to depend on each other are refused")
  func circle() async throws {
    try await withProject { project in
      let yaml = "syntax: server\nmaterialize: {as: table, table: reports."
      try await project.define("one", yaml + "one}", sql: "select 1 as id")
      try await project.publish("one")
      try await project.execute(
        "create view src.one as select * from reports.one; grant select on src.one to reportgen_reader")
      try await project.define("two", yaml + "two}", sql: "select id from src.one")
      try await project.publish("two")
      try await project.execute(
        "create view src.two as select * from reports.two; grant select on src.two to reportgen_reader")
      try await project.define("one", yaml + "one}", sql: "select id from src.two")
      let error = await #expect(throws: RunError.self) { _ = try await reads(project) }
      #expect(error?.status == .definition)
      let message = """
        reports/one.sql: error: "one" and "two" depend on each other, as the server says
          hint: A view or a function that one of them reads leads to the other's summary table.
        """
      #expect(error?.diagnostic.description == message)
      #expect(try await OnlineLintTests.findings(project) == message)
    }
  }

  @Test("JSON_TABLE and 1_000, on a server that has them", .enabled(if: TestPostgres.major ?? 0 >= 17))
  func newer() async throws {
    try await withProject { project in
      try await project.execute(
        """
        create table src.receipt (day date, lines jsonb); grant select on src.receipt to reportgen_reader;
        insert into src.receipt values ('2024-01-01', '[{"id": 1, "n": 2}, {"id": 2, "n": 5000}]'),
          ('2024-01-02', '[{"id": 3, "n": 4}]')
        """)
      try await project.define(
        "sale", Self.yaml,
        sql: """
          select t.id, r.day, t.n
          from src.receipt r, json_table(r.lines, '$[*]' columns (id int path '$.id', n int path '$.n')) as t
          where r.day >= :start and r.day < :end and t.n < 1_000
          """)
      try await project.publish("sale", Definition.range("2024-01-01", "2024-01-03"))
      #expect(
        try await project.rows("select * from reports.sale order by id") == "1|2024-01-01|2\n3|2024-01-02|4")
    }
  }
}
