import ReportModel
import TestSupport
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

/// Summary tables that do not have what the ledger calls published: every command says so, none makes it worse.
@Suite struct LostTableTests {
  /// Yesterday and the day before are published, and nothing is due.
  private func publish(_ project: EngineProject, kind: String = "incremental", keys: String = "") async throws
  {
    try await project.sellDaily(since: 2)
    try await project.define("sale", Definition.daily(keys, kind: kind, start: project.day(-2)))
    try await project.publish("sale")
    #expect(try await project.run("sale").state == .upToDate)
  }

  private func rows(_ project: EngineProject, _ table: String = "reports.sale") async throws -> Int {
    try await project.count("select from \(table)")
  }

  private static let ways: [(sql: String, says: String)] = [
    (
      "drop table reports.sale",
      """
      reports/sale.yaml: error: reports.sale does not exist, but the ledger has 2 published intervals of "sale"
        detail: The table was dropped. Nothing was published.
        hint: "reportgen run sale --restate" computes all of it again.
      """
    ),
    (
      "alter table reports.sale rename to older",
      """
      reports/sale.yaml: error: reports.sale does not exist, but the ledger has 2 published intervals of "sale"
        detail: It is called reports.older now: it was renamed, or materialize.table names another table than before. Nothing was published.
        hint: Rename reports.older to reports.sale, or change materialize.table back. "reportgen run sale --restate" computes all of it again.
      """
    ),
    (
      "truncate reports.sale",
      """
      reports/sale.yaml: error: reports.sale is empty, but the ledger has 2 published intervals of "sale"
        detail: 2 rows were published. Nothing was published.
        hint: "reportgen run sale --restate" computes all of it again.
      """
    ),
    (
      "delete from reports.sale",
      """
      reports/sale.yaml: error: reports.sale is empty, but the ledger has 2 published intervals of "sale"
        detail: 2 rows were published. Nothing was published.
        hint: "reportgen run sale --restate" computes all of it again.
      """
    ),
  ]

  @Test(
    "a run that has nothing to do ends 1 and says what is gone; --restate computes it again", arguments: ways)
  func gone(_ sql: String, _ says: String) async throws {
    try await withProject { project in
      try await publish(project)
      try await project.execute(sql)
      let outcome = try await project.run("sale")
      #expect(outcome.status == .failed && outcome.state == .failed)
      #expect(outcome.text == says)
      // One of several days would hide that the others are missing.
      #expect(try await project.run("sale", .day(project.day(-1))).text == says)

      let plan = try #require(try await project.plan(["sale"]).reports.first)
      #expect(plan.state == .cannotRun && plan.status == .failed)
      #expect(plan.diagnostics.map(\.description) == [says])
      let again = try #require(
        try await project.plan(["sale"], RunOptions(dates: .restate)).reports.first)
      #expect(again.state == .run && again.intervals.count == 2 && again.makesLostTable)

      let (status, warning) = try await project.status("sale")
      #expect(status.state == nil)
      #expect(["missing", "emptied"].contains(status.table))
      #expect(
        warning?.description
          == says.replacing("error:", with: "warning:").replacing(" Nothing was published.", with: ""))

