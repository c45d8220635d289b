import Foundation
import TestSupport
import Testing

@Suite("Progress of a run")
struct ProgressTests {
  private static let terminal = ["TERM": "xterm"]

  @Test("on a terminal each running report is one line, which is erased at the end")
  func live() async throws {
    try await withProject { project in
      try project.report("gated", sql: Samples.gatedSQL, Samples.gatedYAML)
      let gate = try await Gate.key(1, on: project.database.replica)
      let terminal = try PseudoTerminal(columns: 100, rows: 24)
      let run = try Running(
        ["run", "gated", "total", "--project", project.folder], environment: Self.terminal,
        terminal: terminal)
      try await terminal.wait { lines in
        lines.count == 2 && lines[0].wholeMatch(of: /gated  read     \d:\d\d/) != nil
          && lines[1].wholeMatch(of: /0 of 2 reports done  \d:\d\d/) != nil
      }
      await gate.open()
      let outcome = try await run.outcome()
      try await terminal.finish()
      #expect(outcome.status == 0)
      #expect(terminal.lines == [""] && terminal.wrapped == [])
      #expect(outcome.output.contains("gated  confirmed"))
    }
  }

  @Test("lines never wrap, on however narrow a terminal, and follow its size")
  func narrow() async throws {
    try await withProject { project in
      try project.report("gated", sql: Samples.gatedSQL, Samples.gatedYAML)
      let gate = try await Gate.key(1, on: project.database.replica)
      let terminal = try PseudoTerminal(columns: 9, rows: 2)
      let run = try Running(
        ["run", "gated", "total", "--project", project.folder], environment: Self.terminal,
        terminal: terminal)
      try await terminal.wait { $0 == ["gated  r", "0 of 2 r"] }
      terminal.resize(columns: 40, rows: 24)
      try await terminal.wait { $0.first?.hasPrefix("gated  read     0:") ?? false }
      await gate.open()
      #expect(try await run.outcome().status == 0)
      try await terminal.finish()
      #expect(terminal.lines == [""] && terminal.wrapped == [])
    }
  }

  @Test("messages on a terminal are printed above the lines of progress and stay")
  func messages() async throws {
    let pair = try await startPrivatePair()
    try await withProject(on: pair) { project in
      try await RunStep.prepare(project)
      let gate = try await Gate.key(1, on: project.database.replica)
      let terminal = try PseudoTerminal(columns: 200, rows: 24)
      let run = try Running(
        ["run", "gated", "--project", project.folder], environment: Self.terminal, terminal: terminal)
      try await terminal.wait { $0.first?.hasPrefix("gated  read") ?? false }
      _ = try project.onReplica(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'reportgen'")
      await gate.open()
      #expect(try await run.outcome().status == 0)
      try await terminal.finish()
      let lines = terminal.lines
      #expect(lines.count > 1 && lines.last == "", "\(lines)")
      #expect(lines.dropLast().allSatisfy { $0.hasPrefix("gated: trying again in ") }, "\(lines)")
    }
    try await pair.stop()
  }

  @Test(
    "a terminal without a cursor, --quiet, --verbose and JSON draw nothing",
    arguments: [
      ([], "dumb"), (["--quiet"], "xterm"), (["--verbose"], "xterm"), (["--log-format", "json"], "xterm"),
    ])
  func notLive(_ options: [String], _ name: String) async throws {
    try await withProject { project in
      let terminal = try PseudoTerminal(columns: 1000, rows: 24)
      let run = try Running(
        ["run", "total", "--project", project.folder] + options, environment: ["TERM": name],
        terminal: terminal)
      #expect(try await run.outcome().status == 0)
      try await terminal.finish()
      let lines = terminal.lines.dropLast()
      switch options.first {
      case "--quiet": #expect(lines == [])
      case "--verbose": #expect(lines.first == "total: lock" && lines.contains("total: publish"))
      case "--log-format": #expect(lines.count == 4 && lines.allSatisfy { $0.hasPrefix("{") })
      default: #expect(lines.first == "total: reading" && lines.count == 2)
      }
    }
  }

  @Test("without a terminal each report has a line at its beginning and one at its end; --quiet has none")
  func lines() async throws {
    try await withProject { project in
      try project.report("broken", sql: "select 1 / 0 as one from shop.sale", Samples.broken)
      let outcome = try await project.run("run", "--all")
      let log = outcome.log.replacing(/in \d+\.\d s/, with: "in SECONDS")
      let lines = log.split(separator: "\n").filter { $0.hasPrefix("broken: ") || $0.hasPrefix("total: ") }
      // Reports side by side are read in any order.
      #expect(
        Set(lines.prefix(2)) == ["broken: reading", "total: reading"]
          && lines.dropFirst(2) == ["broken: failed in SECONDS", "total: confirmed, 3 rows in SECONDS"],
        "\(log)")
      #expect(outcome.status == 1)
      let quiet = try await project.run("run", "total", "--quiet")
      #expect(quiet.log == "" && quiet.output.contains("total  confirmed"))
      // A report that is up to date is no news.
      try project.daily()
      try await project.succeed("run", "daily")
      #expect(try await project.run("run", "daily").log == "")
    }
  }
}

