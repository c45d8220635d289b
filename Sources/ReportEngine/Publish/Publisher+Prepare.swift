import PostgresClient
import ReportLedger
import ReportModel

extension Publisher {
  /// Runs DDL before the publishing transaction, each with a short lock timeout and retries, and only where it changes something.
  func prepare(_ staged: StagedReport) async throws {
    guard let table = staged.attempt.report.materialization.table else { return }
    if staged.staging.isNew {
      let name = staged.staging.name
      guard let shape = try await TableShape.read(name, on: primary) else { return }
      _ = try await primary.execute("ANALYZE \(name.quoted)")
      let changes = try await changes(staged, existing: shape, name: name, finalName: table)
      try await apply(changes, staged)
      // Readers find their privileges in the moment in which the table appears.
      for grant in changes.grants {
        let statement = grant.statement(on: name)
        try await explaining(statement, staged) { try await withLockRetries(on: primary, statement) }
      }
      try await Ledger(connection: primary).tables.recordGrants(on: table, granted: changes.grants)
    } else if let existing = staged.existing {
      try await indexManyRows(staged)
      // The columns of a rebuild change with its rows, and all else depends on them.
      if !staged.changesColumns { try await apply(changes(staged, existing: existing, name: table), staged) }
    }
  }

  func changes(
    _ staged: StagedReport, existing: TableShape, name: QualifiedName, finalName: QualifiedName? = nil
  ) async throws -> SummaryTableChanges {
    var columns = staged.staging.columns
    if !SchemaDifference(existing: existing.columns, columns: columns).isEmpty {
      // Only a table made from the query knows the collations.
      columns = try await TableShape.read(staged.staging.name, on: primary)?.columns ?? columns
    }
    func made(taken: Set<String>) throws -> SummaryTableChanges {
      try SummaryTableChanges(
        report: staged.attempt.report, existing: existing, name: name, finalName: finalName ?? name,
        columns: columns, taken: taken)
    }
    let changes = try made(taken: [])
    guard changes.makesIndex else { return changes }
    return try made(taken: try await takenNames(in: [name.schema, (finalName ?? name).schema]))
  }

  /// An index moves with its new table, and therefore needs a name that is free in both schemas.
  private func takenNames(in schemas: [String]) async throws -> Set<String> {
    let names = try await primary.query(
      """
      SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = ANY ($1::text[])
      """, [postgresArray(schemas)])
    return Set(try names.column("name").compactMap(\.self))
  }

  private func apply(_ changes: SummaryTableChanges, _ staged: StagedReport) async throws {
    for statement in changes.statements {
      try await explaining(statement, staged) { try await withLockRetries(on: primary, statement) }
    }
  }

  /// Runs a statement, and explains the server's error by the report's definition.
  func explaining(_ statement: String, _ staged: StagedReport, _ body: () async throws -> Void) async throws {
    let report = staged.attempt.report
    do {
      try await body()
    } catch let error as PostgresError where error.sqlState.matches(.uniqueViolation) {
      throw try await duplicateKeys(staged)
    } catch let error as PostgresError where error.sqlState.matches(.insufficientPrivilege) {
      throw try await notOurs(error, report: report)
    } catch let error as PostgresError where error.sqlState.matches(.undefinedObject) {
      if statement.hasPrefix("CREATE") { throw Self.cannotCompare(error, report: report) }
      if statement.hasPrefix("GRANT") { throw Self.noSuchRole(error, report: report) }
      throw error
    }
  }
}
