import Foundation
import ReportModel
import TestSupport
import Testing

@testable import RunFollowUp

@Suite struct HookTests {
  private func hook(_ line: String, timeoutSeconds: Int = 30) -> Hook {
    Hook(
      name: "on_success", command: .shell(line), directory: "/usr",
      environment: ["REPORTGEN_EXIT_CODE": "0"], timeoutSeconds: timeoutSeconds)
  }

  @Test("a hook reads the document, sees its variables, and starts in the project's folder")
  func success() async {
    let outcome = await hook("cat; echo; echo $REPORTGEN_EXIT_CODE; pwd").run("{}")
    #expect(outcome == Hook.Outcome(output: "{}\n0\n/usr"))
    #expect(await hook("true").run("{}") == Hook.Outcome(output: nil))
  }

  @Test("a hook that fails is a warning; what it printed is kept")
  func failure() async {
    let outcome = await hook("echo no good >&2; exit 3").run("{}")
    #expect(outcome.output == "no good")
    #expect(
      outcome.warnings.text == """
        warning: on_success ended with exit code 3
          detail: The exit code of the run is not changed.
        """)
  }

  @Test("a hook that does not end in time is killed")
  func timeout() async {
    let outcome = await hook("echo begun; sleep 1000", timeoutSeconds: 1).run("{}")
    #expect(outcome.output == "begun")
    #expect(
      outcome.warnings.text == """
        warning: on_success did not end within 1 s and was killed
          detail: The exit code of the run is not changed.
          hint: Raise hook_timeout in reportgen.yaml, or let the hook hand long work to a service manager.
        """)
  }

  @Test("a cancelled task kills the hook")
  func cancelled() async {
    let task = Task { await hook("sleep 1000").run("{}") }
    task.cancel()
    #expect(await task.value.warnings.map(\.message) == ["on_success ended with exit code 137"])
  }

  @Test("a hook that cannot be started is a warning")
  func missingFolder() async {
    var hook = hook("true")
    hook.directory = "/nowhere/at/all"
    #expect(
      await hook.run("{}").warnings.map(\.message)
        == ["could not run on_success: could not start \"/bin/sh\": no such file or directory"])
  }
}

@Suite struct HookChoiceTests {
  private static let yaml = "on_success: echo well\non_failure: [mail, ops]\nhook_timeout: 90s"

  @Test("on_success follows 0, no hook an interruption, on_failure every other end")
  func choice() async throws {
    try await withEndedProject(Self.yaml) { project async throws in
      let followUp = try project.followUp()
      for status in ReportModel.ExitStatus.allCases {
        let expected: HookCommand? =
          switch status {
          case .done: .shell("echo well")
          case .interrupted: nil
          default: .program(["mail", "ops"])
          }
        #expect(followUp.hook(status)?.command == expected, "\(status)")
      }
      let hook = try #require(followUp.hook(.tryAgain))
      #expect(hook.name == "on_failure" && hook.timeoutSeconds == 90 && hook.directory == project.folder)
      #expect(
        hook.environment == [
          "REPORTGEN_RUN": EndedProject.runID.uuidString.lowercased(), "REPORTGEN_EXIT_CODE": "75",
          "REPORTGEN_PROJECT": project.folder, "REPORTGEN_ENV": "sandbox",
        ])
    }
  }

  @Test("a project without hooks, a rehearsal and a run inside a hook have none")
  func none() async throws {
    try await withEndedProject("timezone: UTC") { project async throws in
      let followUp = try project.followUp()
      #expect(followUp.hook(.done)?.name == nil && followUp.hook(.failed)?.name == nil)
    }
    try await withEndedProject(Self.yaml) { project async throws in
      let rehearsal = try project.followUp(isRehearsal: true)
      #expect(rehearsal.hook(.done)?.name == nil)
      project.surroundings.variables["REPORTGEN_RUN"] = "another"
      let nested = try project.followUp()
      #expect(nested.hook(.done)?.name == nil)
    }
  }
}
