import TestSupport
import Testing

@Suite("Runs at the same time")
struct ConcurrentRunTests {
  @Test("a second run of the same report gives way, or waits for the first with --lock-wait")
  func same() async throws {
    try await withProject { project in
      try await RunStep.prepare(project)
      try RunStep.check.touch(project)
      let first = try await RunStep.check.reach(project)
      try await project.expectFault("another-run", "run", "gated", unchanged: false)
      try await project.expectFault("another-run", "run", "gated", "--lock-wait", "50ms", unchanged: false)
      let patient = try project.start(["run", "gated", "--lock-wait", "60s"])
      try await waitUntil(
        project.database.primary,
        "(select count(*) from pg_stat_activity where application_name = 'reportgen' and datname = current_database()) > 1"
      )
      #expect(!patient.hasEnded)
      await first.release()
      let (one, two) = (try await first.run.outcome(), try await patient.outcome())
      #expect(one.status == 0 && one.error == "", "\(one.error)")
      #expect(two.status == 0 && two.error == "", "\(two.error)")
      #expect(one.output.contains("10000 changed") && two.output.contains("none changed"), "\(two.output)")
      try await project.expectDone(.check)
    }
  }

  @Test("runs of different reports do not wait for each other")
  func different() async throws {
    try await withProject { project in
      try await RunStep.prepare(project)
      try RunStep.check.touch(project)
      let first = try await RunStep.check.reach(project)
      try await project.succeed("run", "total")
      #expect(!first.run.hasEnded)
      await first.release()
      #expect(try await first.run.outcome().status == 0)
      try await project.expectDone(.check)
    }
  }

  @Test("a run whose attempt was taken over publishes nothing")
  func takenOver() async throws {
    try await withProject { project in
      try await RunStep.prepare(project)
      try RunStep.check.touch(project)
      let before = try project.state()
      let first = try await RunStep.check.reach(project)
      _ = try project.onPrimary("update reportgen.report_run set state = 'abandoned' where state = 'running'")
      await first.release()
      let outcome = try await first.run.outcome()
      try expectGolden(
        "exit \(outcome.status)\n\(project.normalized(outcome.error))", "faults/taken-over.txt")
      #expect(try project.state().changes(since: before) == [])
      try await project.expectDone(.check)
    }
  }

  @Test("a dozen runs of a report at once publish its rows once, one after the other")
  func crowd() async throws {
    try await withProject { project in
      let runs = try (0..<12).map { _ in try project.start(["run", "total", "--lock-wait", "60s"]) }
      var changed = 0
      for run in runs {
        let outcome = try await run.outcome()
        #expect(outcome.status == 0 && outcome.error == "", "\(outcome.error)")
        if !outcome.output.contains("none changed") { changed += 1 }
      }
      #expect(changed == 1)
      try await project.expectNothingLeft()
      try project.expectRows("reports.total", Samples.totalSQL)
      try project.expectFile("total", order: "item")
    }
  }
}
