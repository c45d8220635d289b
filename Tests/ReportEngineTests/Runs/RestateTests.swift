import ReportDefinitions
import ReportModel
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

/// A definition that means something else than before is told from one that only looks different, and its published
/// intervals are computed again when somebody asks for it.
@Suite struct RestateTests {
  static let sql = Definition.sql
  static let changed = sql.replacing("sale.amount", with: "sale.amount * 2 as amount")

  private func define(_ project: EngineProject, _ sql: String, keys: String = "unique_key: [id]") async throws
  {
    try await project.define("sale", Definition.daily(keys, start: project.day(-6)), sql: sql)
  }

  private func amounts(_ project: EngineProject) async throws -> String {
    try await project.rows("select string_agg(amount::text, ' ' order by day) from reports.sale")
  }

  private func warning(_ project: EngineProject, _ count: String, _ names: String) -> String {
    """
    reports/sale.yaml: warning: the definition of "sale" means something else than when \(count) published
      detail: \(names): the rows stay as they are.
      hint: "reportgen run sale --restate" computes them again; so does every run with "on_change: restate" under "materialize".
    """
  }

  @Test("a changed time zone of the project is a changed meaning, until the intervals are computed again")
  func timezone() async throws {
    try await withProject { project in
      try await project.sellDaily(since: 6)
      try await define(project, Self.sql)
      try await project.publish("sale")
      #expect(try await project.publish("sale").outdatedText == "")
      // So does a change of both clocks: Moscow's and Istanbul's days begin together.
      for zone in ["Asia/Tokyo", "Europe/Istanbul"] {
        let moved = try await project.outcome("sale", RunOptions(), timezone: zone)
        #expect(moved.outdated >= 6, "\(zone)")
      }
      let restated = try await project.outcome("sale", RunOptions(dates: .restate), timezone: "Asia/Tokyo")
      #expect(restated.outdated == 0 && restated.outdatedText == "")

      // What an older version stored has no time zone: it is taken for the one that the project has now.
      try await project.execute("update reportgen.definition set keys = keys - 'timezone'")
      let older = try await project.outcome("sale", RunOptions(), timezone: "Europe/Istanbul")
      #expect(older.outdated == 0 && older.outdatedText == "")
    }
  }

  @Test("a changed search path is a changed meaning, until the intervals are computed again")
  func searchPath() async throws {
    try await withProject { project in
      try await project.sellDaily(since: 6)
      try await define(project, Self.sql)
      try await project.execute("create schema ext; grant usage on schema ext to public")
      try await project.database.waitForReplay()
      func outdated(_ path: [String], _ dates: DateSelection = .missing) async throws -> Int? {
        try await project.run("sale", searchPath: path, dates).reports.first?.outdated
      }
      #expect(try await outdated([]) == 0)
      #expect(try await outdated(["ext"]) == 6)
      #expect(try await outdated(["ext"], .restate) == 0)
      #expect(try await outdated([]) == 6)
      #expect(try await outdated([], .restate) == 0)

      // What an older version stored has no search path: it is taken for the one that the project has now, until a run
      // of this version has stored its own beside the same definition.
      try await project.execute("update reportgen.definition set keys = keys - 'search_path'")
      #expect(try await outdated(["ext"]) == 0)
      try await project.publish("sale", Definition.day("\(project.day(-1))"))
      #expect(try await outdated(["ext"]) == 6)
    }
  }

  @Test("what another definition made stays, with a warning, until somebody restates it")
  func restate() async throws {
    try await withProject { project in
      try await project.sellDaily(since: 6)
      try await define(project, Self.sql, keys: "unique_key: [id], lookback: 2")
      try await project.publish("sale")
      try await define(project, Self.changed, keys: "unique_key: [id], lookback: 2")
      let (before, outdated) = try await project.status("sale")
      #expect(before.outdated == 6)
      #expect(
        outdated?.description
          == warning(project, "6 intervals were", "\(project.day(-6))..\(project.day(-1))"))

      let plan = try #require(try await project.plan(["sale"]).reports.first)
      #expect(plan.outdated == 4)
      #expect(
        plan.diagnostics.map(\.description)
          == [warning(project, "4 intervals were", "\(project.day(-6))..\(project.day(-3))")])

