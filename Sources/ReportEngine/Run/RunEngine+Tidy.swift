import PostgresClient
import ReportLedger
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
      let name = QualifiedName(schema: LedgerSchema.staging, name: report.name)
      try? await StagingTable(name: name, isNew: false, columns: []).empty(on: session)
      await main.unlock([report])
    }
  }
}
