import TestSupport
import Testing

/// Servers that take no more sessions (53300).
@Suite("Too many sessions")
struct TooManySessionsTests {
  private func limit(_ role: String, _ count: Int, _ project: CommandProject) throws {
    _ = try project.onPrimary("alter role \(role) connection limit \(count)")
  }

  @Test("a server that takes no session at all ends a run 75 after reconnect_wait")
  func none() async throws {
    let pair = try await startPrivatePair()
    try await withProject(on: pair) { project in
      try project.configure(more: "    reconnect_wait: 1s")
      for (role, server) in [("reportgen_writer", "primary"), ("reportgen_reader", "replica")] {
        try limit(role, 0, project)
        try await project.database.waitForReplay()
        try await project.expectFault("too-many-\(server)", "run", "total")
        try limit(role, -1, project)
        try await project.database.waitForReplay()
      }
      try await project.succeed("run", "total")
    }
    try await pair.stop()
  }

  @Test("a run waits until the server takes a session again")
  func inTime() async throws {
    let pair = try await startPrivatePair()
    try await withProject(on: pair) { project in
      for (role, server) in [("reportgen_writer", "primary"), ("reportgen_reader", "replica")] {
        try limit(role, 0, project)
        try await project.database.waitForReplay()
        let run = try project.start(["run", "total"])
        try await run.waitForError(
          "waiting up to 30 s for the \(server): could not connect to \"\(server)\": too many")
        try limit(role, -1, project)
        #expect(try await run.outcome().status == 0)
      }
    }
    try await pair.stop()
  }

  @Test(
    "a run that is refused further sessions continues with fewer",
    arguments: ["reportgen_writer", "reportgen_reader"])
  func lanes(_ role: String) async throws {
    let pair = try await startPrivatePair()
    try await withProject(on: pair) { project in
      let names = (1...6).map { "total-\($0)" }
      for name in names {
        try project.report(
          name, sql: Samples.totalSQL,
          "title: Total\nmaterialize: {as: table, table: reports.\(name.replacing("-", with: "_"))}")
      }
      try await project.succeed("init")
      try limit(role, 1, project)
      try await project.database.waitForReplay()
      let outcome = try await project.run("run", "--all", "--jobs", "4")
      #expect(outcome.status == 0, "\(outcome.error)")
      try expectGolden(outcome.error, "faults/fewer-lanes-\(role).txt")
      for name in names {
        try project.expectRows("reports.\(name.replacing("-", with: "_"))", Samples.totalSQL)
      }
      // One level, one snapshot, whoever read it.
      let snapshots = "select count(distinct snapshot) from reportgen.report_run where report like 'total-_'"
      #expect(try project.onPrimary(snapshots) == "1")
      try await project.expectNothingLeft()
    }
    try await pair.stop()
  }
}