      // The lookback computes with the definition of now, so the table has rows of both.
      let kept = try await project.publish("sale")
      #expect(kept.outdated == 4)
      #expect(
        kept.outdatedText == warning(project, "4 intervals were", "\(project.day(-6))..\(project.day(-3))"))
      #expect(try await amounts(project) == "1 1 1 1 2 2")

      let restated = try await project.publish("sale", .restate)
      #expect(restated.intervals.map(\.start) == project.days(-6, -1))
      #expect(restated.outdated == 0)
      #expect(restated.outdatedText == "")
      #expect(try await amounts(project) == "2 2 2 2 2 2")
      let (after, none) = try await project.status("sale")
      #expect(after.outdated == 0)
      #expect(none == nil)
      #expect(try await project.publish("sale", .restate).intervals.count == 2)
    }
  }

  @Test("a definition can say that it restates by itself, whatever the limit of catching up")
  func onChange() async throws {
    try await withProject { project in
      try await project.execute(
        "insert into src.sale (id, day, amount) select n, date '\(project.today)' - n, 1 from generate_series(1, 40) n"
      )
      func define(_ sql: String) async throws {
        try await project.define(
          "sale",
          Definition.daily("unique_key: [id], on_change: restate, batch: 10", start: project.day(-40)),
          sql: sql)
      }
      try await define(Self.sql)
      try await project.publish("sale")
      try await define(Self.changed)
      let outcome = try await project.publish("sale")
      #expect(outcome.outdatedText == "")
      #expect(outcome.counted == "40 +0 ~40 -0 =0")
      #expect(try await project.publish("sale").state == .upToDate)
    }
  }

  @Test(
    "other white space, other titles and other checks mean the same",
    arguments: [
      (sql.replacing("\n", with: "\n -- a comment\n"), ""), (sql.replacing("select", with: "SELECT"), ""),
      (sql, "checks: [{not_null: [id]}]"), (sql, "columns: {id: {title: Number}}"), (sql, "owner: someone"),
    ])
  func same(_ sql: String, _ rest: String) async throws {
    try await withProject { project in
      try await project.sellDaily(since: 6)
      try await define(project, Self.sql)
      try await project.publish("sale")
      try await project.define(
        "sale", Definition.daily("unique_key: [id]", start: project.day(-6), rest: rest), sql: sql)
      let outcome = try await project.publish("sale")
      #expect(outcome.outdatedText == "")
      #expect(outcome.outdated == 0)
    }
  }

  @Test("a fingerprint that another parser wrote marks nothing as changed, one of other keys does")
  func otherParser() async throws {
    try await withProject { project in
      try await project.sellDaily(since: 6)
      try await define(project, Self.sql)
      try await project.publish("sale")
      let old = String(repeating: "0", count: 64)
      // As if the parser had written another tree of the same text.
      try await project.execute(
        """
        insert into reportgen.definition (fingerprint, sql, keys)
          select '\(old)', sql || ' -- of another parser', keys from reportgen.definition;
        update reportgen.report_run set fingerprint = '\(old)'
        """)
      let same = try await project.publish("sale")
      #expect(same.outdatedText == "")
      #expect(try await project.verify(["sale"]).reports.map(\.state) == [.equal])

      for (change, outdated) in [
        ("keys = keys || '{\"unique_key\": []}'", 6), ("keys = keys || '{\"unique_key\": [\"id\"]}'", 0),
        // What an older version of reportgen kept has no keys: its SQL has to do.
        ("keys = null", 0), ("sql = 'select 1 as id'", 6), ("sql = 'no sql of this parser'", 6),
      ] {
        try await project.execute("update reportgen.definition set \(change) where fingerprint = '\(old)'")
        #expect(try await project.publish("sale").outdated == outdated, "\(change)")
      }
    }
  }

  @Test("another key means something else although the SQL is the same")
  func otherKeys() async throws {
    try await withProject { project in
      try await project.sellDaily(since: 6)
      try await define(project, Self.sql)
      try await project.publish("sale")
      try await define(project, Self.sql, keys: "unique_key: [id, day]")
      #expect(try await project.publish("sale").outdated == 6)
      try await project.define(
        "sale",
        Definition.daily(
          "unique_key: [id]", start: project.day(-6), rest: "columns: {amount: {type: numeric}}"))
      #expect(try await project.publish("sale").outdated == 6)
    }
  }

  @Test("keys that an older version did not keep are added by the next run of the same definition")
  func keysAdded() async throws {
    try await withProject { project in
      try await project.sellDaily(since: 6)
      try await define(project, Self.sql, keys: "unique_key: [id], lookback: 1")
      try await project.publish("sale")
      try await project.execute("update reportgen.definition set keys = null")
      try await project.publish("sale")
      #expect(
        try await project.rows(
          "select keys ->> 'as', keys -> 'unique_key', keys ->> 'period' from reportgen.definition")
          == #"incremental|["id"]|day"#)
    }
  }

  @Test("restating keeps to the batch, and a failed interval stays outdated")
  func failing() async throws {
    try await withProject { project in
      try await project.sellDaily(since: 6)
      try await project.define(
        "sale",
        Definition.daily(
          "unique_key: [id], batch: 3", start: project.day(-6),
          rest: "checks: [{range: {column: amount, max: 9}}]"))
      try await project.publish("sale")
      try await project.execute("update src.sale set amount = 5 where day = '\(project.day(-4))'")
      try await project.define(
        "sale",
        Definition.daily(
          "unique_key: [id], batch: 3", start: project.day(-6),
          rest: "checks: [{range: {column: amount, max: 9}}]"),
        sql: Self.changed)
      let restated = try await project.run("sale", .restate)
      #expect(restated.status == .failed)
      #expect(restated.failedIntervals.map(\.start) == [project.day(-4)])
      #expect(try await amounts(project) == "2 2 1 2 2 2")
      let (status, _) = try await project.status("sale")
      #expect(status.outdated == 1)
      try await project.execute("update src.sale set amount = 1")
      #expect(try await project.publish("sale", .restate).intervals.map(\.start) == [project.day(-4)])
      #expect(try await amounts(project) == "2 2 2 2 2 2")
    }
  }

  @Test("another summary table is built whole by restating, and the ledger forgets what it does not hold")
  func otherTable() async throws {
    try await withProject { project in
      try await project.sellDaily(since: 6)
      try await define(project, Self.sql)
      try await project.publish("sale")
      let elsewhere = Definition.daily("unique_key: [id]", start: project.day(-6)).replacing(
        "reports.sale", with: "reports.other")
      try await project.define("sale", elsewhere)
      let refused = try await project.run("sale", .day(project.day(-1)))
      #expect(refused.status == .failed)
      let restated = try await project.night(0, "sale", .restate, limit: PortionLimit(rows: 2))
      #expect(restated.text == "")
      #expect(try await project.difference("table reports.sale", "table reports.other") == 0)
      #expect(try await project.count("select from reportgen.interval where state = 'confirmed'") == 6)
    }
  }

  @Test("append restates nothing: a warning while it is left alone, an error when it is asked to")
  func append() async throws {
    try await withProject { project in
      try await project.sellDaily(since: 6)
      let yaml = Definition.daily("unique_key: [id]", kind: "append", start: project.day(-6))
      try await project.define("sale", yaml)
      try await project.publish("sale", .restate)
      try await project.define("sale", yaml, sql: Self.changed)
      let left = try await project.publish("sale")
      #expect(
        left.outdatedText == """
          reports/sale.yaml: warning: the definition of "sale" means something else than when 6 intervals were published
            detail: \(project.day(-6))..\(project.day(-1)): the rows stay as they are.
            hint: "append" runs no published interval again; "as: incremental" could.
          """)
      let refused = try await project.run("sale", .restate)
      #expect(refused.status == .usage)
      #expect(
        refused.text == """
          reports/sale.yaml: error: interval \(project.day(-6))..\(project.day(-5)) of "sale" is published and cannot be appended twice
            hint: Choose dates that are missing, or use "as: incremental", which replaces an interval's rows.
          """)
    }
  }

  @Test("what has no intervals is computed anew at every run: nothing of it is outdated")
  func whole() async throws {
    try await withProject { project in
      try await project.sellDaily(since: 6)
      try await project.define("sale", Definition.whole("unique_key: [id]"), sql: Definition.wholeSQL)
      try await project.publish("sale")
      try await project.define(
        "sale", Definition.whole("unique_key: [id]"),
        sql: Definition.wholeSQL.replacing("sale.amount", with: "sale.amount * 2 as amount"))
      #expect(try await project.status("sale").0.outdated == 0)
      let outcome = try await project.publish("sale", .restate)
      #expect(outcome.outdatedText == "")
      #expect(outcome.counts.updated == 27)
    }
  }
}
