import Foundation
import ReportModel
import Sandbox
import TestSupport
import Testing

@Suite("reportgen test")
struct DefinitionTestTests {
  @Test("tests start the sandbox where it is down, say what came out, and leave nothing")
  func whole() async throws {
    try await withSandboxProject { project in
      let first = try await project.run("test", "sales")
      #expect(first.status == 1)
      #expect(
        first.error.hasPrefix("creating the primary\nloading shop.sql\ncopying the primary to its replica\n"))
      // The ledger is there, too: what follows a first test may be a first run.
      try await project.succeed("status")

      let outcome = try await project.run("test")
      try expectGolden("exit \(outcome.status)\n\(outcome.output)", "output/test.txt")
      #expect(outcome.error == "")
      let quiet = try await project.run("test", "--quiet", "--tag", "good")
      #expect(quiet.status == 0 && quiet.output == "1 passed, 0 failed\n" && quiet.error == "")
      let json = try await project.run("test", "sales", "--format", "json")
      #expect(json.status == 1)
      let object = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
      #expect(Set(try #require(object).keys) == ["exitCode", "failed", "passed", "tests", "wrong"])
      #expect(object?["exitCode"] as? Int == 1 && object?["failed"] as? Int == 1)

      try await project.succeed("sandbox", "down", "--quiet")
      let again = try await project.run("test", "plain")
      #expect(again.status == 0)
      #expect(again.error == "starting the primary\nstarting the replica\n")
      try await expectNothingLeft(project)
    }
  }

  @Test("a table that only the server finds in the SQL is empty, too, unless it is given")
  func serverSyntax() async throws {
    try await withSandboxProject { project in
      try project.report(
        "counted", sql: "select count(*) as n from shop.sale",
        "title: Counted\nsyntax: server\nmaterialize: {as: none}")
      try project.write(
        """
        tests:
          - {name: empty, expect: [{n: 0}]}
          - {name: one, given: {shop.sale: [{id: 1}]}, expect: [{n: 1}]}
        """, to: "reports/counted.test.yaml")
      let outcome = try await project.run("test", "counted")
      #expect(outcome.status == 0, "\(outcome.output)\(outcome.error)")
    }
  }

  @Test("a killed command leaves nothing; an interrupted one ends 130")
  func killed() async throws {
    try await withSandboxProject { project in
      try await project.succeed("sandbox", "up", "--quiet")
      try project.report(
        "slow", sql: "select pg_catalog.pg_sleep(600)::text as a", "title: Slow\nmaterialize: {as: none}")
      try project.write("tests: [{name: a, expect: []}]", to: "reports/slow.test.yaml")
      for signal in [SIGKILL, SIGINT] {
        let command = try project.start(["test", "slow"])
        try await waitForSleep(project, command)
        command.signal(signal)
        let outcome = try await command.outcome()
        #expect(outcome.status == (signal == SIGKILL ? 137 : 130), "\(outcome.error)")
        try await waitForEnd(project)
        try await expectNothingLeft(project)
      }
    }
  }

  @Test(
    "wrong usage ends 64, a wrong test file 65, both before the sandbox is touched",
    arguments: [
      ("env", ["test", "--env", "production"], 64), ("unknown", ["test", "totl"], 64),
      ("none", ["test", "untested"], 64), ("wrong", ["test", "total"], 65), ("orphan", ["lint"], 65),
    ] as [(String, [String], Int32)])
  func faults(name: String, arguments: [String], status: Int32) async throws {
    try await withDefinitions { project in
      try project.report("untested", sql: "select 1 as a", "title: Untested\nmaterialize: {as: none}")
      let test = name == "wrong" ? "tests: [{nam: a, expect: [{itme: 1}]}]" : "tests: [{name: a, expect: []}]"
      try project.write(test, to: "reports/total.test.yaml")
      if name == "orphan" { try project.write(test, to: "reports/totals.test.yaml") }
      let outcome = try await project.run(arguments)
      #expect(outcome.status == status)
      try expectGolden("exit \(outcome.status)\n\(outcome.error)", "faults/test-\(name).txt")
      #expect(!FileManager.default.fileExists(atPath: project.folder + "/.reportgen"))
    }
  }

  @Test("a sandbox that cannot be started ends 69")
  func noSandbox() async throws {
    try await withDefinitions { project in
      try project.write("sandbox: {setup: [broken.sql]}\n", to: "reportgen.yaml")
      try project.write("select 1;\nselct 1;\n", to: "broken.sql")
      try project.write("tests: [{name: a, expect: []}]", to: "reports/total.test.yaml")
      let outcome = try await project.run("test", "total", "--quiet")
      try expectGolden("exit \(outcome.status)\n\(outcome.error)", "faults/test-no-sandbox.txt")
      try await sandbox(project).remove()
    }
  }

  // MARK: The project

  /// Runs the body with a project that has a sandbox of its own, with a table and one report with tests.
  private func withSandboxProject(_ body: (CommandProject) async throws -> Void) async throws {
    try requirePostgres()
    try await temporaryDirectory { folder in
      let project = CommandProject(folder: folder, database: nil)
      try project.write(
        "timezone: Europe/Moscow\nsandbox: {database: shop, setup: [shop.sql]}\n", to: "reportgen.yaml")
      try project.write(Self.shop, to: "shop.sql")
      try project.report("sales", sql: Self.salesSQL, Self.salesYAML)
      try project.write(Self.salesTests, to: "reports/sales.test.yaml")
      try project.report(
        "plain", sql: "select 1 as one", "title: Plain\ntags: [good]\nmaterialize: {as: none}")
      try project.write("tests: [{name: one, expect: [{one: 1}]}]", to: "reports/plain.test.yaml")
      do {
        try await body(project)
      } catch {
        try await sandbox(project).remove()
        throw error
      }
      try await sandbox(project).remove()
    }
  }

  private func sandbox(_ project: CommandProject) -> Sandbox {
    Sandbox(projectDirectory: project.folder, settings: .init(database: "shop", setup: []), timezone: "UTC")
  }

  private func query(_ project: CommandProject, _ sql: String) throws -> String {
    try psql(sandbox(project).conninfo(.primary, user: "postgres"), sql)
  }

  /// The sandbox's own rows and names, and no session.
  private func expectNothingLeft(_ project: CommandProject, sourceLocation: SourceLocation = #_sourceLocation)
    async throws
  {
    let left = """
      select (select sum(amount) from shop.sale), (select last_value from shop.sale_id_seq),
        (select count(*) from pg_namespace where nspname like 'reportgen test%'),
        (select count(*) from pg_stat_activity where application_name = 'reportgen')
      """
    #expect(try query(project, left) == "1000.00|1|0|0", sourceLocation: sourceLocation)
  }

  private func waitForSleep(_ project: CommandProject, _ command: Running) async throws {
    try await wait("select count(*) from pg_stat_activity where wait_event = 'PgSleep'", project, "1") {
      !command.hasEnded
    }
  }

  /// A killed client's statement goes on for a moment: the server sees the end of a session when it writes to it.
  private func waitForEnd(_ project: CommandProject) async throws {
    _ = try query(
      project, "select pg_terminate_backend(pid, 5000) from pg_stat_activity where wait_event = 'PgSleep'")
    try await wait("select count(*) from pg_stat_activity where application_name = 'reportgen'", project, "0")
    { true }
  }

  private func wait(
    _ sql: String, _ project: CommandProject, _ expected: String, while isPossible: () -> Bool
  )
    async throws
  {
    try await waitFor("\(expected) of: \(sql)") {
      if try query(project, sql) == expected { return true }
      try #require(isPossible(), "the command ended")
      return false
    }
  }

  private static let shop = """
    create schema shop;
    create table shop.sale (
      id int generated always as identity primary key, day date not null, currency varchar(3) not null default 'RUB',
      amount numeric(10,2) not null check (amount > 0));
    insert into shop.sale (day, amount) values ('2024-03-01', 1000)
    """
  private static let salesSQL = """
    select sale.day, sale.currency, sum(sale.amount) as amount, count(*) as sales
    from shop.sale as sale where sale.day >= :start and sale.day < :end group by 1, 2
    """
  private static let salesYAML = """
    title: Sales
    period: day
    start: 2024-01-01
    materialize: {as: incremental, table: reports.sales, time_column: day, unique_key: [day, currency]}
    checks:
      - range: {column: amount, min: 0}
    """
  private static let salesTests = """
    date: 2024-03-01
    tests:
      - name: sales of a day add up
        given:
          shop.sale: |
            day,        currency, amount
            2024-03-01, RUB,      100
            2024-03-01, RUB,      200.50
            2024-03-01, EUR,      9.99
            2024-03-02, RUB,      1
        expect: |
          currency, amount, sales
          RUB,      300.50, 2
          EUR,      9.99,   1
      - name: "an amount that is not Чай ☕"
        given: {shop.sale: [{day: 2024-03-01, amount: -1}, {day: 2024-03-01, currency: null, amount: 5}]}
        expect:
          - {currency: RUB, amount: -1.5}
          - {currency: USD, sales: 1}
    """
}
