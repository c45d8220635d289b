import PostgresClient
import ReportModel
import TestSupport
import Testing

@testable import ReportEngine

/// What a run costs the primary and its replicas in WAL; on servers of its own, where nobody else writes.
@Suite struct WriteAheadLogTests {
  @Test(
    "equal rows again cost less than one hundredth of the first run's WAL",
    arguments: ["unique_key: [id]", ""])
  func equalRows(_ key: String) async throws {
    let pair = try await startPrivatePair()
    try await pair.withDatabase { database in
      try await temporaryDirectory { folder in
        let project = try await EngineProject(database, directory: folder, timezone: "UTC")
        try await project.execute(
          "insert into src.sale (id, day, currency, amount) select n, '2024-01-01', 'RUB', n / 7.0 from generate_series(1, 300000) n"
        )
        try await project.define("sale", Definition.whole(key, export: ""), sql: Definition.wholeSQL)
        let first = try await walBytes(project) { try await project.publish("sale") }
        // The first run's table became the summary table; the second run makes the staging table.
        let second = try await walBytes(project) { try await project.publish("sale") }
        let again = try await walBytes(project) { try await project.publish("sale") }
        #expect(try await project.count("select from reports.sale") == 300_000)
        #expect(second * 50 < first, "\(second) of \(first) bytes")
        #expect(again * 100 < first, "\(again) of \(first) bytes")
        try await expectTidy(project)
        await project.admin.close()
      }
    }
    try await pair.stop()
  }

  private func walBytes(_ project: EngineProject, _ body: () async throws -> Void) async throws -> Int {
    // One checkpoint is due at an unknown moment otherwise, and each page is logged whole when it changes after one.
    try await project.execute("checkpoint")
    let position = { try await project.admin.query("select pg_current_wal_insert_lsn()").single() ?? "" }
    let before = try await position()
    try await body()
    let after = try await position()
    return Int(try await project.rows("select '\(after)'::pg_lsn - '\(before)'::pg_lsn")) ?? -1
  }
}
