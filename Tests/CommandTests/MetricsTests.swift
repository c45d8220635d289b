import Foundation
import TestSupport
import Testing

@Suite("The metrics file")
struct MetricsTests {
  @Test(
    "the file has the end of the run and the state of every report, also of those that it did not run"
  )
  func everyReport() async throws {
    try await withProject { project in
      try project.daily()
      try await project.succeed("run", "daily")
      try project.configure(more: "metrics_file: metrics/reportgen.prom")
      try makeFolder(project)
      try await project.succeed("run", "total")
      let first = try metrics(project)
      #expect(first.value("reportgen_run_exit_code", ["environment": "test"]) == 0)
      #expect(first.value("reportgen_report_inserted_rows", ["report": "total"]) == 0)
      #expect(first.value("reportgen_report_updated_rows", ["report": "total"]) == 1)
      #expect(first.value("reportgen_report_read_rows", ["report": "daily"]) == nil)
      #expect(first.value("reportgen_report_missing_intervals", ["report": "daily"]) == 0)
      try expectAsOf(project, first, "daily")
      let end = try project.onPrimary(
        """
        select extract(epoch from max(interval_end)::timestamp at time zone 'Europe/Moscow')
        from reportgen.interval where report = 'daily'
        """)
      let newest = first.value("reportgen_report_newest_interval_end_timestamp_seconds", ["report": "daily"])
      #expect(newest == Double(end))

      try await project.succeed("run", "daily")
      let second = try metrics(project)
      #expect(second.value("reportgen_report_updated_rows", ["report": "total"]) == 1)
      #expect(second.value("reportgen_report_state", ["report": "daily", "state": "up_to_date"]) == 1)
    }
  }

  @Test(
    "a run that fails, cannot begin, finds no server or is interrupted changes its exit code in the file and keeps the rest"
  )
  func afterFailures() async throws {
    try await withProject { project in
      try await RunStep.prepare(project)
      try makeFolder(project)
      try project.configure(more: "metrics_file: metrics/reportgen.prom")
      try await project.succeed("run", "total", "gated")
      let before = try metrics(project)
      let success = before.value("reportgen_run_last_success_timestamp_seconds")
      #expect(success != nil)
      func expect(_ exitCode: Double, _ outcome: Reportgen.Outcome) throws {
        let after = try metrics(project)
        #expect(Double(outcome.status) == exitCode, "\(outcome.error)")
        #expect(after.value("reportgen_run_exit_code") == exitCode)
        #expect(after.value("reportgen_run_last_success_timestamp_seconds") == success)
        // A report that was not tried has no steps.
        let steps: Set = ["reportgen_report_step_seconds"]
        #expect(after.names.union(steps) == before.names, "\(exitCode)")
        try expectAsOf(project, after, "gated")
      }

      let stopped = try await RunStep.read.reach(project)
      stopped.run.signal(SIGTERM)
      try expect(130, try await stopped.run.outcome())
      await stopped.release()

      let sql = try project.text("reports/total.sql")
      try project.report("total", sql: sql.replacing("sale.amount", with: "sale.amout"), Samples.totalYAML)
      try expect(1, try await project.run("run", "total"))
      try project.report("total", sql: "selct", Samples.totalYAML)
      try expect(65, try await project.run("run", "total"))
      try project.report("total", sql: sql, Samples.totalYAML)
      try expect(64, try await project.run("run", "totl"))
      var lost = project
      lost.environment["REPORTGEN_PRIMARY"] = "host=\(project.folder) port=5999"
      try expect(69, try await lost.run("run", "total"))
    }
  }

  @Test("metrics that cannot be written are a warning; the exit code is that of the run")
  func unwritable() async throws {
    try await withProject { project in
      try project.configure(more: "metrics_file: no/such/folder.prom")
      let outcome = try await project.run("run", "total", "--format", "json")
      #expect(outcome.status == 0)
      try expectGolden(outcome.error, "output/metrics-folder.txt")
      #expect(outcome.output.contains("could not open"))
      try project.configure(more: "metrics_file: reports")
      let folder = try await project.run("run", "total")
      #expect(folder.status == 0)
      try expectGolden(folder.error, "output/metrics-is-folder.txt")
      #expect(project.leftovers("") == [])
    }
  }

