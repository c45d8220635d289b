import Foundation
import TestSupport
import Testing

@Suite("Runs beside a Superset")
struct SupersetTests {
  /// Environment `test` with a Superset at an address.
  private func configure(_ project: CommandProject, _ url: String) throws {
    try project.configure()
    let superset = """
          superset: {url: "\(url)", database_uri: "postgresql://superset@db/shop", credentials: account}
      """
    try project.write(
      try project.text("reportgen.yaml").replacing("    on_lag:", with: superset + "\n    on_lag:"),
      to: "reportgen.yaml")
    try project.write("admin:secret\n", to: "account")
  }

  @Test("a Superset that is down is a warning after each run, whatever the run had to do")
  func down() async throws {
    try await withProject { project in
      try configure(project, "http://127.0.0.1:1")
      for run in 1...2 {
        let outcome = try await project.run("run", "total")
        #expect(outcome.status == 0, "\(run)")
        #expect(
          outcome.error == """
            warning: Superset may show older rows: could not reach Superset: could not connect to http://127.0.0.1:1
              hint: The next run tries again.

            """, "\(run)")
      }
      #expect(!FileManager.default.fileExists(atPath: project.output + "/superset-test.json"))
      let json = try await project.run("run", "total", "--format", "json").output
      #expect(json.contains("Superset may show older rows"))
    }
  }

  @Test(
    "a signal ends the wait for a Superset that never answers; the rows are published",
    arguments: [SIGINT, SIGTERM, SIGHUP])
  func silent(_ signal: Int32) async throws {
    let server = try LoopbackServer { _ in [.waitForClose] }
    defer { server.stop() }
    try await withProject { project in
      try configure(project, server.url)
      let running = try project.start(["run", "total"])
      try await waitFor("a request") { !server.requests.isEmpty }
      running.signal(signal)
      let outcome = try await running.outcome()
      #expect(outcome.status == 130)
      #expect(
        outcome.error == """
          warning: Superset may show older rows: interrupted
            hint: The next run tries again.
          error: interrupted
            detail: Each table and file is as it was before, or as it is after its report's publish.
            hint: Run again: what is missing or owed is done then.

          """)
      #expect(outcome.output.contains("total  confirmed"), "\(outcome.output)")
      try await project.expectNothingLeft("Superset")
    }
  }

  @Test("dry runs and runs with other parameters send nothing to Superset")
  func rehearsal() async throws {
    let server = try LoopbackServer { _ in [.close] }
    defer { server.stop() }
    try await withProject { project in
      try configure(project, server.url)
      #expect(try await project.run("run", "total", "--dry-run").status == 0)
      #expect(server.requests == [])
      #expect(try await project.run("run", "total").error.contains("Superset may show older rows"))
      #expect(server.requests.map(\.target) == ["/api/v1/security/login"])
    }
  }

  @Test("what is missing for a sync is said before anything is asked")
  func configuration() async throws {
    try await withProject { project in
      try project.configure()
      var outcome = try await project.run("superset", "sync")
      #expect(outcome.status == 65)
      #expect(
        outcome.error == """
          error: environment "test" does not say how Superset reaches its tables
            hint: Add superset.database_uri to it in reportgen.yaml, such as \
          postgresql+psycopg2://superset@192.168.88.123/internetshop.

          """)
      try configure(project, "http://127.0.0.1:1")
      outcome = try await project.run("superset", "sync")
      #expect(outcome.status == 69)
      #expect(
        outcome.error == "error: could not reach Superset: could not connect to http://127.0.0.1:1\n")
      try project.write("admin\n", to: "account")
      outcome = try await project.run("superset", "sync")
      #expect(outcome.status == 65)
      #expect(
        outcome.error == """
          error: "account" holds no credentials
            hint: It has user:password in its first line.

          """)
    }
  }
}
