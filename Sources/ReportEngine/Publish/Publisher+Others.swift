import PostgresClient
import ReportLedger
import ReportModel

/// Where others have put triggers or rules on the summary table, what is published is compared with what was staged,
/// before the COMMIT.
extension Publisher {
  /// - Parameter counts: what the publish has written.
  /// - Throws: `RunError` that names the triggers, when a row of the table is not the staged one.
  func requireStagedRows(_ staged: StagedReport, _ checks: CheckResult, _ counts: RowCounts) async throws {
    let report = staged.attempt.report
    guard let table = report.materialization.table, !staged.staging.isNew,
      counts.inserted + counts.updated + counts.deleted > 0
    else { return }
    let rewriting = try await OthersOnTable.read(table, on: primary).rewriting
    guard !rewriting.isEmpty else { return }
    // Those that wait for the end of the transaction would come after the comparison.
    _ = try await primary.execute("SET CONSTRAINTS ALL IMMEDIATE")
    let statements = statements(staged, checks, target: table)
    let rows: Int
    if report.materialization.kind == .append {
      rows = try Row(only: try await primary.query(statements.appendedDifference)).int("rows")
    } else {
      let difference = try await difference(statements, report: report)
      rows = difference.added + difference.changed + difference.removed
    }
    guard rows > 0 else { return }
    throw RunError(
      .failed,
      Diagnostic(
        "\(rows) rows of \(table) are not as they were staged: the table has \(rewriting.joined(separator: ", "))",
        effect: .publishedStays(nil),
        hint: "Drop what changes the rows; a trigger may write to other tables.", file: report.metadataFile))
  }
}

extension PublishStatements {
  /// How many rows the staged ones and those that this transaction has inserted do not share.
  var appendedDifference: String {
    let own = "SELECT \(image("t")) FROM \(target.quoted) t WHERE t.xmin = pg_current_xact_id()::xid"
    let wanted = "SELECT \(image("s")) FROM \(staging.quoted) s"
    return
      "SELECT count(*) AS rows FROM ((\(own) EXCEPT ALL \(wanted)) UNION ALL (\(wanted) EXCEPT ALL \(own))) d"
  }
}
