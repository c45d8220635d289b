import PostgresClient
import ReportLedger
import ReportModel

/// Where others have put triggers or rules on the summary table, what is published is compared with what was staged,
/// before the COMMIT.
extension Publisher {
  /// - Parameters:
  ///   - counts: what the publish has written.
  ///   - before: the server's count before the publish; nil where nothing was there that writes.
  /// - Throws: `RunError` that names the triggers, when a row of the table is not the staged one, and when they have
  ///   written other rows of it.
  func requireStagedRows(
    _ staged: StagedReport, _ checks: CheckResult, _ counts: RowCounts, since before: WrittenRows?
  ) async throws {
    let report = staged.attempt.report
    guard let table = report.materialization.table, !staged.staging.isNew,
      counts.inserted + counts.updated + counts.deleted > 0
    else { return }
    let rewriting = try await OthersOnTable.read(table, on: primary).rewriting
    guard !rewriting.isEmpty else { return }
    // They came after the rows were compared on the replica, and not all rows are staged.
    guard staged.compared == nil else { throw Self.changedMeanwhile(table) }
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
    let names = rewriting.joined(separator: ", ")
    let isOurs = try await isAllOfPublish(staged, table, counts, since: before)
    guard rows > 0 || !isOurs else { return }
    throw RunError(
      .failed,
      Diagnostic(
        rows > 0
          ? "\(rows) rows of \(table) are not as they were staged: the table has \(names)"
          : "publishing rows of \(table) changes others: the table has \(names)",
        effect: .publishedStays(nil),
        hint: "Drop what changes the rows; a trigger may write to other tables.", file: report.metadataFile))
  }

  /// What is counted before the first row is written: only triggers that are there by then can have written others.
  func rowsBefore(_ staged: StagedReport) async throws -> WrittenRows? {
    guard staged.othersWrite, !staged.staging.isNew, let table = staged.attempt.report.materialization.table
    else { return nil }
    return try await WrittenRows.read(table, on: primary)
  }

  /// Whether nothing but the publish itself has written to the table. A rebuild writes all rows anew.
  private func isAllOfPublish(
    _ staged: StagedReport, _ table: QualifiedName, _ counts: RowCounts, since before: WrittenRows?
  ) async throws -> Bool {
    guard let before, !staged.changesColumns, let after = try await WrittenRows.read(table, on: primary)
    else { return true }
    return after - before
      == WrittenRows(inserted: counts.inserted, updated: counts.updated, deleted: counts.deleted)
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
