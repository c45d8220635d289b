import PostgresClient
import ReportModel

extension Publisher {
  /// DDL in steps of its own, each with a short lock timeout and retries, and only where it changes something.
  func prepare(_ staged: StagedReport) async throws {
    guard let table = staged.attempt.report.materialization.table else { return }
    if staged.staging.isNew {
      let name = staged.staging.name
      guard let shape = try await TableShape.read(name, on: primary) else { return }
      _ = try await primary.execute("ANALYZE \(name.quoted)")
      try await apply(
        SummaryTableChanges(
          report: staged.attempt.report, existing: shape, name: name, finalName: table,
          columns: staged.staging.columns), staged: staged)
    } else if let existing = staged.existing {
      try await indexManyRows(staged)
      try await apply(
        SummaryTableChanges(
          report: staged.attempt.report, existing: existing, name: table, finalName: table,
          columns: staged.staging.columns), staged: staged)
    }
  }

  private func apply(_ changes: SummaryTableChanges, staged: StagedReport) async throws {
    for statement in changes.statements {
      do {
        try await withLockRetries(on: primary, statement)
      } catch let error as PostgresError where error.sqlState.matches(.uniqueViolation) {
        throw try await duplicateKeys(staged)
      } catch let error as PostgresError
        where error.sqlState.matches(.undefinedObject) && statement.hasPrefix("CREATE")
      {
        throw Self.cannotCompare(error, report: staged.attempt.report)
      } catch let error as PostgresError where error.sqlState.matches(.insufficientPrivilege) {
        throw try await notOurs(error, report: staged.attempt.report)
      } catch let error as PostgresError
        where error.sqlState.matches(.undefinedObject) && statement.hasPrefix("GRANT")
      {
        throw Self.noSuchRole(error, report: staged.attempt.report)
      }
    }
  }
}
