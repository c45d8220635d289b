import Foundation
import TestSupport
import Testing

@Suite("Reports that are late")
struct LateTests {
  @Test("status says what is late, and ends 1 for those who ask")
  func late() async throws {
    try await withProject { project in
      try project.daily()
      let yaml = try project.text("reports/daily.yaml")
      try project.write(yaml + "expect_within: 1h\n", to: "reports/daily.yaml")
      try project.report("total", sql: Samples.totalSQL, Samples.totalYAML + "\nexpect_within: 2h")
      // Nothing of it is published: its first day was due.
      #expect(try await status(project) == ["daily": "late", "total": "< 1 h"])
      #expect(try await project.run("status", "daily", "--fail-if-late").status == 1)
      try await project.succeed("run", "daily")
      #expect(try await status(project) == ["daily": "< 1 h", "total": "< 1 h"])
      try await project.succeed("status", "--fail-if-late")

      // Yesterday is gone: it was due at midnight and is late from 01:00 on. It is noon.
      _ = try project.onPrimary(
        """
        delete from reportgen.interval where report = 'daily'
          and interval_start = (select max(interval_start) from reportgen.interval where report = 'daily')
        """)
      #expect(try await status(project)["daily"] == "< 1 h, late")
      _ = try project.onPrimary(
        "update reportgen.report_run set as_of_time = as_of_time - interval '50 hours' where report = 'total'"
      )
      #expect(try await status(project)["total"] == "2 d, late")
      let late = try await project.run("status", "total", "--fail-if-late")
      #expect(late.status == 1 && late.error == "" && late.output.contains("2 d, late"))
    }
  }

  @Test("in JSON each report says how fresh it is, and whether it is late where something is expected")
  func json() async throws {
    try await withProject { project in
      // What was due at midnight is late at noon.
      try project.configure(more: "expect_within: 1h")
      try project.daily()
      let outcome = try await project.run("status", "--format", "json", "--fail-if-late")
      #expect(outcome.status == 1)
      let reports = try objects(outcome.output)
      #expect(reports[0]["late"] as? Bool == true && reports[0]["freshnessSeconds"] == nil)
      #expect(reports[1]["late"] as? Bool == false && reports[1]["expectWithinSeconds"] as? Int == 3600)
      let freshness = try #require(reports[1]["freshnessSeconds"] as? Int)
      #expect(freshness >= 0)
      try project.configure()
      let plain = try objects(try await project.succeed("status", "total", "--format", "json"))
      #expect(plain[0]["late"] == nil && plain[0]["expectWithinSeconds"] == nil)
    }
  }

  @Test("to ask whether anything is late where nothing can be is wrong usage")
  func nothingExpected() async throws {
    try await withProject { project in
      try await project.expectFault("usage-nothing-late", "status", "--fail-if-late")
    }
  }

  private func status(_ project: CommandProject) async throws -> [String: String] {
    let lines = try await project.start(["status"]).outcome().output.split(separator: "\n").map(String.init)
    let head = try #require(lines.first)
    let start = try #require(head.range(of: "FRESHNESS")).lowerBound.utf16Offset(in: head)
    let end = try #require(head.range(of: "MISSING")).lowerBound.utf16Offset(in: head)
    var freshness: [String: String] = [:]
    for line in lines.dropFirst() {
      let cell = line.dropFirst(start).prefix(end - start).trimmingCharacters(in: .whitespaces)
      freshness[String(line.prefix { $0 != " " })] = cell
    }
    return freshness
  }

  private func objects(_ text: String) throws -> [[String: Any]] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]])
  }
}
