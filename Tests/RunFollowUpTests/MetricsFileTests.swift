import Foundation
import ReportModel
import TestSupport
import Testing

@testable import RunFollowUp

@Suite struct MetricsFileTests {
  private static let yaml = "metrics_file: m.prom"
  private static let missing = "reportgen_report_missing_intervals"

  private func value(_ project: EndedProject, _ name: String, _ labels: [String: String] = [:]) throws
    -> Double?
  {
    try Exposition(try #require(project.text("m.prom"))).value(name, labels)
  }

  @Test("a run writes how it ended and how the reports stand")
  func writes() async throws {
    try await withEndedProject(Self.yaml) { project async throws in
      let warnings = try await project.followUp().writeMetrics(result(.failed), reports: [total])
      #expect(warnings == [])
      #expect(try value(project, "reportgen_run_exit_code") == 1)
      #expect(try value(project, Self.missing, ["report": "total"]) == 7)
    }
  }

  @Test("when the ledger cannot be read, the file keeps what it had of it, and a warning says why")
  func unreadLedger() async throws {
    try await withEndedProject(Self.yaml) { project async throws in
      _ = try await project.followUp().writeMetrics(result(.done), reports: [total])
      let error = RunError(.failed, Diagnostic("permission denied for schema reportgen"))
      let followUp = try project.followUp(ledger: .failing(error))
      let warnings = await followUp.writeMetrics(result(.failed), reports: [total])
      #expect(
        warnings.text == """
          warning: could not read the ledger for the metrics: permission denied for schema reportgen
            detail: "\(project.folder)/m.prom" keeps the metrics of the ledger that it had.
          """)
      #expect(try value(project, "reportgen_run_exit_code") == 1)
      #expect(try value(project, Self.missing, ["report": "total"]) == 7)
    }
  }

  @Test("a run that failed by itself has said why: the ledger's error is not told again")
  func failedRun() async throws {
    try await withEndedProject(Self.yaml) { project async throws in
      let followUp = try project.followUp(ledger: .failing(RunError(.tryAgain, Diagnostic("away"))))
      #expect(await followUp.writeMetrics(result(.done, own: .tryAgain), reports: [total]) == [])
      #expect(try value(project, "reportgen_run_exit_code") == 75)
    }
  }

  @Test("a ledger that does not answer is waited for a bounded time")
  func silentLedger() async throws {
    try await withEndedProject(Self.yaml) { project async throws in
      var file = MetricsFile(
        path: project.folder + "/m.prom", environment: "test", began: .now
      ) { _, _ in
        try await Task.sleep(for: .seconds(600))
        return []
      }
      file.ledgerPatience = .seconds(1)
      let warnings = await file.write(result(.done), reports: [total])
      #expect(
        warnings.map(\.message) == ["could not read the ledger for the metrics: no answer for 1 s"])
      let exitCode = try value(project, "reportgen_run_exit_code")
      #expect(exitCode == 0)
    }
  }

  @Test(
    "the ledger is not asked without a primary, after an interruption, wrong usage, or without definitions",
    arguments: [ReportModel.ExitStatus.unavailable, .interrupted, .usage])
  func notAsked(_ status: ReportModel.ExitStatus) async throws {
    try await withEndedProject(Self.yaml) { project async throws in
      let followUp = try project.followUp(ledger: .failing(Diagnostic("asked")))
      #expect(await followUp.writeMetrics(result(.done, own: status), reports: [total]) == [])
      #expect(await followUp.writeMetrics(result(.done), reports: nil) == [])
    }
  }

  @Test("a file that cannot be written is a warning with a hint")
  func unwritable() async throws {
    try await withEndedProject("metrics_file: no/such/folder.prom") { project async throws in
      let warnings = try await project.followUp().writeMetrics(result(.done), reports: [total])
      let hint = "metrics_file has to lie in a folder that exists and that this user may write in."
      #expect(warnings.map(\.hint) == [hint])
      #expect(warnings.first?.message.hasPrefix("the metrics are not written: could not open") == true)
      #expect(warnings.first?.severity == .warning)
    }
  }

  @Test("no file is written without a path, in a rehearsal and inside a hook")
  func silent() async throws {
    try await withEndedProject(Self.yaml) { project async throws in
      let rehearsal = try project.followUp(isRehearsal: true)
      #expect(await rehearsal.writeMetrics(result(.done), reports: [total]) == [])
      #expect(try await project.followUp(metricsFile: "").writeMetrics(result(.done), reports: [total]) == [])
      project.surroundings.variables["REPORTGEN_RUN"] = "another"
      #expect(try await project.followUp().writeMetrics(result(.done), reports: [total]) == [])
      #expect(project.text("m.prom") == nil)
    }
  }
}
