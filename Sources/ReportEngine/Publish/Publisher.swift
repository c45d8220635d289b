import PostgresClient
import ReportLedger
import ReportModel

/// What one publish did.
struct PublishedReport: Sendable {
  var staged: StagedReport
  var checks: CheckResult
  var counts: RowCounts
  /// Those whose rows are now published; empty for the whole of a report.
  var intervals: [Interval]
  /// Intervals that end after the as-of: their rows are published, but they stay missing.
  var openIntervals: [Interval]
}

/// Step 7: one short transaction changes the rows that differ and writes the ledger, or nothing at all.
struct Publisher: Sendable {
  let primary: Connection
  let timezone: String
  let allowShrink: Bool
  let workMemMegabytes: Int

  /// - Parameter record: makes the ledger's record from the counts.
  func publish(
    _ staged: StagedReport, _ checks: CheckResult, record: @Sendable (RowCounts) -> PublishRecord
  ) async throws -> RowCounts {
    let ledger = Ledger(connection: primary)
    do {
      let opening = "BEGIN; SET LOCAL work_mem = '\(workMemMegabytes)MB'; SET LOCAL lock_timeout = '60s'"
      guard try await ledger.claim(staged.attempt, opening: opening) else {
        throw Self.takenOver(staged.attempt.report)
      }
      let before = try await rowsBefore(staged)
      let counts = try await writeRows(staged, checks)
      try await requireStagedRows(staged, checks, counts, since: before)
      try await ledger.publish(record(counts))
      try await commit(counts)
      return counts
    } catch {
      await primary.rollback()
      throw error
    }
  }

  private func commit(_ counts: RowCounts) async throws {
    do {
      _ = try await primary.execute("COMMIT")
    } catch let error as PostgresError where error.isConnectionLost {
      throw CommitOutcomeUnknown(counts: counts, cause: error)
    }
  }

  private func writeRows(_ staged: StagedReport, _ checks: CheckResult) async throws -> RowCounts {
    let report = staged.attempt.report
    guard let table = report.materialization.table else {
      return RowCounts(read: staged.rowsRead, unchanged: 0)
    }
    if staged.staging.isNew { return try await moveNewTable(staged, checks, to: table) }
    let statements = statements(staged, checks, target: table)
    if let compared = staged.compared { return try await writeDifference(compared, statements, staged) }
    if report.materialization.kind == .append {
      return try await appendRows(statements, staged)
    }
    if let existing = staged.existing, staged.changesColumns {
      return try await rebuild(staged, statements, existing: existing)
    }
    return try await write(statements, staged)
  }

  /// The new table already holds the rows, its indexes, grants and comments: it is moved to its schema and renamed.
  private func moveNewTable(_ staged: StagedReport, _ checks: CheckResult, to table: QualifiedName)
    async throws
    -> RowCounts
  {
    let from = staged.staging.name
    let schema = SQLQuote.identifier(table.schema)
    do {
      try await primary.define(
        "ALTER TABLE \(from.quoted) SET SCHEMA \(schema); ALTER TABLE \(schema).\(SQLQuote.identifier(from.name))"
          + " RENAME TO \(SQLQuote.identifier(table.name))")
    } catch let error as PostgresError where error.sqlState.matches(.invalidSchemaName) {
      throw RunError(
        .definition,
        Diagnostic(
          "schema \"\(table.schema)\" does not exist (SQLSTATE 3F000)", effect: .nothingPublished,
          hint: "\"reportgen init\" creates the schemas that the reports' tables need.",
          file: staged.attempt.report.metadataFile), sqlState: error.sqlState.rawValue)
    }
    let moved = checks.rowCounts.indices.filter(checks.isPublishable).map { checks.rowCounts[$0] }
    return RowCounts(read: staged.rowsRead, inserted: moved.reduce(0, +))
  }
}
