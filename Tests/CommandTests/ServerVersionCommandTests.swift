import TestSupport
import Testing

@Suite struct ServerVersionCommandTests {
  @Test(
    "a server that is too old ends every command that connects 65, with the version that it needs",
    arguments: [
      ["init"], ["run", "total"], ["plan"], ["plan", "--diff"], ["verify", "total"], ["status"], ["history"],
      ["export", "total"],
    ])
  func refused(_ arguments: [String]) async throws {
    let server = try FakePostgres(version: "14.9")
    defer { server.stop() }
    try await withDefinitions { project in
      try project.configure(replica: server.conninfo, primary: server.conninfo)
      let outcome = try await project.run(arguments)
      #expect(outcome.status == 65)
      #expect(
        outcome.error.contains(
          """
          error: primary is PostgreSQL 14.9, but version 15 or newer is needed
            detail: Nothing was changed.
            hint: Upgrade the server, or name another one; versions 15 to 18 are tested.
          """), "\(outcome.error)")
    }
  }

  @Test("doctor calls a server that is too old a problem")
  func doctor() async throws {
    let server = try FakePostgres(version: "14.9")
    defer { server.stop() }
    try await withDefinitions { project in
      try project.configure(replica: server.conninfo, primary: server.conninfo)
      let outcome = try await project.run(["doctor"])
      #expect(outcome.status == 1)
      for name in ["primary", "replica"] {
        #expect(
          outcome.output.contains("\(name) is PostgreSQL 14.9, but version 15 or newer is needed"),
          "\(outcome.output)")
      }
      #expect(
        outcome.output.contains("Upgrade the server, or name another one; versions 15 to 18 are tested."),
        "\(outcome.output)")
    }
  }
}