@Suite("The log of a run")
struct LogTests {
  @Test("with --log-format json every line on standard error is an object")
  func json() async throws {
    try await withProject { project in
      try project.report("broken", sql: "select 1 / 0 as one from shop.sale", Samples.broken)
      let outcome = try await project.run("run", "--all", "--log-format", "json")
      let lines = try objects(outcome.log)
      let run = try #require(lines.first?["run"] as? String)
      #expect(lines.allSatisfy { $0["run"] as? String == run }, "\(outcome.log)")
      #expect(try project.onPrimary("select count(*) from reportgen.run where run_id = '\(run)'") == "1")
      let events = lines.compactMap { $0["event"] as? String }
      #expect(events.first == "run_started" && events.filter { $0 == "report_finished" }.count == 2)
      let diagnostic = try #require(lines.first { $0["event"] as? String == "diagnostic" })
      #expect(diagnostic["report"] as? String == "broken" && diagnostic["sqlState"] as? String == "22012")
      #expect(
        diagnostic["level"] as? String == "error" && diagnostic["file"] as? String == "reports/broken.sql")
      let finished = try #require(lines.first { $0["report"] as? String == "total" && $0["state"] != nil })
      #expect(finished["rows"] as? Int == 3 && finished["seconds"] is Double, "\(finished)")
      let last = try #require(lines.last { $0["event"] as? String == "run_finished" })
      #expect(last["exitCode"] as? Int == 1)
      for line in lines {
        let time = try #require(line["time"] as? String)
        #expect(time.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil, "\(time)")
      }
    }
  }

  @Test("--log-format overrides REPORTGEN_LOG_FORMAT; with --quiet only diagnostics are logged")
  func choice() async throws {
    try await withProject { project in
      var project = project
      project.environment["REPORTGEN_LOG_FORMAT"] = "json"
      #expect(try objects(try await project.run("run", "total").log).count == 4)
      let text = try await project.run("run", "total", "--log-format", "text")
      #expect(text.log.hasPrefix("total: reading\n"))
      try project.report(
        "total", sql: Samples.totalSQL.replacing("sale.amount", with: "sale.amout"), Samples.totalYAML)
      let quiet = try objects(try await project.run("run", "total", "--quiet").log)
      #expect(quiet.map { $0["event"] as? String } == ["diagnostic"])
      let lint = try await project.run("status", "nothing")
      #expect(lint.status == 64)
      #expect(try objects(lint.log).first?["message"] as? String == "no report is named \"nothing\"")
      project.environment["REPORTGEN_LOG_FORMAT"] = "xml"
      let wrong = try await project.run("run", "total")
      #expect(wrong.status == 64)
      #expect(wrong.error == "error: REPORTGEN_LOG_FORMAT must be text or json, but is \"xml\"\n")
    }
  }

  private func objects(_ log: String) throws -> [[String: Any]] {
    try log.split(separator: "\n").map { line in
      try #require(
        try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any], "\(line)")
    }
  }
}

extension Samples {
  static let broken = "title: Broken\nmaterialize: {as: table, table: reports.broken}"
}
