import Foundation
import TestSupport
import Testing

@Suite("run --failed and --restate")
struct FailedRunTests {
  /// `broken` divides by the cups that were sold, `reader` reads it.
  private func define(_ project: CommandProject) throws {
    try project.report(
      "broken", sql: "select 10 / count(*) as share from shop.sale as sale where sale.item = 'Cup'",
      "title: Broken\ntags: [nightly]\nmaterialize: {as: table, table: reports.broken}\nexport: {}")
    try project.report(
      "reader", sql: "select broken.share from reports.broken as broken",
      "title: Reader\nmaterialize: {as: table, table: reports.reader}\nexport: {}")
  }

  private func sellCup(_ project: CommandProject) async throws {
    _ = try project.onPrimary("insert into shop.sale values (20, '2024-03-03', 'Cup', 1)")
    try await project.database.waitForReplay()
  }

  @Test("--failed runs what the last run failed or skipped; when there is nothing, it ends 0 with a message")
  func failed() async throws {
    try await withProject(published: false) { project in
      try define(project)
      try await project.succeed("init")
      #expect(try await project.succeed("run", "--failed") == "nothing has failed: there was no run yet\n")
      #expect(try await project.run("run", "--all").status == 1)
      let others = try await project.succeed("run", "--failed", "total")
      #expect(
        others
          == "none of these reports failed in the last run, of TIME: reportgen run --all --project PROJECT\n")
      // An intersection with what is chosen: the reader stays for later.
      try await sellCup(project)
      let tagged = try await project.succeed("run", "--failed", "--tag", "nightly")
      #expect(tagged.hasPrefix("broken  confirmed"))
      #expect(!tagged.contains("reader"))
      let nothing = try await project.succeed("run", "--failed")
      #expect(
        nothing
          == "nothing failed in the last run, of TIME: reportgen run --failed --tag nightly --project PROJECT\n"
      )
      #expect(try await project.succeed("run", "--failed", "--quiet") == "")
      let json = try await project.succeed("run", "--failed", "--format", "json")
      let value = try #require(
        try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
      #expect(Set(value.keys) == ["diagnostics", "exitCode", "reports"])
      #expect(value["exitCode"] as? Int == 0)
    }
  }

  @Test("--failed also runs the reports that were skipped because they read a failed one")
  func skipped() async throws {
    try await withProject(published: false) { project in
      try define(project)
      try await project.succeed("init")
      let nightly = try await project.run("run", "--all")
      #expect(nightly.status == 1)
      #expect(nightly.output.contains("reader  skipped"))
      let again = try await project.run("run", "--failed")
      #expect(again.status == 1)
      try await sellCup(project)
      let mended = try await project.succeed("run", "--failed")
      #expect(mended.hasPrefix("broken  confirmed"))
      #expect(mended.contains("\nreader  confirmed"))
      #expect(!mended.contains("total"))
      #expect(try project.onPrimary("select share from reports.reader") == "10")
    }
  }

  @Test("--failed runs the reports that a killed run did not finish")
  func killed() async throws {
    try await withProject(published: false) { project in
      try project.report("gated", sql: Samples.gatedSQL, Samples.gatedYAML)
      try project.report(
        "reader", sql: "select gated.id from reports.gated as gated",
        "title: Reader\nmaterialize: {as: table, table: reports.reader}\nexport: {}")
      try await project.succeed("init")
      let gate = try await Gate.key(1, on: project.database.replica)
      let run = try project.start(["run", "gated", "reader"])
      try await waitUntil(project.database.replica, Gate.waiting("advisory"))
      // It lives, so it is not the last run that is over.
      #expect(try await project.succeed("run", "--failed") == "nothing has failed: there was no run yet\n")
      run.signal(SIGKILL)
      _ = try await run.outcome()
      await gate.open()
      // Its session notices in its own time.
      try await waitUntil(
        project.database.primary,
        "not exists (select from pg_stat_activity where application_name = 'reportgen' and datname = current_database())"
      )
      let again = try await project.succeed("run", "--failed")
      #expect(again.hasPrefix("gated  confirmed"))
      #expect(again.contains("\nreader  confirmed"))
      try await project.expectNothingLeft()
    }
  }

  @Test("a changed definition is a warning of run and status until --restate has computed its rows again")
  func restate() async throws {
    try await withProject { project in
      try project.daily()
      try await project.succeed("init")
      try await project.succeed("run", "daily")
      let sql = try project.text("reports/daily.sql")
      try project.write(sql.replacing("coalesce(sum", with: "1 + coalesce(sum"), to: "reports/daily.sql")
      let run = try await project.run("run", "daily")
      #expect(run.status == 0)
      #expect(run.output == "daily  up to date\n")
      let status = try await project.run("status", "daily")
      #expect(status.status == 0)
      #expect(status.error == run.error)
      #expect(status.output.contains("OUTDATED"))
      #expect(
        run.error.replacing(/\d{4}-\d\d-\d\d/, with: "DAY") == """
          reports/daily.yaml: warning: the definition of "daily" means something else than when 2 intervals were published
            detail: DAY..DAY: the rows stay as they are.
            hint: "reportgen run daily --restate" computes them again; so does every run with "on_change: restate" under "materialize".

          """)
      let restated = try await project.succeed("run", "daily", "--restate")
      #expect(restated.contains("2 rows: 2 changed"))
      let quiet = try await project.run("status", "daily")
      #expect(quiet.error == "")
      #expect(!quiet.output.contains("OUTDATED"))
    }
  }
}
