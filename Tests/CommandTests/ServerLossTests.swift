import Foundation
import TestSupport
import Testing

@Suite("Servers that die under a run")
struct ServerLossTests {
  /// Stops a run at a step that gives a server up soon; the next one has the usual limits.
  private func reachImpatiently(_ step: RunStep, _ project: CommandProject) async throws -> StoppedRun {
    try project.configure(more: "    confirm_wait: 2s\n    reconnect_wait: 1s")
    defer { try? project.configure() }
    return try await step.reach(project)
  }

  /// Rows that were read so far are worth nothing without the server's word that they were all.
  @Test(
    "a replica that is killed never leaves truncated rows or files; another try or the next run reads them again"
  )
  func replica() async throws {
    let pair = try await startPrivatePair()
    try await withProject(on: pair) { project in
      try await RunStep.prepare(project)
      for step in [RunStep.read, .readMiddle, .check, .commit, .export] {
        try step.touch(project)
        let before = try project.state()
        let stopped = try await reachImpatiently(step, project)
        try await pair.killReplica()
        if !step.isOnReplica { for gate in stopped.gates { await gate.open() } }
        let outcome = try await stopped.run.outcome()
        await stopped.release()
        #expect(outcome.status == 75, "\(step): \(outcome.error)")
        if step == .read || step == .readMiddle {
          #expect(try project.state().changes(since: before) == [], "\(step)")
        }
        try await pair.startReplica()
        try await project.expectDone(step)
      }
    }
    try await pair.stop()
  }

  @Test("a replica that comes back in time is read again within the same run")
  func replicaReturns() async throws {
    let pair = try await startPrivatePair()
    try await withProject(on: pair) { project in
      try await RunStep.prepare(project)
      try RunStep.readMiddle.touch(project)
      let stopped = try await RunStep.readMiddle.reach(project)
      // A crash of one backend makes the postmaster end and restart them all.
      let process = try project.onReplica(
        "select pid from pg_stat_activity where application_name = 'reportgen' and wait_event_type = 'Lock'")
      Foundation.kill(try #require(pid_t(process)), SIGKILL)
      await stopped.release()
      let outcome = try await stopped.run.outcome()
      #expect(outcome.status == 0, "\(outcome.error)")
      #expect(outcome.error.contains("gated: trying again in 400 ms: "))
      try await project.expectDone(.readMiddle)
    }
    try await pair.stop()
  }

  @Test(
    "a primary that is killed before, in or after the COMMIT shows all of the rows or none; the run ends 75")
  func primary() async throws {
    let pair = try await startPrivatePair()
    try await withProject(on: pair) { project in
      try await RunStep.prepare(project)
      for step in [RunStep.read, .readMiddle, .check, .change, .ledger, .commit, .confirm] {
        try step.touch(project)
        let before = try project.state()
        let stopped = try await reachImpatiently(step, project)
        try await pair.killPrimary()
        if step.isOnReplica { await stopped.release() }
        let outcome = try await stopped.run.outcome()
        await stopped.release()
        #expect(outcome.status == 75, "\(step) \(outcome.status): \(outcome.error)")
        if step == .commit {
          #expect(
            outcome.error.contains("error: whether \"gated\" is published is not known\n"), "\(outcome.error)"
          )
        }
        try await pair.startPrimary()
        if !step.isPublished { #expect(try project.state().changes(since: before) == [], "\(step)") }
        try await project.expectDone(step)
      }
    }
    try await pair.stop()
  }

  @Test("a primary that is back at once is published to by the same run")
  func primaryReturns() async throws {
    let pair = try await startPrivatePair()
    try await withProject(on: pair) { project in
      try await RunStep.prepare(project)
      for step in [RunStep.check, .change, .commit] {
        try step.touch(project)
        let stopped = try await step.reach(project)
        let process = try project.onPrimary(
          "select pid from pg_stat_activity where application_name = 'reportgen' and wait_event_type = 'Lock'"
        )
        Foundation.kill(try #require(pid_t(process)), SIGKILL)
        await stopped.release()
        let outcome = try await stopped.run.outcome()
        #expect(outcome.status == 0, "\(step): \(outcome.error)")
        try await project.expectDone(step)
      }
    }
    try await pair.stop()
  }
}
