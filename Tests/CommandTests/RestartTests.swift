import Foundation
import Sandbox
import TestSupport
import Testing

/// Servers that go away under a run and are back soon.
@Suite("Servers that are restarted under a run")
struct RestartTests {
  /// A fast shutdown, as for an update, and a crash.
  enum Manner: String, CaseIterable, Sendable { case fast, crash }

  private func restart(_ server: Sandbox.Server, _ manner: Manner, _ pair: TestPair) async throws {
    switch (server, manner) {
    case (_, .fast): try await pair.shutDown(server)
    case (.primary, .crash): try await pair.killPrimary()
    case (.replica, .crash): try await pair.killReplica()
    }
    switch server {
    case .primary: try await pair.startPrimary()
    case .replica: try await pair.startReplica()
    }
  }

  @Test(
    "whatever a run was doing, it waits for the server and ends well, with every row once",
    arguments: Sandbox.Server.allCases, Manner.allCases)
  func restart(_ server: Sandbox.Server, _ manner: Manner) async throws {
    let pair = try await startPrivatePair()
    try await withProject(on: pair) { project in
      try await RunStep.prepare(project)
      for step in RunStep.allCases {
        try step.touch(project)
        let stopped = try await step.reach(project)
        try await restart(server, manner, pair)
        await stopped.release()
        let outcome = try await stopped.run.outcome()
        #expect(outcome.status == 0, "\(step): \(outcome.error)")
        try await project.expectDone(step)
      }
      // A session that was lost could not say so: the next one did.
      let silent =
        "select report, attempt from reportgen.report_history where state = 'failed' and error is null"
      #expect(try project.onPrimary(silent) == "")
    }
    try await pair.stop()
  }

  @Test("Ctrl-C ends the wait for a server", arguments: Sandbox.Server.allCases)
  func interrupted(_ server: Sandbox.Server) async throws {
    let pair = try await startPrivatePair()
    try await withProject(on: pair) { project in
      try await RunStep.prepare(project)
      let step: RunStep = server == .primary ? .check : .readMiddle
      try step.touch(project)
      let stopped = try await step.reach(project)
      try await pair.shutDown(server)
      try await stopped.run.waitForError("waiting up to 30 s for the \(server.rawValue)")
      stopped.run.signal(SIGINT)
      #expect(try await stopped.run.outcome().status == 130)
      await stopped.release()
      if server == .primary { try await pair.startPrimary() } else { try await pair.startReplica() }
      try await project.expectDone(step)
    }
    try await pair.stop()
  }

  @Test("a primary that does not return in time ends the run 75 after reconnect_wait, once for all reports")
  func neverBack() async throws {
    let pair = try await startPrivatePair()
    try await withProject(on: pair) { project in
      try project.configure(more: "    reconnect_wait: 2s")
      try await RunStep.prepare(project)
      try RunStep.check.touch(project)
      let stopped = try await RunStep.check.reach(project, ["total", "daily", "--jobs", "3"])
      try await waitUntil(
        project.database.primary,
        "exists (select from reportgen.report_run where report = 'total' and state = 'published')")
      try await pair.shutDown(.primary)
      let outcome = try await stopped.run.outcome()
      await stopped.release()
      // Whether it is shutting down or gone is a matter of moments.
      let lines = project.normalized(outcome.error).split(separator: "\n", omittingEmptySubsequences: false)
      #expect(
        lines.first?.hasPrefix("waiting up to 2 s for the primary: could not connect to \"primary\": ")
          == true)
      try expectGolden(
        "exit \(outcome.status)\n\(lines.dropFirst().joined(separator: "\n"))",
        "faults/primary-never-back.txt")
      try await pair.startPrimary()
      try await project.succeed("run", "total", "daily")
      try await project.expectDone(.check)
    }
    try await pair.stop()
  }
}
