import Foundation
import ReportDefinitions
import ReportModel
import TestSupport
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

/// `status` and `history` show the worst that is true, the same as the views and the metrics.
@Suite struct WorstStateTests {
  private static let yaml = "checks:\n  - range: {column: amount, min: 0}"

  private func define(_ project: EngineProject, days: Int = 3, rest: String = yaml) async throws {
    try await project.sellDaily(since: days)
    try await project.define("sale", Definition.daily(start: project.day(-days), rest: rest))
  }

  /// What the views say of the report.
  private func views(_ project: EngineProject) async throws -> String {
    try await project.rows(
      """
      select h.last_state, s.last_state, h.last_error, h.failed_intervals, h.first_failed_interval
      from reportgen.report_health h join reportgen.report_status s using (report)
      """)
  }

  @Test("one interval of several failed: the run, the attempt and the report have failed, and it is named")
  func partly() async throws {
    try await withProject { project in
      try await define(project)
      let bad = project.day(-2)
      try await project.execute("update src.sale set amount = -1 where day = '\(bad)'")
      let outcome = try await project.run("sale")
      #expect(outcome.status == .failed)
      #expect(
        RunSummary.text(outcome).contains("\n  failed  1 of 3 intervals: \(bad)\n"),
        "\(RunSummary.text(outcome))")

      let error = "check range of \"amount\" failed for 1 row"
      let status = try await project.status("sale").0
      #expect(status.lastState == "failed" && status.lastError == error)
      #expect(status.failedIntervals == ["\(bad)"] && status.missing == 1)
      #expect(try await views(project) == "failed|failed|\(error)|1|\(bad)")
      let entry = try #require(try await project.history("sale").first)
      #expect(entry.state == "failed" && entry.error == error && entry.failedIntervals == ["\(bad)"])
      #expect([entry.firstInterval, entry.lastInterval] == ["\(project.day(-3))", "\(project.day(-1))"])

      try await project.execute("update src.sale set amount = 1")
      #expect(try await project.run("sale").status == .done)
      #expect(try await project.status("sale").0.failedIntervals == [])
      #expect(try await views(project) == "confirmed|confirmed|null|0|null")
    }
  }

  @Test("a published interval that failed to be computed again stays named until it is; --failed computes it")
  func again() async throws {
    try await withProject { project in
      try await define(project)
      try await project.publish("sale")
      let bad = project.day(-2)
      try await project.execute("update src.sale set amount = -1 where day = '\(bad)'")
      #expect(try await project.run("sale", .day(bad)).status == .failed)
      #expect(try await project.run("sale").state == .upToDate)
      let status = try await project.status("sale").0
      #expect(status.lastState == "up_to_date" && status.lastError == nil)
      #expect(status.failedIntervals == ["\(bad)"] && status.missing == 0)

      try await project.execute("update src.sale set amount = 5 where day = '\(bad)'")
      var options = RunOptions()
      options.continues = true
      #expect(try await project.outcome("sale", options).intervals.map(\.start) == [bad])
      #expect(try await project.rows("select amount from reports.sale where day = '\(bad)'") == "5")
      #expect(try await project.status("sale").0.failedIntervals == [])
    }
  }

  @Test("a refused date and a run with other parameters leave no failure behind")
  func refused() async throws {
    try await withProject { project in
      try await project.sellDaily(since: 3)
      try await project.define(
        "sale",
        Definition.daily(
          start: project.day(-3), rest: "parameters: {least: {type: integer, default: 1}}"),
        sql: Definition.sql + " and 10 / :least > 0")
      try await project.publish("sale")
      #expect(try await project.run("sale", .day(project.day(5))).status == .usage)
      #expect(try await project.status("sale").0.lastState == "confirmed")
      let bad = try await project.outcome("sale", RunOptions(parameters: ["least": .scalar("0")]))
      #expect(bad.status == .failed)
      let status = try await project.status("sale").0
      #expect(status.lastState == "confirmed" && status.lastError == nil && status.failedIntervals == [])
      #expect(try await views(project) == "confirmed|confirmed|null|0|null")
      #expect(try await project.count("select from reportgen.failure") == 0)
      // Nor is there anything to repeat.
      let last = try await LedgerReport(
        servers: project.servers, fingerprints: StoredDefinitions.fingerprints
      )
      .lastRun()
      #expect(last?.toRepeat(in: DependencyGraph(try project.reports())) == [])
    }
  }

  @Test("an interrupted run says how many of how many are published, and --failed continues beyond the limit")
  func interrupted() async throws {
    try await withProject { project in
      try await define(project, days: 50, rest: "")
      try await project.publish("sale", .range(from: project.day(-50), to: project.day(-49)))
      let slow =
        Definition.sql + " and (sale.day < '\(project.day(-38))' or pg_catalog.pg_sleep(600) is not null)"
      try await project.define("sale", Definition.daily(start: project.day(-50)), sql: slow)
      let run = Task {
        try await project.night(
          0, ["sale"], RunOptions(backfill: true), limit: PortionLimit(rows: 10, duration: .seconds(600)))
      }
      try await project.waitOnReplica(
        "exists (select from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep')")
      run.cancel()
      let result = try await run.value
      #expect(result.status == .interrupted)
      #expect(
        result.diagnostics.map(\.description) == [
          """
          error: interrupted
            detail: Published: 10 of 49 intervals. Each table and file is as it was before, or as it is after its report's publish.
            hint: "reportgen run --failed" continues it.
          """
        ])
      #expect(try await project.status("sale").0.lastState == "interrupted")
      try await project.define("sale", Definition.daily(start: project.day(-50)))
      var options = RunOptions()
      options.continues = true
      #expect(try await project.outcome("sale", options).status == .done)
      #expect(try await project.status("sale").0.missing == 0)
    }
  }
}
