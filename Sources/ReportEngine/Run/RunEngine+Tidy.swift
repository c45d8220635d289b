import PostgresClient
import ReportModel

extension RunEngine {
  /// Empties the staging tables of reports that are up to date: a process that died right behind its COMMIT leaves rows
  /// there, and no attempt of this run comes to empty them.
  ///
  /// What cannot be done is left to the next run: these rows are read by nobody.
  func emptyStagingTables(of reports: [Report]) async throws {
    guard publishes, !reports.isEmpty else { return }
    let names = reports.map(\.name)
    let left = Set((try? await ledger { try await $0.filledStagingTables(among: names) }) ?? [])
    try Task.checkCancellation()
    for report in reports where left.contains(report.name) {
      guard let session = try? await main.lock(report, until: .now) else { continue }
      let name = QualifiedName(schema: StagingTable.schema, name: report.name)
      try? await StagingTable(name: name, isNew: false, columns: []).empty(on: session)
      await main.unlock([report])
    }
  }
}

extension Ledger {
  /// Those that take room; an emptied one has none.
  fileprivate func filledStagingTables(among names: [String]) async throws -> [String] {
    let rows = try await connection.query(
      """
      SELECT relname FROM pg_class
      WHERE relnamespace = to_regnamespace($1) AND relkind = 'r' AND relname = ANY ($2::text[])
        AND pg_relation_size(oid) > 0
      """, [StagingTable.schema, postgresArray(names)])
    return rows.rows.compactMap { $0[0] }
  }
}
