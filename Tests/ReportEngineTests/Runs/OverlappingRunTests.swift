import PostgresClient
import ReportModel
import TestSupport
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

/// Two batches at once, several lanes each: what one waits for the other may hold.
@Suite struct OverlappingRunTests {
  static let pairs = 200
  static let names = (1...6).map { "report-\($0)" }

  /// Five reports side by side and one that reads two of them.
  private func defineReports(_ project: EngineProject) async throws {
    try await project.execute(
      "create table src.version as select 0 as n; grant select on src.version to reportgen_reader")
    for (number, name) in Self.names.enumerated() {
      let from =
        number < 5
        ? "select series.id, version.n + \(number) as n from src.version as version cross join pg_catalog.generate_series(1, 9) as series (id)"
        : "select one.id, one.n + two.n as n from reports.report_1 as one join reports.report_2 as two on two.id = one.id"
      try await project.define(
        name,
        "materialize: {as: table, table: reports.\(name.replacing("-", with: "_")), unique_key: [id]}\nexport: {}",
        sql: from)
    }
  }

  private func expectRight(_ project: EngineProject, version: Int, _ comment: Comment) async throws {
    for (number, name) in Self.names.enumerated() {
      let table = "reports.\(name.replacing("-", with: "_"))"
      let n = number < 5 ? version + number : 2 * version + 1
      #expect(
        try await project.rows("select distinct n, count(*) over () from \(table)") == "\(n)|9", comment)
    }
  }

  @Test("two runs of several lanes each never wait for each other in a circle, and both end well")
  func waiting() async throws {
    try await withProject { project in
      try await defineReports(project)
      var random = SplitMix64(state: 6)
      for pair in 1...Self.pairs {
        try await project.execute("update src.version set n = \(pair)")
        // Other reports make other lanes; all of them have to be right in the end.
        let some = Self.names.filter { _ in random.next() % 3 > 0 }
        let (jobs, others) = (Int(random.next() % 3) + 2, Int(random.next() % 4) + 1)
        async let first = project.run(Self.names, RunOptions(lockWait: .seconds(60), jobs: jobs))
        async let second = project.run(
          some.isEmpty ? Self.names : some.reversed(), RunOptions(lockWait: .seconds(60), jobs: others))
        for result in try await [first, second] {
          // The first circle is enough: each lasts until --lock-wait is over.
          try #require(
            result.status == .done,
            "pair \(pair): \(result.reports.map(\.text)) \(result.diagnostics.map(\.message))")
        }
        try await expectRight(project, version: pair, "pair \(pair)")
      }
      #expect(try await project.count("select from reportgen.report_history where state = 'running'") == 0)
    }
  }

  @Test("of two runs that do not wait each report is done by one of them, and the other says so")
  func givingWay() async throws {
    try await withProject { project in
      try await defineReports(project)
      try await project.publish("report-1")
      for pair in 1...20 {
        try await project.execute("update src.version set n = \(pair)")
        async let first = project.run(Self.names, RunOptions(jobs: 4))
        async let second = project.run(Self.names, RunOptions(jobs: 4))
        let results = try await [first, second]
        for result in results {
          #expect([.done, .tryAgain].contains(result.status), "\(result.reports.map(\.text))")
          // Since when, and in which process, is tested elsewhere.
          let words = Set(
            result.reports.flatMap { $0.diagnostics.map { String($0.message.prefix { $0 != "(" }) } })
          let allowed =
            Self.names.flatMap { ["\"\($0)\" is already being run ", "\"\($0)\" is already being run"] }
            + ["report-1", "report-2"].map {
              "\"report-6\" was skipped: it reads \"\($0)\", which has to wait"
            }
          #expect(words.isSubset(of: allowed), "\(words)")
        }
        for (one, two) in zip(results[0].reports, results[1].reports) where one.report.name != "report-6" {
          #expect([one.state, two.state].contains(.confirmed), "\(one.report.name)")
        }
      }
      #expect(try await project.run(Self.names, RunOptions(jobs: 4)).status == .done)
      try await expectRight(project, version: 20, "in the end")
    }
  }
}