  @Test(
    "the option wins over the variable, the variable over the file; a dry run and other parameters write none"
  )
  func choice() async throws {
    try await withProject { project in
      var project = project
      try project.configure(more: "metrics_file: file.prom")
      project.environment["REPORTGEN_METRICS_FILE"] = "variable.prom"
      try await project.succeed("run", "total", "--dry-run", "--metrics-file", "option.prom")
      #expect(project.promFiles == [])
      try await project.succeed("run", "total", "--metrics-file", "option.prom")
      #expect(project.promFiles == ["option.prom"])
      try await project.succeed("run", "total")
      #expect(project.promFiles == ["option.prom", "variable.prom"])
      project.environment["REPORTGEN_METRICS_FILE"] = ""
      try await project.succeed("run", "total")
      #expect(project.promFiles == ["option.prom", "variable.prom"])
      project.environment["REPORTGEN_METRICS_FILE"] = nil
      try await project.succeed("run", "total")
      #expect(project.promFiles == ["file.prom", "option.prom", "variable.prom"])
    }
  }

  @Test("the file is readable by all, whatever the umask, and replaces what was there")
  func permissions() async throws {
    try await withProject { project in
      try project.write("this is no metric {\n", to: "m.prom")
      #expect(chmod(project.folder + "/m.prom", 0o600) == 0)
      let shell = "umask 077; exec \"$@\""
      let run = ["run", "total", "--project", project.folder, "--metrics-file", project.folder + "/m.prom"]
      let result = try await Running(
        ["-c", shell, "sh", Reportgen.executable] + run, executable: "/bin/sh"
      ).outcome()
      #expect(result.status == 0, "\(result.error)")
      #expect(try Exposition(project.text("m.prom")).value("reportgen_run_exit_code") == 0)
      var status = stat()
      #expect(stat(project.folder + "/m.prom", &status) == 0 && status.st_mode & 0o777 == 0o644)
      #expect(project.leftovers("") == [])
    }
  }

  @Test("a title with characters that the format quotes is read back unchanged")
  func hostile() async throws {
    try await withProject { project in
      let title = "\u{301}a \"quoted\" \\ slash,\nreport=\"x\" {} # ж🛒"
      let yaml = Samples.totalYAML.replacing(
        "title: Total",
        with: "title: \"\u{301}a \\\"quoted\\\" \\\\ slash,\\nreport=\\\"x\\\" {} # ж🛒\"")
      try project.report("total", sql: Samples.totalSQL, yaml)
      try await project.succeed("run", "total", "--metrics-file", project.folder + "/m.prom")
      let metrics = try Exposition(project.text("m.prom"))
      #expect(metrics.value("reportgen_report_info", ["title": title]) == 1)
    }
  }

  private func makeFolder(_ project: CommandProject) throws {
    try FileManager.default.createDirectory(
      atPath: project.folder + "/metrics", withIntermediateDirectories: true)
  }

  private func metrics(_ project: CommandProject) throws -> Exposition {
    #expect(project.leftovers("metrics") == [])
    return try Exposition(project.text("metrics/reportgen.prom"))
  }

  private func expectAsOf(_ project: CommandProject, _ metrics: Exposition, _ report: String) throws {
    let asOf = try project.onPrimary(
      """
      select round(extract(epoch from as_of_time), 3)
      from reportgen.report_status where report = '\(report)'
      """)
    #expect(
      metrics.value("reportgen_report_as_of_timestamp_seconds", ["report": report]) == Double(asOf))
  }
}

extension CommandProject {
  fileprivate var promFiles: [String] { names("").filter { $0.hasSuffix(".prom") } }

  /// Half-written files in a folder of the project.
  fileprivate func leftovers(_ folder: String) -> [String] {
    names(folder).filter { $0.contains(".partial") }
  }

  private func names(_ folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: self.folder + "/" + folder)) ?? []).sorted()
  }
}
