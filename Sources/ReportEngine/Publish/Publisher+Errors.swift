import PostgresClient
import ReportLedger
import ReportModel

/// Why rows were not published, as diagnostics.
extension Publisher {
  /// The attempt's row is no longer `running`: another run has begun an attempt at the report.
  static func takenOver(_ report: Report) -> RunError {
    RunError(
      .tryAgain,
      Diagnostic("another run has taken over \"\(report.name)\"", effect: .nothingPublished))
  }

  static func shrinks(report: Report, by removed: Int, of deletable: Int) -> RunError {
    RunError(
      .failed,
      Diagnostic(
        "publishing would delete \(removed) of the \(deletable) published rows in its scope",
        detail: "More than a fifth (and more than 100) of them.", effect: .publishedStays(nil),
        hint: "If the source did lose these rows, run again with --allow-shrink.", file: report.metadataFile))
  }

  static func cannotCompare(_ error: PostgresError, report: Report) -> RunError {
    RunError(
      .definition,
      Diagnostic(
        "the rows of \"\(report.name)\" cannot be compared: \(error.reason)",
        effect: .nothingPublished,
        hint: "A key column needs a type with equality: jsonb rather than json.",
        file: report.metadataFile), of: error)
  }

  /// Looks for keys that were staged twice where nothing is published; a publish finds them by itself.
  func requireUniqueKeys(_ staged: StagedReport) async throws {
    let key = staged.attempt.report.materialization.uniqueKey
    guard !key.isEmpty else { return }
    let found = try await primary.query(CheckQueries.duplicates(key, staging: staged.staging.name))
    if !found.isEmpty { throw try await duplicateKeys(staged) }
  }

  /// DDL needs the table's owner; a table that was created by hand often belongs to another role.
  func notOurs(_ error: PostgresError, report: Report) async throws -> RunError {
    try await Self.notOurs(error, report: report, on: primary)
  }

  static func notOurs(
    _ error: PostgresError, report: Report, on primary: Connection,
    effect: FailureEffect? = .nothingPublished
  ) async throws -> RunError {
    let role = try await primary.query("SELECT current_user").single() ?? ""
    let table = report.materialization.table?.quoted ?? ""
    return RunError(
      .failed,
      Diagnostic(
        error.reason, effect: effect,
        hint:
          "ALTER TABLE \(table) OWNER TO \(SQLQuote.identifier(role)); what a report publishes belongs to one role.",
        file: report.metadataFile), of: error)
  }

  static func noSuchRole(
    _ error: PostgresError, report: Report, effect: FailureEffect? = .nothingPublished
  ) -> RunError {
    RunError(
      .definition,
      Diagnostic(
        error.reason, effect: effect,
        hint: "Create the role or take it out of materialize.grants.", file: report.metadataFile),
      of: error)
  }

  /// No key was staged twice, and no published row stays besides the staged ones.
  private static func notUniqueInTable(_ report: Report, _ key: [String]) -> RunError {
    let table = report.materialization.table?.description ?? ""
    return RunError(
      .failed,
      Diagnostic(
        "a unique index of \(table) does not allow the rows (SQLSTATE 23505)",
        detail: key.isEmpty
          ? "The report has no unique_key."
          : "No two staged rows have the same (\(key.joined(separator: ", "))).",
        effect: .publishedStays(nil),
        hint: "Drop the unique indexes that others made on the table, or make their columns the unique_key.",
        file: report.metadataFile), sqlState: SQLState.uniqueViolation.rawValue, isOfRows: true)
  }

  /// Reads which keys were staged twice, after it has rolled back the failed transaction.
  func duplicateKeys(_ staged: StagedReport) async throws -> RunError {
    await primary.rollback()
    let report = staged.attempt.report
    let key = report.materialization.uniqueKey
    let rows =
      key.isEmpty
      ? [] : try await primary.query(CheckQueries.duplicates(key, staging: staged.staging.name)).rows
    if rows.isEmpty, key.isEmpty || report.showsWholeRelation { return Self.notUniqueInTable(report, key) }
    let shown = rows.prefix(CheckQueries.limit - 1).map { row in
      "(" + row.map { $0 ?? "null" }.joined(separator: ", ") + ")"
    }
    let more = rows.count >= CheckQueries.limit ? ", …" : ""
    return RunError(
      .failed,
      Diagnostic(
        "unique_key (\(key.joined(separator: ", "))) is not unique in the staged rows",
        detail: rows.isEmpty
          ? "A published row outside of the interval has the same key."
          : "Keys: \(shown.joined(separator: ", "))\(more).", effect: .publishedStays(nil),
        hint: "Group the query by the key, or add to unique_key what tells the rows apart.",
        file: report.metadataFile), sqlState: SQLState.uniqueViolation.rawValue, isOfRows: true)
  }
}
