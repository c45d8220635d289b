import Foundation
import ProcessRunner
import TestSupport
import Testing

@Suite("Standard output and standard error")
struct OutputTests {
  @Test("a run whose output nobody reads any more goes on to its end")
  func readerGone() async throws {
    try await withProject { project in
      let status = project.folder + "/status"
      // The command begins when the reader has gone: nothing can be written to the pipe any more.
      let script = """
        { (trap '' PIPE; while echo x; do :; done 2>/dev/null); "$0" run total --project "$1" 2>&1; echo $? > "$2"; } | true
        """
      let result = try await Command(
        "/bin/sh", ["-c", script, Reportgen.executable, project.folder, status],
        environment: project.environment
      ).run()
      #expect(result.status == 0)
      var written = ""
      try await waitFor("the command's exit code") {
        written = (try? String(contentsOfFile: status, encoding: .utf8)) ?? ""
        return written.hasSuffix("\n")
      }
      #expect(written == "0\n")
    }
  }

  @Test(
    "a password file that others may read is one warning, in the form of the log",
    arguments: ["variable", "strings", "service"])
  func passwordFile(_ namedBy: String) async throws {
    try await withProject { project in
      var project = project
      let file = project.folder + "/pgpass"
      try "*:*:*:*:secret\n".write(toFile: file, atomically: true, encoding: .utf8)
      try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
      switch namedBy {
      case "variable": project.environment["PGPASSFILE"] = file
      case "strings":
        let database = project.database
        project.environment["REPORTGEN_PRIMARY"] =
          database.conninfo(.primary, user: "reportgen_writer") + " passfile='\(file)'"
        project.environment["REPORTGEN_REPLICA"] =
          database.conninfo(.replica, user: "reportgen_reader") + " passfile='\(file)'"
      default:
        project.environment["PGSERVICEFILE"] = project.folder + "/services"
        try "[shop]\npassfile=\(file)\n".write(
          toFile: project.folder + "/services", atomically: true, encoding: .utf8)
        project.environment["REPORTGEN_REPLICA"] =
          project.database.conninfo(.replica, user: "reportgen_reader") + " service=shop"
      }
      let outcome = try await project.run("run", "total", "--log-format", "json")
      #expect(outcome.status == 0)
      let entries = try outcome.error.split(separator: "\n").map { try object(String($0)) }
      let warnings = entries.filter { $0["level"] as? String == "warning" }
      #expect(
        warnings.map { $0["message"] as? String } == [
          "password file \"PROJECT/pgpass\" is ignored: others may read it"
        ])
    }
  }

  @Test("every command's JSON has its documented keys, also when it fails")
  func json() async throws {
    try await withProject { project in
      let run = try object(try await project.succeed("run", "total", "--format", "json"))
      #expect(Set(run.keys) == ["diagnostics", "exitCode", "reports", "run"])
      let report = try #require((run["reports"] as? [[String: Any]])?.first)
      #expect(
        Set(report.keys) == [
          "asOf", "attempts", "diagnostics", "exitCode", "expiredIntervals", "expiredRows",
          "failedIntervals", "files", "grants", "intervals", "leftForLater", "name", "openIntervals",
          "outdated",
          "owed", "removed", "rows", "seconds", "state", "table",
        ])
      #expect(report["state"] as? String == "confirmed" && report["exitCode"] as? Int == 0)
      let rows = try #require(report["rows"] as? [String: Int])
      #expect(rows == ["read": 3, "inserted": 0, "updated": 1, "deleted": 0, "unchanged": 2])

      let status = try objects(try await project.succeed("status", "--format", "json"))
      #expect(
        Set(status[0].keys).isSuperset(of: [
          "report", "newest", "state", "rows", "asOf", "lastRun", "lastState", "missing", "missed",
          "failedIntervals",
          "outdated", "expired",
        ]))
      let history = try objects(try await project.succeed("history", "--format", "json"))
      #expect(history.count == 2)
      #expect(
        Set(history[0].keys).isSuperset(of: [
          "report", "started", "state", "intervals", "rowsRead", "inserted", "updated", "deleted", "seconds",
          "runID",
        ]))
      let list = try objects(try await project.succeed("list", "--format", "json"))
      #expect(Set(list[0].keys) == ["materialization", "name", "period", "reads", "table", "tags", "title"])
      let show = try object(try await project.succeed("show", "total", "--format", "json"))
      #expect(Set(show.keys).isSuperset(of: ["name", "title", "columns", "checks"]), "\(show.keys)")
      let lint = try object(try await project.succeed("lint", "--format", "json"))
      #expect(Set(lint.keys) == ["diagnostics", "reports"] && lint["reports"] as? Int == 1)
      let export = try object(try await project.succeed("export", "total", "--format", "json"))
      #expect(Set(export.keys) == ["diagnostics", "exitCode", "reports", "run"])
      let plan = try object(try await project.succeed("plan", "total", "--diff", "--format", "json"))
      #expect(Set(plan.keys) == ["diagnostics", "dryRun", "exitCode", "reports", "today"])
      let dryRun = try #require((plan["dryRun"] as? [String: Any])?["reports"] as? [[String: Any]])
      #expect(dryRun.first?["samples"] != nil)
      let verify = try object(try await project.succeed("verify", "total", "--format", "json"))
      #expect(Set(verify.keys) == ["diagnostics", "exitCode", "reports"])
    }
  }

  @Test("a failing run's JSON names the diagnostics, and standard error shows them too")
  func failingJSON() async throws {
    try await withProject { project in
      try project.report(
        "total", sql: Samples.totalSQL.replacing("sale.amount", with: "sale.amout"), Samples.totalYAML)
      let outcome = try await project.run("run", "total", "--format", "json")
      #expect(outcome.status == 1)
      let run = try object(outcome.output)
      #expect(run["exitCode"] as? Int == 1)
      let report = try #require((run["reports"] as? [[String: Any]])?.first)
      let diagnostic = try #require((report["diagnostics"] as? [[String: Any]])?.first)
      #expect(diagnostic["file"] as? String == "reports/total.sql" && diagnostic["line"] as? Int == 1)
      #expect(outcome.error.hasPrefix("reports/total.sql:1:23: error: column sale.amout does not exist"))

      try project.report("total", sql: "selct 1", Samples.totalYAML)
      let lint = try await project.run("lint", "--format", "json")
      #expect(lint.status == 65)
      let found = try #require(try object(lint.output)["diagnostics"] as? [[String: Any]])
      #expect(found.first?["severity"] as? String == "error")
    }
  }

  @Test("standard output has the results and nothing else; with --quiet, standard error has the errors only")
  func streams() async throws {
    try await withProject { project in
      let text = try await project.succeed("run", "total")
      try expectGolden(project.normalized(text), "output/run.txt")
      let again = try await project.succeed("run", "total", "--quiet")
      try expectGolden(project.normalized(again), "output/run-again.txt")
      let status = project.normalized(try await project.succeed("status")).replacing(
        /\d{4}-\d\d-\d\d/, with: "DAY       ")
      try expectGolden(status, "output/status.txt")
      try expectGolden(project.normalized(try await project.succeed("list")), "output/list.txt")
      let verbose = try await project.run("run", "total", "--verbose")
      try expectGolden(verbose.error, "output/verbose.txt")
      let nobody = "host=\(project.folder) port=5999"
      try project.configure(replica: nobody)
      let quiet = try await project.run("run", "total", "--quiet")
      #expect(quiet.status == 75 && quiet.error.hasPrefix("error: ") && !quiet.error.contains("trying again"))
    }
  }

  @Test("a list whose reader stops after one line ends 0")
  func brokenPipe() async throws {
    try await withDefinitions { project in
      for number in 0..<300 {
        try project.report(
          "report-\(number)", sql: "select 1 as one",
          "title: Report with a rather long title that fills the pipe soon \(number)\nmaterialize: {as: none}"
        )
      }
      for format in ["text", "json"] {
        let command =
          "set -o pipefail; '\(Reportgen.executable)' list --format \(format) --project '\(project.folder)' | head -1"
        let result = try await Command("/bin/bash", ["-c", command]).run()
        #expect(result.error == "", "\(format)")
        #expect(result.output.split(separator: "\n").count == 1)
        #expect(result.status == 0, "\(format): \(result.status)")
      }
    }
  }

  private func object(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  private func objects(_ text: String) throws -> [[String: Any]] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]])
  }
}
