import PostgresClient
import ReportLedger
import ReportModel

/// The publish of rows that were compared with the published ones in the level's snapshot.
extension Publisher {
  /// Applies the staged differences to the very rows from which they were computed.
  ///
  /// - Throws: `RunError` that asks for full staging when the table, or one of these rows, is not as it was in the snapshot.
  func writeDifference(
    _ compared: ComparedRows, _ statements: PublishStatements, _ staged: StagedReport
  ) async throws -> RowCounts {
    let report = staged.attempt.report
    let difference = RowDifference(
      paired: compared.equal + compared.changed, removed: compared.removed, kept: 0, added: compared.added,
      changed: compared.changed, published: 0, deletable: compared.deletable)
    if !allowShrink, difference.shrinksTooMuch(isKeyed: true) {
      throw Self.shrinks(report: report, by: compared.removed, of: compared.deletable)
    }
    // From here on nobody can give the table another file.
    let now = try await PublishedTable.read(
      of: report, on: primary, opening: "LOCK TABLE \(statements.target.quoted) IN ROW EXCLUSIVE MODE")
    guard let now, now.isSame(as: compared.published) else { throw Self.changedMeanwhile(statements.target) }
    let changes = ChangeStatements(statements, staging: staged.staging.name)
    if compared.rowsStaged > 10_000 {
      _ = try await primary.execute("ANALYZE \(staged.staging.name.quoted) (\(changes.kind))")
    }
    for change in changes.changes(
      removed: compared.removed, changed: compared.changed, added: compared.added)
    {
      let written: Int
      do {
        written = try await primary.execute(change.sql)
      } catch let error as PostgresError where error.sqlState.matches(.uniqueViolation) {
        throw Self.changedMeanwhile(statements.target)
      }
      guard written == change.rows else { throw Self.changedMeanwhile(statements.target) }
    }
    return RowCounts(
      read: staged.rowsRead, inserted: compared.added, updated: compared.changed, deleted: compared.removed,
      unchanged: compared.equal)
  }

  /// Nobody's change is overwritten unseen: the next attempt compares with the table as it is.
  static func changedMeanwhile(_ table: QualifiedName) -> RunError {
    var error = RunError(
      .tryAgain,
      Diagnostic(
        "\(table) was changed after its rows were compared on the replica", effect: .nothingPublished,
        hint: "Run again when what writes to it has ended."), isTransient: true)
    error.needsFullStaging = true
    return error
  }
}
