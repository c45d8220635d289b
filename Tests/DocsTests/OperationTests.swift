import Foundation
import ProcessRunner
import TestSupport
import Testing
import Yams

/// What the page for operators promises to people who paste from it.
@Suite struct OperationTests {
  private static let path = "docs/operation.md"

  @Test("the table of metrics has each of them, with its labels, and no other")
  func metrics() throws {
    let golden = try Exposition(Repository.text("Tests/Golden/engine/metrics.prom"))
    var labels: [String: Set<String>] = [:]
    for sample in golden.samples.keys {
      labels[sample.name] = Set(sample.labels.keys).subtracting(["environment"])
    }
    // Of a run that ended well only.
    labels["reportgen_run_last_success_timestamp_seconds"] = []
    var written: [String: Set<String>] = [:]
    for line in try Document(Self.path).prose {
      guard let row = line.firstMatch(of: /^\| `(reportgen_[a-z_]+)` \|([^|]*)\|/) else { continue }
      written[String(row.1)] = Set(row.2.matches(of: /`([a-z]+)`/).map { String($0.1) })
    }
    #expect(written == labels)
  }

  @Test("the alerts ask for metrics that there are, and each has its place in the runbook")
  func alerts() throws {
    let document = try Document(Self.path)
    let block = try #require(document.blocks.first { $0.text.contains("alert:") })
    let rules = try #require(
      try Yams.load(yaml: block.text) as? [String: [[String: Any]]])["groups"]?.first?["rules"]
    let known = Set(document.prose.flatMap { $0.matches(of: /`(reportgen_[a-z_]+)`/).map { String($0.1) } })
    var names: [String] = []
    for rule in try #require(rules as? [[String: Any]]) {
      names.append(try #require(rule["alert"] as? String))
      let expression = try #require(rule["expr"] as? String)
      let asked = expression.matches(of: /reportgen_[a-z_]+/).map { String($0.0) }
      #expect(!asked.isEmpty && Set(asked).isSubset(of: known), "\(expression)")
      #expect(expression.count { $0 == "(" } == expression.count { $0 == ")" }, "\(expression)")
    }
    let places = [
      "ReportLate": "### A report is late", "RunFailed": "### A run failed",
      "RunNotDone": "### No run has ended well", "RunMissing": "### No run has come to its end",
      "IntervalsMissing": "### Intervals are missing", "FilesOwed": "## Owed files",
    ]
    #expect(Set(names) == Set(places.keys))
    let runbook = try Document("docs/runbook.md").prose
    for place in places.values { #expect(runbook.contains(place), "\(place)") }
  }

  @Test(
    "cron's line repeats a run that ended 75 or 69, six times at most",
    arguments: [
      ("75 75 75 75 75 75 75", 6), ("75 75 0", 3), ("0", 1), ("1", 1), ("65", 1), ("75 69 0", 3), ("69 1", 2),
    ])
  func cron(_ exitCodes: String, _ runs: Int) async throws {
    let job = try CronJob(Self.path)
    // Five fields and the user; a percent sign would end the line.
    let command = String(job.line.split(separator: " ", maxSplits: 6)[6])
    #expect(!command.contains("%"))
    try await temporaryDirectory { folder in
      let stub = """
        echo "$*" >> \(folder)/calls
        set -- \(exitCodes)
        shift $(($(wc -l < \(folder)/calls) - 1))
        exit $1
        """
      try await job.run(
        command.replacing("/var/log/reportgen", with: folder).replacing("sleep 600", with: "sleep 0"),
        in: folder, reportgen: stub)
      let calls = try String(contentsOfFile: folder + "/calls", encoding: .utf8).split(separator: "\n")
      #expect(calls.count == runs)
      #expect(calls.allSatisfy { $0.hasPrefix("run --all --project /srv/reports --env production --quiet") })
    }
  }

  @Test(
    "the page for the first night has a line for cron that finds the command and prints what went wrong alone"
  )
  func firstNight() async throws {
    let job = try CronJob("docs/getting-started.md")
    let command = String(job.line.split(separator: " ", maxSplits: 5)[5])
    #expect(!command.contains("%"))
    for (status, printed) in [(0, ""), (1, "run --all --lock-wait 10m\n")] {
      try await temporaryDirectory { folder in
        let output = try await job.run(
          command.replacing("/srv/shop-reports", with: folder), in: folder,
          reportgen: "echo \"$*\"; exit \(status)")
        #expect(output == printed)
      }
    }
  }

  @Test("every folder that a line for cron writes to is made by a step of the page")
  func folders() throws {
    let page = try Document(Self.path)
    let job = try CronJob(Self.path)
    let steps = page.blocks.filter { $0.language == "sh" }.flatMap(\.lines)
    for folder in job.line.matches(of: /\/var\/log\/[a-z]+/).map(\.0) {
      #expect(steps.contains { $0.hasPrefix("install -d") && $0.hasSuffix(" \(folder)") }, "\(folder)")
    }
  }

  @Test("all units try the same exit codes again")
  func units() throws {
    let texts = try ["docs/getting-started.md", "packaging/systemd/reportgen.service"].map(Repository.text)
    let lines = texts.flatMap { $0.matches(of: /RestartPreventExitStatus=.*/).map { String($0.0) } }
    #expect(lines == Array(repeating: "RestartPreventExitStatus=1 64 65 70 130", count: 2))
  }
}

/// A crontab of a page, run as cron runs it: with its own variables and no others.
private struct CronJob {
  var path: String
  var line: String

  init(_ page: String) throws {
    let block = try #require(try Document(page).blocks.first { $0.language == "crontab" })
    line = String(try #require(block.lines.first { $0.contains("reportgen run") }))
    path = String(try #require(block.lines.first { $0.hasPrefix("PATH=") }).dropFirst("PATH=".count))
  }

  /// - Parameter reportgen: a script in place of the command that is installed in `/usr/local/bin`.
  /// - Returns: what would be mailed.
  @discardableResult
  func run(_ command: String, in folder: String, reportgen: String) async throws -> String {
    let bin = folder + "/bin"
    try FileManager.default.createDirectory(atPath: bin, withIntermediateDirectories: true)
    try "#!/bin/sh\n\(reportgen)\n".write(toFile: bin + "/reportgen", atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: bin + "/reportgen")
    let variables = [
      "HOME=\(folder)", "SHELL=/bin/sh", "PATH=\(path.replacing("/usr/local/bin", with: bin))",
    ]
    let outcome = try await Command("/usr/bin/env", ["-i"] + variables + ["/bin/sh", "-c", command]).run()
    return outcome.output + outcome.error
  }
}
