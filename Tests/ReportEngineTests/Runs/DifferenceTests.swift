import Foundation
import PostgresClient
import ReportModel
import TestSupport
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

@Suite("publish by difference")
struct DifferenceTests {
  // MARK: The same as full staging

  /// Values that `=`, or a look at their text, would take for each other, and types without equality.
  private static let table = """
    create table src.thing (id int, part text, day date, n numeric, m numeric(8, 2), f float8, j jsonb, old json, x xml,
      p point, i interval, b bytea, list int[], at timestamptz, c char(5), v varchar(9), o boolean, "kind" text,
      "old_place" uuid);
    grant select on src.thing to reportgen_reader, reportgen_owner
    """

  private static let columns =
    "id, part, day, n, m, f, j, old, x, p, i, b, list, at, c, v, o, \"kind\", \"old_place\""

  private static let pools: [(column: String, values: [String])] = [
    ("n", ["1.0", "1.00", "'NaN'", "null"]), ("m", ["1", "2.5", "null"]),
    ("f", ["'-0'", "0", "'NaN'", "1e300", "null"]), ("j", ["'{\"a\": 1}'", "'{\"a\": 1.0}'", "null"]),
    ("old", ["'{\"a\":1}'", "'{\"a\": 1}'", "null"]), ("x", ["'<a/>'", "'<a></a>'", "null"]),
    ("p", ["'(0,0)'", "'(-0,0)'", "null"]), ("i", ["'1 month'", "'30 days'", "null"]),
    ("b", ["'\\x00'", "'\\x0000'", "null"]), ("list", ["'{}'", "'{1,null}'", "'[2:3]={1,null}'", "null"]),
    ("at", ["'2024-01-01 00:00+03'", "'infinity'", "null"]), ("c", ["'a'", "'b'", "null"]),
    ("v", ["'a'", "'a '", "''", "null"]), ("o", ["true", "false", "null"]),
    ("\"kind\"", ["'+'", "'='", "null"]),
    ("\"old_place\"", ["'00000000-0000-0000-0000-000000000000'", "null"]),
  ]

  private struct Source {
    var random: SplitMix64

    mutating func pick<Value>(_ values: [Value]) -> Value {
      values[Int(random.next() % UInt64(values.count))]
    }

    /// A row of a key that the table does not have yet, where `key` is new.
    mutating func row(_ key: (Int, String)) -> String {
      let values = DifferenceTests.pools.map { pick($0.values) }
      let day = "'2024-01-0\(1 + key.0 % 3)'"
      return "(\(key.0 == 0 ? "null" : "\(key.0)"), \(key.1), \(day), \(values.joined(separator: ", ")))"
    }

    /// Rows that come, change by a value or two, and go.
    mutating func change() -> [String] {
      var statements: [String] = []
      for _ in 0..<Int(random.next() % 4) {
        let key = (Int(random.next() % 40), pick(["null", "''", "'a'", "'Ä'"]))
        let named =
          "id is not distinct from \(key.0 == 0 ? "null" : "\(key.0)") and part is not distinct from \(key.1)"
        statements.append(
          "delete from src.thing where \(named); insert into src.thing (\(DifferenceTests.columns)) values \(row(key))"
        )
      }
      for _ in 0..<Int(random.next() % 4) {
        let (column, values) = pick(DifferenceTests.pools)
        statements.append(
          "update src.thing set \(column) = \(pick(values)) where coalesce(id, 0) % 7 = \(random.next() % 7)")
      }
      if random.next() % 3 == 0 {
        statements.append("delete from src.thing where coalesce(id, 0) % 11 = \(random.next() % 11)")
      }
      return statements
    }
  }

  struct Kind: Sendable, CustomTestStringConvertible {
    var name: String
    var materialize: String
    var head = ""
    var condition = ""
    var dates = DateSelection.missing

    var testDescription: String { name }
  }

  static let kinds = [
    Kind(name: "a table", materialize: "as: table, unique_key: [id, part]"),
    Kind(
      name: "intervals", materialize: "as: incremental, time_column: day, unique_key: [day, id, part]",
      head: "period: day\nstart: 2024-01-01\n", condition: " where t.day >= :start and t.day < :end",
      dates: Definition.range("2024-01-01", "2024-01-04")),
    Kind(name: "a merge", materialize: "as: merge, unique_key: [part, id]"),
    Kind(
      name: "a merge that deletes",
      materialize: "as: merge, time_column: day, unique_key: [day, id, part], delete: interval",
      head: "period: month\nstart: 2024-01-01\n", condition: " where t.day >= :start and t.day < :end",
      dates: Definition.day("2024-01-01")),
  ]

