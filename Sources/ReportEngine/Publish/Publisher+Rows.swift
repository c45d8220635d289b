import PostgresClient
import ReportLedger
import ReportModel

/// The rows of a publish: those that differ, or all of an interval that was never there.
extension Publisher {
  /// What another run has appended since this one was planned must not be there twice.
  func appendRows(_ statements: PublishStatements, _ staged: StagedReport) async throws -> RowCounts {
    let report = staged.attempt.report
    if let day = try await Ledger(connection: primary).firstPublished(of: staged.attempt) {
      throw RunError(
        .tryAgain,
        Diagnostic(
          "interval \(day) of \"\(report.name)\" was published by another run meanwhile",
          effect: .nothingPublished, hint: "Run again: what is still missing is planned anew."))
    }
    do {
      let added = try await primary.execute(statements.insertAll)
      return RowCounts(read: staged.rowsRead, inserted: added)
    } catch let error as PostgresError where error.sqlState.matches(.uniqueViolation) {
      throw try await duplicateKeys(staged)
    }
  }

  func write(_ statements: PublishStatements, _ staged: StagedReport) async throws -> RowCounts {
    let report = staged.attempt.report
    if try await isUnchanged(statements, staged) {
      return RowCounts(read: staged.rowsRead, unchanged: staged.rowsRead)
    }
    if staged.rowsRead > 10_000 { try await analyze(statements, staged) }
    let statements = try await pairedInOrder(statements, staged)
    let difference = try await difference(statements, report: report)
    if !statements.key.isEmpty, difference.hasDuplicateKeys { throw try await duplicateKeys(staged) }
    if !allowShrink, difference.shrinksTooMuch(isKeyed: !statements.key.isEmpty) {
      throw Self.shrinks(report: report, by: difference.removed, of: difference.deletable)
    }
    var written = 0
    for statement in statements.changes(
      removed: difference.removed, changed: difference.changed, added: difference.added)
    {
      do {
        written += try await primary.execute(statement)
      } catch let error as PostgresError where error.sqlState.matches(.uniqueViolation) {
        throw try await duplicateKeys(staged)
      }
    }
    try requireWritten(
      written, of: difference.removed + difference.changed + difference.added, statements.target, staged)
    return RowCounts(
      read: staged.rowsRead, inserted: difference.added, updated: difference.changed,
      deleted: difference.removed,
      unchanged: difference.paired - difference.changed)
  }

  /// Only what rows are paired and chosen by: statistics of all columns cost five times as much, and nothing asks for them.
  private func analyze(_ statements: PublishStatements, _ staged: StagedReport) async throws {
    let timeColumn = staged.attempt.report.materialization.timeColumn
    let columns = Set(statements.key).union([timeColumn].compactMap(\.self)).sorted()
    guard !columns.isEmpty else { return }
    let list = columns.map(SQLQuote.identifier).joined(separator: ", ")
    _ = try await primary.execute("ANALYZE \(staged.staging.name.quoted) (\(list))")
  }

  /// The ledger's counts have to be those of the table: a trigger, a rule or another writer can change what is written.
  func requireWritten(_ written: Int, of expected: Int, _ table: QualifiedName, _ staged: StagedReport) throws
  {
    guard written != expected else { return }
    throw RunError(
      .failed,
      Diagnostic(
        "\(written) rows of \(table) were written instead of \(expected)", effect: .nothingPublished,
        hint: "Look for triggers or rules on the summary table, or for somebody who writes to it.",
        file: staged.attempt.report.metadataFile))
  }

  func difference(_ statements: PublishStatements, report: Report) async throws -> RowDifference {
    do {
      let row = try Row(only: try await primary.query(statements.difference))
      return RowDifference(
        paired: try row.int("paired"), removed: try row.int("removed"), kept: try row.int("kept"),
        added: try row.int("added"), changed: try row.int("changed"), published: try row.int("published"),
        deletable: try row.int("deletable"))
    } catch let error as PostgresError where error.sqlState.matches(.undefinedFunction) {
      throw Self.cannotCompare(error, report: report)
    }
  }

  func statements(_ staged: StagedReport, _ checks: CheckResult, target: QualifiedName)
    -> PublishStatements
  {
    let all = staged.attempt.portion.intervals
    let intervals = all.indices.filter(checks.isPublishable).map { all[$0] }
    var portion = staged.attempt.portion
    // With an interval left out, what is published of it has to stay.
    if intervals.count < all.count { portion.replacesAll = false }
    return PublishStatements(
      report: staged.attempt.report, target: target, staging: staged.staging.name,
      columns: staged.staging.columns, portion: portion, intervals: intervals, timezone: timezone)
  }
}
