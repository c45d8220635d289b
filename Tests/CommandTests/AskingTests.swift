import Foundation
import TestSupport
import Testing

@Suite("Commands that change nothing: plan and verify")
struct AskingTests {
  /// Estimates are the server's, and as wide as they are.
  private func masked(_ text: String, _ project: CommandProject) -> String {
    project.normalized(text).replacing(/~\d+(\.\d+)?/, with: "~N").replacing(/[ ]{2,}/, with: "  ")
      .replacing(/\d{4}-\d\d-\d\d/, with: "DAY")
  }

  @Test("a plan shows what a run would do, and changes nothing")
  func plan() async throws {
    try await withProject { project in
      try project.daily(lookback: 1)
      try project.report(
        "above", sql: "select daily.day from reports.daily as daily",
        "title: Above\nmaterialize: {as: table, table: reports.above}")
      let before = try project.state()
      let first = try await project.run("plan")
      #expect(first.status == 0)
      try expectGolden(masked(first.output, project), "output/plan.txt")
      try expectGolden(first.error, "output/plan-error.txt")
      let alone = try await project.run("plan", "above")
      #expect(alone.status == 0)
      try expectGolden(masked(alone.output, project) + alone.error, "output/plan-upstream.txt")
      #expect(try project.state().changes(since: before) == [])
      try await project.expectNothingLeft()
      try await project.succeed("run", "--all")
      try project.removeFiles("daily")
      try expectGolden(masked(try await project.succeed("plan", "daily"), project), "output/plan-again.txt")
    }
  }

  @Test("a plan with --diff shows the rows that would change, and keeps them nowhere")
  func diff() async throws {
    try await withProject { project in
      let before = try project.state()
      let output = try await project.succeed("plan", "total", "--diff")
      try expectGolden(masked(output, project), "output/plan-diff.txt")
      #expect(try await project.succeed("run", "total", "--dry-run").hasSuffix(output.suffix(40)))
      #expect(try project.state().changes(since: before) == [])
      try await project.expectNothingLeft()
      let ledger = try project.onPrimary(
        "select r::text from reportgen.report_run r union all select r::text from reportgen.run r")
      #expect(!ledger.contains("Mug"))
      let verbose = try await project.run("run", "total", "--dry-run", "--verbose")
      #expect(!verbose.error.contains("Mug"))
    }
  }

  @Test("a plan that cannot be made ends as the run would")
  func planStatus() async throws {
    try await withProject { project in
      try project.daily()
      let wrong = try await project.run("plan", "daily", "--date", "2999-01-01")
      #expect(wrong.status == 64 && wrong.output.contains("cannot run"))
      let broken = try await project.run("plan", "total", "--param", "x=1")
      #expect(broken.status == 64 && broken.output == "")
      try project.report("total", sql: "select sale.item from shop.sale as sale", Samples.totalYAML)
      let lost = try await project.run("plan", "total")
      #expect(lost.status == 65 && lost.error.contains("is no longer in the query"))
    }
  }

  @Test("drift ends 1 and is shown by key; a run mends it")
  func verify() async throws {
    try await withProject { project in
      let before = try project.state()
      let drift = try await project.run("verify", "total")
      #expect(drift.status == 1 && drift.error == "")
      try expectGolden(masked(drift.output, project), "output/verify.txt")
      let json = try await project.run("verify", "--format", "json")
      #expect(json.status == 1)
      let document = try #require(
        try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
      #expect(document["exitCode"] as? Int == 1)
      #expect(try project.state().changes(since: before) == [])
      #expect(try project.onPrimary("select count(*) from reportgen.run") == "1")
      try await project.expectNothingLeft()
      try await project.succeed("run", "total")
      try expectGolden(masked(try await project.succeed("verify"), project), "output/verify-equal.txt")
    }
  }

  @Test("Ctrl-C ends a verification with 130 and cancels its statements on the servers")
  func interrupt() async throws {
    try await withProject { project in
      try project.report("gated", sql: Samples.gatedSQL, Samples.gatedYAML)
      try await project.succeed("run", "gated")
      let gate = try await Gate.key(1, on: project.database.replica)
      let verify = try project.start(["verify", "gated"])
      try await gate.waitForRun("advisory")
      verify.signal(SIGINT)
      let outcome = try await verify.outcome()
      #expect(outcome.status == 130)
      #expect(outcome.error == "error: interrupted\n  detail: Nothing was changed.\n")
      #expect(try project.activeStatements() == [])
      await gate.open()
      try await project.expectNothingLeft()
    }
  }
}