      let dry = try await project.outcome("sale", RunOptions(dates: .restate, dryRun: true))
      #expect(dry.status == .done && dry.counted == "2 +2 ~0 -0 =0")
      #expect(try await project.publish("sale", .restate).counted == "2 +2 ~0 -0 =0")
      #expect(try await rows(project) == 2)
      #expect(try await project.run("sale").state == .upToDate)
      #expect(try await project.status("sale").0.table == nil)
    }
  }

  @Test(
    "a view that has the table's name is named, and no run replaces it",
    arguments: [
      (
        "alter table reports.sale rename to older; create view reports.sale as select * from reports.older",
        "What was published is called reports.older now.",
        "Drop or rename reports.sale, then rename reports.older to reports.sale."
      ),
      (
        "drop table reports.sale; create view reports.sale as select 1 as id",
        "What was published was dropped, and something else has its name.",
        #"Drop or rename reports.sale, then run "sale" again."#
      ),
    ])
  func otherKind(_ sql: String, _ detail: String, _ hint: String) async throws {
    try await withProject { project in
      try await publish(project)
      try await project.execute(sql)
      let says = """
        reports/sale.yaml: error: reports.sale is a view, but the ledger has 2 published intervals of "sale"
          detail: \(detail) Nothing was published.
          hint: \(hint)
        """
      for dates in [DateSelection.missing, .restate, .fullRefresh] {
        let outcome = try await project.run("sale", dates)
        #expect(outcome.status == .failed && outcome.text == says)
        let plan = try #require(try await project.plan(["sale"], RunOptions(dates: dates)).reports.first)
        #expect(plan.state == .cannotRun && plan.diagnostics.map(\.description) == [says])
      }
      #expect(try await project.status("sale").0.stateText == "table replaced")
      #expect(try await project.intervals("sale").split(separator: "\n").count == 2)
      try await project.execute("drop view reports.sale")
      try await project.execute("alter table if exists reports.older rename to sale")
      _ = try await project.run("sale", .restate)
      #expect(try await rows(project) == 2)
      #expect(try await project.status("sale").0.table == nil)
    }
  }

  @Test("a report that became a view says that its table is in the way")
  func becameView() async throws {
    try await withProject { project in
      try await publish(project)
      try await project.define(
        "copy", "materialize: {as: table, table: reports.copy}", sql: "select id from reports.sale")
      try await project.publish("copy")
      try await project.define(
        "copy", "materialize: {as: view, table: reports.copy}", sql: "select id from reports.sale")
      #expect(
        try await project.run("copy").text == """
          reports/copy.yaml: error: reports.copy is not a view, but the ledger calls "copy" published
            detail: materialize.as was something else when it was published. Nothing was published.
            hint: Drop or rename reports.copy, then run "copy" again.
          """)
      try await project.execute("drop table reports.copy")
      #expect(try await project.run("copy").status == .done)
    }
  }

  @Test("append and merge come back as well, each row once", arguments: ["append", "merge"])
  func others(_ kind: String) async throws {
    try await withProject { project in
      try await publish(project, kind: kind, keys: "unique_key: [id]")
      try await project.execute("truncate reports.sale")
      #expect(try await project.run("sale").status == .failed)
      try await project.publish("sale", .restate)
      #expect(try await rows(project) == 2)
      try await project.execute("drop table reports.sale")
      #expect(try await project.run("sale").status == .failed)
      try await project.publish("sale", .restate)
      #expect(try await rows(project) == 2)
      #expect(try await project.intervals("sale").split(separator: "\n").count == 2)
    }
  }

  @Test("a changed materialize.table is named with the table that has the rows")
  func changed() async throws {
    try await withProject { project in
      try await publish(project)
      let yaml = Definition.daily(start: project.day(-2)).replacing("reports.sale", with: "reports.sold")
      try await project.define("sale", yaml)
      #expect(
        try await project.run("sale").text == """
          reports/sale.yaml: error: reports.sold does not exist, but the ledger has 2 published intervals of "sale"
            detail: It is called reports.sale now: it was renamed, or materialize.table names another table than before. Nothing was published.
            hint: Rename reports.sale to reports.sold, or change materialize.table back. "reportgen run sale --restate" computes all of it again.
          """)
      try await project.execute(
        "set role reportgen_owner; create table reports.sold (like reports.sale); reset role")
      #expect(
        try await project.run("sale").text == """
          reports/sale.yaml: error: the ledger has 2 published intervals of "sale", in reports.sale and not in reports.sold
            detail: materialize.table names another table than before, or tables were renamed. Nothing was published.
            hint: Change materialize.table back to reports.sale. "reportgen run sale --restate" computes all of it again.
          """)
      try await project.publish("sale", .restate)
      #expect(try await rows(project, "reports.sold") == 2)
      #expect(try await project.run("sale").state == .upToDate)
      // Renamed by hand on purpose, and the definition with it: the same table.
      try await project.execute("drop table reports.sale; alter table reports.sold rename to sale")
      try await project.define("sale", Definition.daily(start: project.day(-2)))
      #expect(try await project.run("sale").status == .done)
    }
  }

  @Test("what every run computes anew comes back by itself; a table with a period does not")
  func whole() async throws {
    try await withProject { project in
      try await project.execute(MaterializationTests.sales)
      try await project.define("sale", Definition.whole(), sql: Definition.wholeSQL)
      try await project.publish("sale")
      try await project.execute("drop table reports.sale")
      #expect(
        try await project.status("sale").1?.description == """
          reports/sale.yaml: warning: reports.sale does not exist, but the ledger calls "sale" published
            detail: The table was dropped.
            hint: "reportgen run sale" makes it again.
          """)
      try await project.publish("sale")
      try await project.execute("truncate reports.sale")
      #expect(try await project.status("sale").0.table == "emptied")
      try await project.publish("sale")
      #expect(try await project.status("sale").0.table == nil)

      try await project.define(
        "daily",
        """
        period: day
        start: \(project.day(-2))
        materialize: {as: table, table: reports.daily}
        export: {}
        """, sql: "select :start as day, 1 as one")
      try await project.publish("daily")
      try await project.execute("drop table reports.daily")
      #expect(try await project.run("daily").status == .failed)
      try await project.publish("daily", .restate)
      #expect(try await rows(project, "reports.daily") == 1)
    }
  }

  @Test("a report does not publish what an emptied table has left, and its files stay")
  func readers() async throws {
    try await withProject { project in
      try await publish(project)
      try await project.define(
        "sums", "materialize: {as: table, table: reports.sums}",
        sql: "select sum(sale.amount) as amount from reports.sale as sale")
      try await project.publish("sums")
      try await project.execute("truncate reports.sale")
      #expect(
        try await project.run("sums").text == """
          reports/sums.sql: error: "sums" cannot run: reports.sale is empty, but the ledger has 2 published intervals of "sale"
            detail: 2 rows were published. Nothing was published.
            hint: "reportgen run sale --restate" computes all of it again.
          """)
      #expect(try await project.rows("select amount from reports.sums") == "2")
      #expect(try await project.plan(["sums"]).reports.first?.state == .cannotRun)
      #expect(try await project.run(["sale", "sums"]).reports.map(\.state) == [.failed, .skipped])
      let both = try await project.run(["sale", "sums"], RunOptions(dates: .restate))
      #expect(both.status == .done)
      #expect(try await project.rows("select amount from reports.sums") == "2")
    }
  }

  @Test("fewer rows than published are a warning, and only where counting them is cheap")
  func fewer() async throws {
    try await withProject { project in
      try await publish(project)
      try await project.execute("delete from reports.sale where day = '\(project.day(-1))'")
      let outcome = try await project.run("sale")
      #expect(outcome.status == .done)
      #expect(
        outcome.text == """
          reports/sale.yaml: warning: reports.sale has 1 row, but by the ledger 2
            detail: Rows were deleted by somebody else.
            hint: "reportgen verify sale" shows what is missing. "reportgen run sale --date DAY" computes one interval again, --full-refresh all of them.
          """)
      #expect(
        try await project.plan(["sale"]).reports.first?.diagnostics.map(\.description) == [outcome.text])
      #expect(try await project.status("sale").0.table == "shrunk")
      #expect(try await project.status("sale").0.state == "confirmed")
      // A run that mends it does not call it shrunk.
      #expect(try await project.run("sale", .day(project.day(-2))).text == outcome.text)
      #expect(try await project.run("sale", .day(project.day(-1))).text == "")
      #expect(try await project.status("sale").0.table == nil)
    }
  }

  @Test("days without rows are published without any, and that is no loss")
  func noRows() async throws {
    try await withProject { project in
      try await project.define("sale", Definition.daily(start: project.day(-2)))
      try await project.publish("sale")
      #expect(try await project.run("sale").state == .upToDate)
      #expect(try await project.status("sale").0.table == nil)
    }
  }

  @Test("a table that somebody has locked is neither waited for nor called lost")
  func locked() async throws {
    try await withProject { project in
      try await publish(project)
      try await project.execute("begin; lock table reports.sale in access exclusive mode")
      #expect(try await project.status("sale").0.table == nil)
      try await project.execute("rollback")
    }
  }
}
