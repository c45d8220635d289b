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
    let block = try #require(try Document(Self.path).blocks.first { $0.language == "crontab" })
    let line = try #require(block.lines.first { $0.wholeMatch(of: /(\S+ ){5}reportgen .*/) != nil })
    // Five fields and the user; a percent sign would end the line.
    let command = line.split(separator: " ", maxSplits: 6)[6]
    #expect(!command.contains("%"))
    try await temporaryDirectory { folder in
      let script = """
        sleep() { :; }
        reportgen() {
          echo "$*" >> \(folder)/calls
          set -- \(exitCodes)
          shift $(($(wc -l < \(folder)/calls) - 1))
          return $1
        }
        \(command.replacing("/var/log/reportgen", with: folder))
        """
      _ = try await Command("/bin/sh", ["-c", script]).run()
      let calls = try String(contentsOfFile: folder + "/calls", encoding: .utf8).split(separator: "\n")
      #expect(calls.count == runs)
      #expect(calls.allSatisfy { $0.hasPrefix("run --all --project /srv/reports --env production --quiet") })
    }
  }
}
