import PostgresClient
import ReportLedger
import ReportModel

extension Publisher {
  /// For a dry run.
  func wouldRebuild(_ staged: StagedReport, _ table: QualifiedName) async throws -> TableDifference {
    let rows = try Row(only: try await primary.query("SELECT count(*) AS rows FROM \(table.quoted)"))
    return TableDifference(
      counts: RowCounts(
        read: staged.rowsRead, inserted: staged.rowsRead, deleted: try rows.int("rows")))
  }
}
