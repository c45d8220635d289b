import Foundation
import ReportModel
import ReportSettings
import SupersetAssets
import TestSupport
import Testing

@testable import RunFollowUp

@Suite struct SupersetFollowUpTests {
  private func withSuperset<R>(
    _ url: String, account: String = "account", more: String = "",
    _ body: (inout EndedProject) async throws -> R
  ) async throws -> R {
    let yaml = """
      default_env: test
      environments:
        test:
          replica: host=/nowhere
          primary: host=/nowhere
          superset: {url: "\(url)", database_uri: "postgresql://superset@db/shop", credentials: \(account)\(more)}
      """
    return try await withEndedProject(yaml) { project async throws in
      try project.write("admin:secret\n", to: "account")
      return try await body(&project)
    }
  }

  private let warning = """
    warning: Superset may show older rows: %
      hint: The next run tries again.
    """

  private func warning(_ reason: String) -> String { warning.replacing("%", with: reason) }

  @Test("without a Superset nothing happens; the ledger is not asked")
  func none() async throws {
    try await withEndedProject("timezone: UTC") { project async throws in
      let followUp = try project.followUp(ledger: .failing(Diagnostic("asked")))
      #expect(await followUp.refreshSuperset(result(.done), reports: [total]) == [])
    }
  }

  @Test("a Superset that cannot be reached is a warning, and is asked again after the next run")
  func unreachable() async throws {
    try await withSuperset("http://127.0.0.1:1") { project async throws in
      let followUp = try project.followUp()
      for _ in 1...2 {
        let warnings = await followUp.refreshSuperset(result(.done), reports: [total])
        #expect(
          warnings.text
            == warning("could not reach Superset: could not connect to http://127.0.0.1:1"))
      }
      #expect(project.text("out/superset-test.json") == nil)
    }
  }

  @Test("a Superset that shows the newest rows is not asked")
  func upToDate() async throws {
    let server = try LoopbackServer { _ in [.close] }
    defer { server.stop() }
    try await withSuperset(server.url) { project async throws in
      let shown = ShownVersions(url: server.url, datasets: ["total": "1"])
      try FileManager.default.createDirectory(
        atPath: project.folder + "/out", withIntermediateDirectories: true)
      try project.write(shown.text, to: "out/superset-test.json")
      #expect(try await project.followUp().refreshSuperset(result(.done), reports: [total]) == [])
      #expect(server.requests == [])
      let other = ShownVersions(url: server.url, datasets: ["total": "0"])
      try project.write(other.text, to: "out/superset-test.json")
      let warnings = try await project.followUp().refreshSuperset(result(.done), reports: [total])
      #expect(warnings.map(\.severity) == [.warning])
      #expect(server.requests.map(\.target) == ["/api/v1/security/login"])
    }
  }

  @Test("a Superset that never answers is waited for a bounded time")
  func silent() async throws {
    let server = try LoopbackServer { _ in [.waitForClose] }
    defer { server.stop() }
    try await withSuperset(server.url, more: ", timeout: 1s") { project async throws in
      let followUp = SupersetFollowUp(
        try project.settings(), run: EndedProject.runID, ledger: .empty)
      #expect(
        await followUp.run([total]).text == """
          warning: Superset may show older rows: not done within 1 s
            hint: Raise superset.timeout in reportgen.yaml. The next run tries again.
          """)
    }
  }

  @Test("a cancelled task ends the wait for a Superset")
  func cancelled() async throws {
    let server = try LoopbackServer { _ in [.waitForClose] }
    defer { server.stop() }
    try await withSuperset(server.url) { project async throws in
      let followUp = try project.followUp()
      let task = Task { await followUp.refreshSuperset(result(.done), reports: [total]) }
      while server.requests.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
      task.cancel()
      #expect(await task.value.text == warning("interrupted"))
    }
  }

  @Test("an account that is missing and a ledger that cannot be read are warnings")
  func failures() async throws {
    try await withSuperset("http://127.0.0.1:1", account: "nothing") { project async throws in
      let warnings = try await project.followUp().refreshSuperset(result(.done), reports: [total])
      #expect(
        warnings.text == """
          warning: Superset may show older rows: could not read the credentials "nothing": no such file or directory
            hint: It has user:password in its first line. The next run tries again.
          """)
    }
    try await withSuperset("http://127.0.0.1:1") { project async throws in
      let followUp = try project.followUp(ledger: .failing(RunError(.tryAgain, Diagnostic("away"))))
      let warnings = await followUp.refreshSuperset(result(.done), reports: [total])
      #expect(warnings.text == warning("away"))
    }
  }

  @Test("Superset is not asked in a rehearsal, without a primary, and without definitions")
  func notAsked() async throws {
    try await withSuperset("http://127.0.0.1:1") { project async throws in
      let rehearsal = try project.followUp(isRehearsal: true)
      #expect(await rehearsal.refreshSuperset(result(.done), reports: [total]) == [])
      let followUp = try project.followUp()
      #expect(await followUp.refreshSuperset(result(.done), reports: nil) == [])
      for status in [ReportModel.ExitStatus.unavailable, .interrupted, .usage] {
        #expect(await followUp.refreshSuperset(result(.done, own: status), reports: [total]) == [])
      }
    }
  }
}
