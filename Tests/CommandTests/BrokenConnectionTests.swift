import Foundation
import Sandbox
import TestSupport
import Testing

/// The network between a run and its servers.
@Suite("Connections that are reset or get no answer")
struct BrokenConnectionTests {
  @Test(
    "a reset at any step costs an attempt at most: the same run ends well, with every row once",
    arguments: Sandbox.Server.allCases)
  func reset(_ server: Sandbox.Server) async throws {
    let pair = try await startPrivatePair()
    try await withProject(on: pair) { project in
      try await RunStep.prepare(project)
      try await withProxies(project) { proxies in
        for step in RunStep.allCases {
          try step.touch(project)
          let stopped = try await step.reach(project)
          proxies[server].cutAll()
          await stopped.release()
          let outcome = try await stopped.run.outcome()
          #expect(outcome.status == 0, "\(step): \(outcome.error)")
          try await project.expectDone(step)
        }
      }
    }
    try await pair.stop()
  }

  /// Bounds: 10 s statement_timeout and 5 s more, 5 s for a cancel, 2 s to connect, reconnect_wait, the outcome of a
  /// COMMIT 30 s.
  @Test(
    "a network that drops every packet ends a run 69 or 75, and the next run publishes what is missing",
    arguments: [
      (Sandbox.Server.primary, [RunStep.readMiddle, .commit]),
      (.replica, [.readMiddle, .export]),
    ])
  func silence(_ server: Sandbox.Server, _ steps: [RunStep]) async throws {
    let pair = try await startPrivatePair()
    try await withProject(on: pair) { project in
      try await RunStep.prepare(project)
      try await withProxies(project, isSilenced: true) { proxies in
        for step in steps {
          try step.touch(project)
          let stopped = try await step.reach(project)
          proxies[server].become(.silence)
          await stopped.release()
          let outcome = try await stopped.run.outcome()
          #expect([69, 75].contains(outcome.status), "\(step) \(outcome.status): \(outcome.error)")
          proxies[server].become(.none)
          proxies[server].cutAll()
          try await project.expectDone(step)
        }
      }
    }
    try await pair.stop()
  }

  @Test("the server ends the sessions of a killed command, also in the middle of a statement")
  func killed() async throws {
    try await withProject { project in
      try await RunStep.prepare(project)
      for step in [RunStep.readMiddle, .check] {
        try step.touch(project)
        let stopped = try await step.reach(project)
        stopped.run.signal(SIGKILL)
        #expect(try await stopped.run.outcome().status == 128 + SIGKILL)
        let gone = """
          not exists (select from pg_stat_activity
            where application_name = 'reportgen' and datname = current_database())
          """
        try await waitUntil(project.database.replica, gone)
        try await waitUntil(project.database.primary, gone)
        await stopped.release()
        try await project.expectDone(step)
      }
    }
  }
}
