import Foundation
import TestSupport
import Testing

@Suite("Commands that a project runs after a run")
struct HookTests {
  /// Writes what a hook sees into the project's folder.
  private static let record = """
    { echo "$REPORTGEN_EXIT_CODE $REPORTGEN_ENV"; pwd; env | grep ^REPORTGEN_ | sort; } > seen.txt; cat > document.json
    """

  @Test("on_success reads the run's document, and knows the run, the project and the environment")
  func success() async throws {
    try await withProject { project in
      try project.configure(
        more: "on_success: '\(Self.record)'\non_failure: touch failure")
      let output = try await project.start(["run", "total", "--format", "json"]).outcome().output
      #expect(try project.text("document.json") == output.trimmingCharacters(in: .newlines))
      let run = try #require(
        try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])["run"]
      #expect(
        try project.text("seen.txt") == """
          0 test
          \(project.folder)
          REPORTGEN_ENV=test
          REPORTGEN_EXIT_CODE=0
          REPORTGEN_PROJECT=\(project.folder)
          REPORTGEN_RUN=\(try #require(run as? String))

          """)
      #expect(!project.has("failure"))
    }
  }

  @Test("on_failure runs after every exit code but 0 and 130, also when the run could not begin")
  func failure() async throws {
    try await withProject { project in
      try await RunStep.prepare(project)
      try project.configure(
        more: "on_failure: '\(Self.record)'\non_success: touch success")
      func expect(_ outcome: Reportgen.Outcome, _ status: Int32, _ word: String) throws {
        #expect(outcome.status == status, "\(outcome.error)")
        #expect(try project.text("seen.txt").hasPrefix("\(status) test\n"))
        #expect(try project.text("document.json").contains(word))
        try FileManager.default.removeItem(atPath: project.folder + "/seen.txt")
      }
      try project.report("broken", sql: "select 1 / 0 as one from shop.sale", Samples.broken)
      try expect(try await project.run("run", "broken"), 1, "division_by_zero")
      try expect(try await project.run("run", "brokn"), 64, "no report is named")
      var lost = project
      lost.environment["REPORTGEN_PRIMARY"] = "host=\(project.folder) port=5999"
      try expect(try await lost.run("run", "total"), 69, "could not connect")
      lost.environment = ["REPORTGEN_REPLICA": "host=\(project.folder) port=5999"]
      try expect(try await lost.run("run", "total"), 75, "could not connect")
      try project.report("broken", sql: "selct", Samples.broken)
      try expect(try await project.run("run", "total"), 65, "syntax error")
      try project.report("broken", sql: "select 1 as one", Samples.broken)

      let stopped = try await RunStep.read.reach(project)
      stopped.run.signal(SIGINT)
      #expect(try await stopped.run.outcome().status == 130)
      await stopped.release()
      _ = try await project.run("run", "total", "--dry-run")
      #expect(!project.has("seen.txt") && !project.has("success"))
    }
  }

  @Test(
    "a hook that fails, hangs or cannot be started is a warning; the run's exit code stays",
    arguments: [
      ("fails", "echo to stdout; echo to stderr >&2; exit 3", "60s"),
      ("hangs", "sleep 1000 & echo $! > child; sleep 1000", "1s"),
      ("stubborn", "trap \"\" TERM; echo $$ > child; while :; do sleep 1; done", "1s"),
      ("killed", "kill -KILL $$", "60s"),
    ])
  func bad(name: String, line: String, timeout: String) async throws {
    try await withProject { project in
      try project.configure(more: "on_success: '\(line)'\nhook_timeout: \(timeout)")
      let outcome = try await project.run("run", "total", "--quiet")
      #expect(outcome.status == 0)
      try expectGolden(outcome.error, "output/hook-\(name).txt")
      guard project.has("child"), let child = pid_t(try project.text("child").dropLast()) else { return }
      // Its process group was ended; the kernel may take a moment to bury it.
      try await waitFor("the end of process \(child)") { !isAlive(child) }
    }
  }

  @Test("a list is a program and its arguments, each as it is written; a missing program is a warning")
  func program() async throws {
    try await withProject { project in
      try project.configure(
        more: #"on_success: [sh, -c, 'printf "<%s>" "$@" > words', sh, "a  b", "", "$HOME", "'\"", ж]"#)
      try await project.succeed("run", "total")
      #expect(try project.text("words") == "<a  b><><$HOME><'\"><ж>")
      try project.configure(more: "on_success: [no-such-program, -x]")
      let outcome = try await project.run("run", "total")
      #expect(outcome.status == 0)
      try expectGolden(outcome.error, "output/hook-missing.txt")
    }
  }

  @Test("a hook need not read its input, however long it is")
  func unread() async throws {
    try await withDefinitions { project in
      try project.configure(
        replica: "host=/nowhere", primary: "host=/nowhere", more: "on_failure: exec <&-; echo done")
      for number in 0..<400 {
        try project.report(
          "wrong-\(number)", sql: "selct 1",
          "title: \(String(repeating: "long ", count: 50))\nmaterialise: {}")
      }
      let outcome = try await project.run("run", "--all")
      #expect(outcome.status == 65)
      #expect(outcome.error.hasSuffix("\ndone\n"), "\(outcome.error.suffix(300))")
      try project.configure(
        replica: "host=/nowhere", primary: "host=/nowhere", more: "on_failure: 'wc -c >&2'")
      let counted = try await project.run("run", "--all")
      let bytes = counted.error.split(separator: "\n").last.flatMap { Int($0) }
      #expect(try #require(bytes) > 100_000)
    }
  }

  @Test("of a long output of a hook only the last 64 KiB are printed")
  func talkative() async throws {
    try await withProject { project in
      try project.configure(more: "on_success: 'head -c 300000000 /dev/zero | tr \\\\0 x; echo the end'")
      let outcome = try await project.run("run", "total", "--quiet")
      #expect(outcome.status == 0)
      #expect(outcome.log.utf8.count == 65_536 && outcome.log.hasSuffix("xthe end\n"))
    }
  }

  @Test("in a JSON log what a hook prints is one entry")
  func json() async throws {
    try await withProject { project in
      try project.configure(more: "on_success: 'echo one; echo two >&2; exit 4'")
      let outcome = try await project.run("run", "total", "--log-format", "json", "--quiet")
      let lines = try outcome.log.split(separator: "\n").map { line in
        try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      }
      #expect(lines.map { $0["event"] as? String } == ["hook_output", "diagnostic"])
      #expect(lines.map { $0["message"] as? String } == ["one\ntwo", "on_success ended with exit code 4"])
      #expect(lines.map { $0["level"] as? String } == ["info", "warning"])
    }
  }

  @Test(
    "a signal during a hook ends the hook, and the command with 130", arguments: [SIGINT, SIGTERM, SIGHUP])
  func interrupted(_ signal: Int32) async throws {
    try await withProject { project in
      try project.configure(more: "on_success: 'sleep 1000 & echo $! > child; touch begun; wait'")
      let run = try project.start(["run", "total"])
      try await waitFor("the hook to begin") { project.has("begun") }
      run.signal(signal)
      let outcome = try await run.outcome()
      #expect(outcome.status == 130)
      #expect(outcome.error.hasPrefix("warning: on_success ended with exit code 137\n"), "\(outcome.error)")
      #expect(outcome.error.hasSuffix("\nerror: interrupted\n"), "\(outcome.error)")
      let child = try #require(pid_t(try project.text("child").dropLast()))
      try await waitFor("the end of process \(child)") { !isAlive(child) }
      try await project.expectNothingLeft("a hook")
    }
  }

  @Test("a run that a hook starts has no hook and leaves the metrics of the run that is reported")
  func nested() async throws {
    try await withProject { project in
      try project.report("broken", sql: "select 1 / 0 as one from shop.sale", Samples.broken)
      try project.configure(
        more: """
          metrics_file: m.prom
          on_failure: 'echo hook >> hooks; "\(Reportgen.executable)" run total >> nested'
          on_success: 'echo nested >> hooks'
          """)
      #expect(try await project.run("run", "broken").status == 1)
      #expect(try project.text("hooks") == "hook\n")
      #expect(try project.text("nested").hasPrefix("total  confirmed"))
      #expect(try Exposition(project.text("m.prom")).value("reportgen_run_exit_code") == 1)
    }
  }
}

extension CommandProject {
  fileprivate func has(_ file: String) -> Bool { FileManager.default.fileExists(atPath: folder + "/" + file) }
}

/// A process that has ended and that nobody has waited for yet is dead.
private func isAlive(_ process: pid_t) -> Bool {
  guard let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else {
    return false
  }
  return status.split(separator: ")").last?.split(separator: " ").first != "Z"
}
