import PostgresClient
import ReportLedger
import ReportModel

/// The publish of a view: view, comments, grants and ledger change together or not at all.
struct ViewChange: Sendable {
  let view: QualifiedName
  /// Nil where the view has this query already.
  let sql: String?
  /// The view as it was before; nil when it does not exist.
  let existing: TableShape?

  /// Waits for the view's lock in short tries, so that readers never queue behind it.
  func publish(_ checked: CheckedReport) async throws {
    let primary = checked.staged.session
    for tries in 1...Publisher.lockTries {
      _ = try await primary.execute("BEGIN; SET LOCAL lock_timeout = \(Publisher.lockTimeoutMilliseconds)")
      do {
        try await write(checked)
        _ = try await primary.execute("COMMIT")
        return
      } catch let error as PostgresError
        where error.sqlState.matches(.lockNotAvailable) && tries < Publisher.lockTries
      {
        await primary.rollback()
        try await Task.sleep(for: .milliseconds(min(50 * tries, 1000)))
      } catch let error as PostgresError where error.sqlState.matches(.invalidTableDefinition) {
        await primary.rollback()
        throw otherColumns(error, of: checked.staged.attempt.report)
      } catch {
        await primary.rollback()
        throw error
      }
    }
  }

  private func write(_ checked: CheckedReport) async throws {
    let staged = checked.staged
    let (report, primary, ledger) = (
      staged.attempt.report, staged.session, Ledger(connection: staged.session)
    )
    guard try await ledger.claim(staged.attempt) else { throw Publisher.takenOver(report) }
    if let sql { try await primary.define("CREATE OR REPLACE VIEW \(view.quoted) AS\n\(sql)") }
    let shape =
      existing
      ?? TableShape(kind: "v", columns: [], indexes: [], grants: [], comment: nil, viewDefinition: nil)
    for statement in SummaryTableChanges.viewStatements(report: report, existing: shape, name: view) {
      try await primary.define(statement)
    }
    if existing == nil {
      for grant in report.materialization.grants { try await primary.define(grant.statement(on: view)) }
      try await ledger.tables.recordGrants(on: view, granted: report.materialization.grants)
    }
    try await ledger.publish(
      PublishRecord(
        attempt: staged.attempt, intervals: [], states: [.published], rowCounts: [staged.rowsRead],
        counts: RowCounts(read: staged.rowsRead), asOf: staged.asOf, seconds: staged.seconds, error: nil))
  }

  private func otherColumns(_ error: PostgresError, of report: Report) -> RunError {
    RunError(
      .definition,
      Diagnostic(
        error.reason, detail: "The view is unchanged.",
        hint:
          "A view can only gain columns at its end: keep the old ones, or drop view \(view) and run again.",
        file: report.sqlFile), of: error)
  }
}
