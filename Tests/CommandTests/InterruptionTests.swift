import Foundation
import TestSupport
import Testing

@Suite("Interruptions")
struct InterruptionTests {
  @Test(
    "Ctrl-C and SIGTERM end a run with 130, cancel its statements, and leave nothing half-done")
  func interrupt() async throws {
    let pair = try await startPrivatePair()
    try await withProject(on: pair) { project in
      try await RunStep.prepare(project)
      for (number, step) in RunStep.allCases.enumerated() {
        try await expectInterruption(project, step, signal: number % 2 == 0 ? SIGINT : SIGTERM)
      }
    }
    try await pair.stop()
  }

  @Test("SIGKILL at any step loses nothing, doubles nothing, and the next run leaves nothing behind")
  func kill() async throws {
    let pair = try await startPrivatePair()
    try await withProject(on: pair) { project in
      try await RunStep.prepare(project)
      for step in RunStep.allCases { try await expectSurvivedKill(project, step) }
    }
    try await pair.stop()
  }

  @Test("a second Ctrl-C ends a command whose server does not answer any more")
  func twice() async throws {
    let pair = try await startPrivatePair()
    try await withProject(on: pair) { project in
      try await RunStep.prepare(project)
      let stopped = try await RunStep.read.reach(project)
      pair.pause(.replica)
      pair.pause(.primary)
      stopped.run.signal(SIGINT)
      // The first one is being heeded when the second comes: it asks the servers, which are silent.
      try await stopped.run.waitForError("again")
      stopped.run.signal(SIGINT)
      let outcome = try await stopped.run.outcome()
      #expect(outcome.status == 130)
      // Without the second one, the command would give the servers up after a while and say that it was interrupted.
      #expect(outcome.error == "waiting for the servers to cancel; interrupt again to end at once\n")
      pair.resume(.primary)
      pair.resume(.replica)
      await stopped.release()
    }
    try await pair.stop()
  }
}

private func expectInterruption(_ project: CommandProject, _ step: RunStep, signal: Int32) async throws {
  try step.touch(project)
  let before = try project.state()
  let stopped = try await step.reach(project)
  stopped.run.signal(signal)
  let outcome = try await stopped.run.outcome()
  let active = try project.activeStatements()
  await stopped.release()
  #expect(outcome.status == 130, "\(step): \(outcome.error)")
  #expect(active == [], "\(step): its statements are cancelled when it ends")
  try await project.expectNothingLeft("\(step)")
  try expectGolden(project.normalized(outcome.error), "faults/interrupted-\(step.rawValue).txt")
  if !step.isPublished { #expect(try project.state().changes(since: before) == [], "\(step)") }
  try await project.database.waitForReplay()
  try await project.expectDone(step)
}

private func expectSurvivedKill(_ project: CommandProject, _ step: RunStep) async throws {
  try step.touch(project)
  let stopped = try await step.reach(project)
  stopped.run.signal(SIGKILL)
  #expect(try await stopped.run.outcome().status == 137, "\(step)")
  #expect(
    try project.onPrimary("select count(*) from reportgen.report_history where state = 'running'") < "2")
  await stopped.release()
  try await project.expectDone(step)
}

extension CommandProject {
  /// What the command's sessions run right now, on both servers.
  func activeStatements() throws -> [String] {
    let sql = """
      select query from pg_stat_activity where datname = current_database() and application_name = 'reportgen'
        and state <> 'idle' and wait_event is distinct from 'ClientRead'
      """
    return try [onPrimary(sql), onReplica(sql)].filter { !$0.isEmpty }
  }
}
