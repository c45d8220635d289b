import Foundation
import PostgresClient
import ReportModel
import TestSupport
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

/// Independent reports side by side.
@Suite struct LaneTests {
  static let names = (1...8).map { "report-\($0)" }

  /// Each waits a moment, so that they are read at different times.
  private func defineReports(_ project: EngineProject) async throws {
    for (number, name) in Self.names.enumerated() {
      try await define(name, in: project, waiting: "pg_sleep(\(Double(number % 3) / 20))")
    }
  }

  private func define(_ name: String, in project: EngineProject, waiting pause: String) async throws {
    try await project.define(
      name, "materialize: {as: table, table: reports.\(name.replacing("-", with: "_"))}\nexport: {}",
      sql: """
        select count(*) as sales, max(sale.id) as newest
        from src.sale as sale cross join (select \(pause)) as pause
        """)
  }

  private func published(_ project: EngineProject) async throws -> Set<String> {
    var rows: Set<String> = []
    for name in Self.names {
      rows.insert(try await project.rows("table reports.\(name.replacing("-", with: "_"))"))
    }
    return rows
  }

  private static let options = RunOptions(jobs: 4)

  @Test("reports of one level, read in four sessions, agree to the row while others write")
  func agree() async throws {
    try await withProject { project in
      try await defineReports(project)
      let writer = try await Connection.open(project.database.primary, ConnectionOptions(name: "writer"))
      let writing = Task {
        var id = 0
        while !Task.isCancelled {
          id += 1
          _ = try await writer.execute("insert into src.sale (id) values (\(id))")
        }
      }
      for _ in 0..<3 {
        let result = try await project.run(Self.names, Self.options)
        #expect(result.status == .done, "\(result.reports.map(\.text))")
        #expect(try await published(project).count == 1)
      }
      let snapshots = "select distinct run_id, snapshot from reportgen.report_run"
      #expect(try await project.count(snapshots) == 3)
      // Expected to take a second each at first, so that each of the four lanes got two.
      #expect(try await project.count("select distinct report from reportgen.report_run") == Self.names.count)
      writing.cancel()
      _ = try? await writing.value
      await writer.close()
    }
  }

  @Test("a report that fails in its lane stops no other")
  func failing() async throws {
    try await withProject { project in
      try await defineReports(project)
      try project.write(
        "reports/report-3.sql", "select 1 / (count(*)::int) as sales, 0 as newest from src.sale")
      let result = try await project.run(Self.names, Self.options)
      #expect(result.reports.map { $0.state == .failed } == Self.names.map { $0 == "report-3" })
      #expect(result.status == .failed)
      #expect(result.reports[2].text.masked.contains("division_by_zero (SQLSTATE 22012)".masked))
    }
  }

  /// Runs all reports and ends a session of the run while the last report is held up in its query.
  ///
  /// - Parameter condition: chooses the session among those of the run on the server.
  private func ending(_ project: EngineProject, on conninfo: String, _ condition: String) async throws
    -> RunResult
  {
    try await define("report-8", in: project, waiting: "pg_catalog.pg_advisory_lock_shared(8)")
    let gate = try await Connection.open(project.database.replica, ConnectionOptions(name: "gate"))
    _ = try await gate.query("select pg_advisory_lock(8)")
    let session = try await Connection.open(conninfo, ConnectionOptions(name: "killer"))
    let run = Task { try await project.run(Self.names, Self.options) }
    try await project.waitOnReplica(VerifyTests.isHeldUp)
    let kill = """
      select pg_terminate_backend(pid) from pg_stat_activity where \(mine(project)) and \(condition)
      order by backend_start desc limit 1
      """
    try await waitFor("a session with \(condition)") { try await !session.query(kill).isEmpty }
    await session.close()
    await gate.close()
    return try await run.value
  }

  private func mine(_ project: EngineProject) -> String {
    "application_name = 'engine of \(project.database.name)'"
  }

  @Test("a session on the replica that is lost makes the whole level read again, in one snapshot")
  func lostSession() async throws {
    try await withProject { project in
      try await defineReports(project)
      let result = try await ending(
        project, on: project.database.replica, "wait_event = 'advisory'")
      #expect(result.status == .done, "\(result.reports.map(\.text))")
      #expect(try await published(project) == ["0|null"])
      let confirmed = "from reportgen.report_run where state = 'confirmed'"
      #expect(try await project.rows("select count(*), count(distinct snapshot) \(confirmed)") == "8|1")
    }
  }

  @Test("a session on the primary that is lost costs an attempt, not a report")
  func lostPrimarySession() async throws {
    try await withProject { project in
      try await defineReports(project)
      let result = try await ending(
        project, on: project.database.primary, "query ~ 'reportgen_staging' and state = 'idle'")
      #expect(result.status == .done, "\(result.reports.map(\.text))")
      #expect(try await published(project) == ["0|null"])
    }
  }

  @Test("an interrupted run with several lanes publishes nothing more and leaves nothing behind")
  func interrupted() async throws {
    try await withProject { project in
      for name in Self.names {
        try await define(name, in: project, waiting: "pg_catalog.pg_advisory_lock_shared(8)")
      }
      let gate = try await Connection.open(project.database.replica, ConnectionOptions(name: "gate"))
      _ = try await gate.query("select pg_advisory_lock(8)")
      let graph = DependencyGraph(try project.reports())
      let configuration = project.configuration(RunOptions(jobs: 4))
      let run = Task { await RunEngine(configuration).run(graph.reports, graph: graph) }
      try await project.waitOnReplica(VerifyTests.isHeldUp)
      run.cancel()
      let result = await run.value
      await gate.close()
      #expect(result.status == .interrupted)
      #expect(try await project.count("select from reportgen.interval") == 0)
    }
  }
}