  @Test("rows, counts and messages are those of full staging, whatever the rows are", arguments: kinds)
  func sameAsFullStaging(_ kind: Kind) async throws {
    try await withProject { project in
      var source = Source(random: SplitMix64(state: 7))
      try await project.execute(Self.table)
      let columns = Self.columns.split(separator: ", ").map { "t.\($0)" }.joined(separator: ", ")
      for name in ["compared", "staged"] {
        try await project.define(
          name, "\(kind.head)materialize: {table: reports.\(name), \(kind.materialize)}\nexport: {}",
          sql: "select \(columns) from src.thing as t\(kind.condition)")
      }
      let some = (0..<30).map { source.row(($0, "'a'")) }
      try await project.execute(
        "insert into src.thing (\(Self.columns)) values \(some.joined(separator: ", "))")
      let options = RunOptions(dates: kind.dates, allowShrink: true)
      _ = try await project.run(["compared", "staged"], options)
      var compared = 0
      for round in 1...12 {
        let twice = round == 6
        for statement in source.change() { try await project.execute(statement) }
        if twice {
          try await project.execute(
            "create table src.spare as table src.thing; insert into src.thing select * from src.thing limit 2"
          )
        }
        let one = try await project.outcomeByDifference("compared", options)
        let other = try await project.outcome("staged", options)
        #expect(one.counted == other.counted, "round \(round)")
        #expect(one.status == other.status, "round \(round)")
        #expect(
          one.text
            == other.text.replacing("staged.", with: "compared.").replacing(
              "\"staged\"", with: "\"compared\""),
          "round \(round)")
        #expect(
          try await project.difference("table reports.compared", "table reports.staged") == 0,
          "round \(round)")
        // Intervals without the two rows go on by difference.
        if twice, kind.head.isEmpty { #expect(!one.isCompared, "round \(round)") }
        compared += one.isCompared ? 1 : 0
        if twice {
          try await project.execute("truncate src.thing; insert into src.thing select * from src.spare")
        }
      }
      #expect(compared >= 8)
    }
  }

  // MARK: Other people's changes

  /// Holds the summary table so that a publish waits for it, after its rows were compared.
  private func meanwhile(
    _ project: EngineProject, _ name: String, _ change: String
  ) async throws -> ReportOutcome {
    let other = try await Connection.open(project.database.primary, ConnectionOptions(name: "other"))
    _ = try await other.execute("begin; lock table reports.sale in share mode")
    async let outcome = project.compare(name)
    try await waitFor("the publish") {
      try await project.count(
        """
        select from pg_locks l where l.relation = 'reports.sale'::regclass and not l.granted
          and l.mode = 'RowExclusiveLock'
        """) == 1
    }
    _ = try await other.execute("\(change); commit")
    await other.close()
    return try await outcome
  }

  @Test(
    "a change between snapshot and publish is never overwritten unseen: the run stages all rows, and ends right",
    arguments: [
      "update reports.sale set note = 'by hand' where id = 7",
      "update reports.sale set note = 'by hand' where id = 5",
      "insert into reports.sale (id, note) values (1001, 'by hand')",
      "delete from reports.sale where id in (5, 7)",
      "truncate reports.sale",
      "insert into reportgen.report_run (attempt_id, run_id, report, attempt, state, interval_starts, interval_ends,"
        + " fingerprint, lock_key, published_at) select gen_random_uuid(), run_id, report, 1, 'confirmed', '{}', '{}',"
        + " fingerprint, 0, clock_timestamp() from reportgen.report_run limit 1",
    ])
  func changedMeanwhile(_ change: String) async throws {
    try await withProject { project in
      try await project.execute(
        "insert into src.sale (id, note) select i, 'note' from generate_series(1, 1000) i")
      try await project.define(
        "sale", Definition.whole("unique_key: [id]"), sql: "select id, note from src.sale")
      try await project.publish("sale")
      try await project.execute(
        """
        update src.sale set note = 'new' where id = 7; delete from src.sale where id = 5;
        insert into src.sale (id, note) values (1001, 'new')
        """)
      let outcome = try await meanwhile(project, "sale", change)
      #expect(outcome.status == .done && outcome.text == "")
      #expect(!outcome.isCompared)
      #expect(try await project.difference("table reports.sale", "select id, note from src.sale") == 0)
      #expect(
        try await project.rows(
          "select attempt, state, error from reportgen.report_run where run_id = (select run_id from reportgen.run order by started_at desc limit 1) order by started_at"
        ) == """
          1|failed|reports.sale was changed after its rows were compared on the replica
          1|confirmed|null
          """)
    }
  }

  @Test("a change of a row that the run does not write comes after it, as in any other order of the two")
  func changedElsewhere() async throws {
    try await withProject { project in
      try await project.execute(
        "insert into src.sale (id, note) select i, 'note' from generate_series(1, 1000) i")
      try await project.define(
        "sale", Definition.whole("unique_key: [id]"), sql: "select id, note from src.sale")
      try await project.publish("sale")
      let outcome = try await meanwhile(
        project, "sale", "update reports.sale set note = 'by hand' where id = 9")
      #expect(outcome.isCompared && outcome.counted == "1000 +0 ~0 -0 =1000")
      #expect(try await project.rows("select note from reports.sale where id = 9") == "by hand")
      // The next run meets it.
      #expect(try await project.compare("sale").counted == "1000 +0 ~1 -0 =999")
      #expect(try await project.difference("table reports.sale", "select id, note from src.sale") == 0)
    }
  }

  // MARK: What stays as it is

  @Test("nothing is staged and nothing written of equal rows, and the files come from the published ones")
  func equalRows() async throws {
    try await withProject { project in
      try await project.execute(
        "insert into src.sale (id, day, note) select i, '2024-01-01', 'note' from generate_series(1, 1000) i")
      try await project.define(
        "sale",
        Definition.whole(
          "unique_key: [id]",
          rest:
            "checks: [{not_null: [id]}, {unique: [id]}, {rows: {min: 1000}}, {range: {column: id, min: 1}}]"),
        sql: "select id, day, note from src.sale")
      try await project.publish("sale")
      let written = try await project.versions(of: "reports.sale")
      let before = try String(contentsOfFile: project.output + "/sale/latest/sale.csv", encoding: .utf8)
      try FileManager.default.removeItem(atPath: project.output + "/sale")

      let outcome = try await project.compare("sale")
      #expect(outcome.isCompared && outcome.counted == "1000 +0 ~0 -0 =1000")
      #expect(try await project.versions(of: "reports.sale") == written)
      #expect(try String(contentsOfFile: project.output + "/sale/latest/sale.csv", encoding: .utf8) == before)
      #expect(
        try await project.rows(
          "select jsonb_path_query_array(checks, '$[*].rows'), jsonb_path_query_array(checks, '$[*].passed') from reportgen.report_run order by started_at desc limit 1"
        ) == "[0, 0, 1000, 0]|[true, true, true, true]")
    }
  }

  @Test(
    "a row that breaks a check, and one outside of the interval, make the same attempt stage all rows",
    arguments: [
      ("checks: [{not_null: [note]}]", "update src.sale set note = null where id = 7"),
      (
        "checks: [{rows: {max: 1000, severity: warn}}]",
        "insert into src.sale (id, day) values (2000, '2024-01-01')"
      ),
      ("", "update src.sale set day = null where id = 7"),
    ])
  func brokenChecks(_ checks: String, _ change: String) async throws {
    try await withProject { project in
      try await project.execute(
        "insert into src.sale (id, day, note) select i, '2024-01-01', 'note' from generate_series(1, 1000) i")
      for name in ["compared", "staged"] {
        try await project.define(
          name,
          """
          period: day
          start: 2024-01-01
          materialize: {as: incremental, table: reports.\(name), time_column: day, unique_key: [id]}
          export: {}
          \(checks)
          """,
          sql:
            "select id, day, note from src.sale where coalesce(day, :start) >= :start and coalesce(day, :start) < :end"
        )
        try await project.publish(name, Definition.day("2024-01-01"))
      }
      try await project.execute(change)
      let options = RunOptions(dates: Definition.day("2024-01-01"))
      let one = try await project.outcomeByDifference("compared", options)
      let other = try await project.outcome("staged", options)
      #expect(!one.isCompared)
      #expect(one.text == other.text.replacing("staged.", with: "compared.") && one.text != "")
      #expect(one.status == other.status && one.attempts == other.attempts)
      #expect(try await project.difference("table reports.compared", "table reports.staged") == 0)
    }
  }

  @Test("the guard against shrinking counts the rows that would go")
  func shrinking() async throws {
    try await withProject { project in
      try await project.execute("insert into src.sale (id) select generate_series(1, 1000)")
      try await project.define(
        "sale", Definition.whole("unique_key: [id]", export: ""), sql: "select id from src.sale")
      try await project.publish("sale")
      try await project.execute("delete from src.sale where id > 700")
      let outcome = try await project.compare("sale")
      #expect(outcome.text.contains("publishing would delete 300 of the 1000 published rows in its scope"))
      #expect(try await project.count("table reports.sale") == 1000)
      let allowed = try await project.compare(["sale"], RunOptions(allowShrink: true))
      #expect(allowed.first?.counted == "700 +0 ~0 -300 =700" && allowed.first?.isCompared == true)
    }
  }

  @Test("what a killed process has staged is removed, whichever way the next run goes")
  func leftOverRows() async throws {
    try await withProject { project in
      try await project.execute("insert into src.sale (id, note) values (1, 'a'), (2, 'b')")
      try await project.define(
        "sale", Definition.whole("unique_key: [id]", export: ""), sql: "select id, note from src.sale")
      try await project.publish("sale")
      #expect(try await project.compare("sale").isCompared)
      try await project.publish("sale")
      let left = #"insert into reportgen_staging."sale ~" (kind, id) values ('+', 7)"#
      let staged = "insert into reportgen_staging.sale (id) values (7)"
      for next in [true, false] {
        try await project.execute("\(left); \(staged)")
        let outcome = next ? try await project.compare("sale") : try await project.publish("sale")
        #expect(outcome.isCompared == next && outcome.counted == "2 +0 ~0 -0 =2")
        #expect(
          try await project.count(
            #"select id from reportgen_staging."sale ~" union all select id from reportgen_staging.sale"#)
            == 0)
      }
    }
  }

  @Test("a plan says which way a report goes, and why")
  func plan() async throws {
    try await withProject { project in
      try await project.execute(
        "insert into src.sale (id, note) select i, 'a' from generate_series(1, 100) i")
      try await project.define(
        "keyed", "materialize: {as: table, table: reports.keyed, unique_key: [id]}\nexport: {}",
        sql: "select id, note from src.sale")
      try await project.define(
        "plain", "materialize: {as: table, table: reports.plain}\nexport: {}",
        sql: "select id, note from src.sale")
      for name in ["keyed", "plain"] { try await project.publish(name) }
      #expect(
        try await project.plan(["*"]).reports.map(\.way) == [
          .fullStaging(.fewRows(100, minimum: .max)), .fullStaging(.fewRows(100, minimum: .max)),
        ])
      #expect(try await project.waysByDifference() == [.difference, .fullStaging(.noKey)])
      try await project.execute("create rule r as on insert to reports.keyed do also select 1")
      #expect(try await project.waysByDifference() == [.fullStaging(.others), .fullStaging(.noKey)])
      try await project.execute(
        "drop rule r on reports.keyed; revoke select on reports.keyed from reportgen_reader")
      try await project.database.waitForReplay()
      #expect(try await project.waysByDifference() == [.fullStaging(.unreadable), .fullStaging(.noKey)])
      #expect(try await !project.compare("keyed").isCompared)
    }
  }
}

extension EngineProject {
  fileprivate func outcomeByDifference(_ name: String, _ options: RunOptions) async throws -> ReportOutcome {
    try #require(try await compare([name], options).first)
  }

  fileprivate func waysByDifference() async throws -> [PublishWay?] {
    var configuration = configuration(RunOptions())
    configuration.project.differenceFrom = 1
    let graph = DependencyGraph(try reports())
    let selected = try Selection(patterns: ["*"]).apply(to: graph)
    return await PlanEngine(configuration).plan(selected, graph: graph).reports.map(\.way)
  }
}
