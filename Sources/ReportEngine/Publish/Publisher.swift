import PostgresClient
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
  static let lockTimeoutMilliseconds = 200
  static let lockTries = 50

  let primary: Connection
  let timezone: String
  let allowShrink: Bool
  let workMemMegabytes: Int

  // MARK: Preparing

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
        throw RunError(
          .definition,
          Diagnostic(
            "\(error.message) (SQLSTATE \(error.sqlState))", detail: "Nothing was published.",
            hint: "Create the role or take it out of materialize.grants.",
            file: staged.attempt.report.metadataFile), sqlState: error.sqlState.rawValue)
      }
    }
  }

  // MARK: Publishing

  /// - Parameter record: makes the ledger's record from the counts.
  func publish(
    _ staged: StagedReport, _ checks: CheckResult, record: @Sendable (RowCounts) -> PublishRecord
  ) async throws -> RowCounts {
    let ledger = Ledger(connection: primary)
    _ = try await primary.execute(
      "BEGIN; SET LOCAL work_mem = '\(workMemMegabytes)MB'; SET LOCAL lock_timeout = '60s'")
    do {
      guard try await ledger.claim(staged.attempt) else {
        throw RunError(
          .tryAgain,
          Diagnostic(
            "another run has taken over \"\(staged.attempt.report.name)\"", detail: "Nothing was published."))
      }
      let counts = try await writeRows(staged, checks)
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
    if report.materialization.kind == .append {
      return try await append(statements, staged)
    }
    return try await write(statements, staged)
  }

  /// What another run has appended since this one was planned must not be there twice.
  private func append(_ statements: PublishStatements, _ staged: StagedReport) async throws -> RowCounts {
    let report = staged.attempt.report
    let starts = staged.attempt.ledgerBounds.starts
    let already = try await primary.query(
      """
      SELECT min(interval_start) FROM reportgen.interval
      WHERE report = $1 AND interval_start = ANY ($2::date[]) AND state <> 'expired'
      """, [report.name, postgresArray(starts)])
    if let day = try already.single() {
      throw RunError(
        .tryAgain,
        Diagnostic(
          "interval \(day) of \"\(report.name)\" was published by another run meanwhile",
          detail: "Nothing was published.", hint: "Run again: what is still missing is planned anew."))
    }
    do {
      let added = try await primary.execute(statements.insertAll)
      return RowCounts(read: staged.rowsRead, inserted: added)
    } catch let error as PostgresError where error.sqlState.matches(.uniqueViolation) {
      throw try await duplicateKeys(staged)
    }
  }

  private func write(_ statements: PublishStatements, _ staged: StagedReport) async throws -> RowCounts {
    let report = staged.attempt.report
    if try await isUnchanged(statements, staged) {
      return RowCounts(read: staged.rowsRead, unchanged: staged.rowsRead)
    }
    if staged.rowsRead > 10_000 { _ = try await primary.execute("ANALYZE \(staged.staging.name.quoted)") }
    let statements = try await pairedInOrder(statements, staged)
    let difference = try await difference(statements, report: report)
    if !statements.key.isEmpty, difference.hasDuplicateKeys { throw try await duplicateKeys(staged) }
    if !allowShrink, difference.shrinksTooMuch(isKeyed: !statements.key.isEmpty) {
      throw Self.shrinks(report: report, difference: difference)
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
    // A trigger, or somebody's hand, must not make the ledger say what is not so.
    guard written == difference.removed + difference.changed + difference.added else {
      throw RunError(
        .failed,
        Diagnostic(
          "\(written) rows of \(statements.target) were written instead of "
            + "\(difference.removed + difference.changed + difference.added)",
          detail: "Nothing was published.",
          hint: "Look for triggers or rules on the summary table, or for somebody who writes to it.",
          file: report.metadataFile))
    }
    return RowCounts(
      read: staged.rowsRead, inserted: difference.added, updated: difference.changed,
      deleted: difference.removed,
      unchanged: difference.paired - difference.changed)
  }

  func difference(_ statements: PublishStatements, report: Report) async throws -> RowDifference {
    do {
      let row = try SingleRow(try await primary.query(statements.difference))
      return RowDifference(
        paired: try row.int("paired"), removed: try row.int("removed"), kept: try row.int("kept"),
        added: try row.int("added"), changed: try row.int("changed"), published: try row.int("published"),
        deletable: try row.int("deletable"))
    } catch let error as PostgresError where error.sqlState.matches(.undefinedFunction) {
      throw Self.cannotCompare(error, report: report)
    }
  }

  private static func cannotCompare(_ error: PostgresError, report: Report) -> RunError {
    RunError(
      .definition,
      Diagnostic(
        "the rows of \"\(report.name)\" cannot be compared: \(error.message) (SQLSTATE \(error.sqlState))",
        detail: "Nothing was published.",
        hint: "A key column needs a type with equality: jsonb rather than json.",
        file: report.metadataFile), sqlState: error.sqlState.rawValue)
  }

  func statements(_ staged: StagedReport, _ checks: CheckResult, target: QualifiedName) -> PublishStatements {
    let all = staged.attempt.portion.intervals
    let intervals = all.indices.filter(checks.isPublishable).map { all[$0] }
    var portion = staged.attempt.portion
    // With an interval left out, what is published of it has to stay.
    if intervals.count < all.count { portion.replacesAll = false }
    return PublishStatements(
      report: staged.attempt.report, target: target, staging: staged.staging.name,
      columns: staged.staging.columns, portion: portion, intervals: intervals, timezone: timezone)
  }

  /// The new table already holds the rows, its indexes, grants and comments: it only gets its place and its name.
  private func moveNewTable(_ staged: StagedReport, _ checks: CheckResult, to table: QualifiedName)
    async throws
    -> RowCounts
  {
    let from = staged.staging.name
    let schema = SQLQuote.identifier(table.schema)
    do {
      _ = try await primary.execute(
        "ALTER TABLE \(from.quoted) SET SCHEMA \(schema); ALTER TABLE \(schema).\(SQLQuote.identifier(from.name))"
          + " RENAME TO \(SQLQuote.identifier(table.name))")
    } catch let error as PostgresError where error.sqlState.matches(.invalidSchemaName) {
      throw RunError(
        .definition,
        Diagnostic(
          "schema \"\(table.schema)\" does not exist (SQLSTATE 3F000)", detail: "Nothing was published.",
          hint: "\"reportgen init\" creates the schemas that the reports' tables need.",
          file: staged.attempt.report.metadataFile), sqlState: error.sqlState.rawValue)
    }
    let moved = checks.rowCounts.indices.filter(checks.isPublishable).map { checks.rowCounts[$0] }
    return RowCounts(read: staged.rowsRead, inserted: moved.reduce(0, +))
  }

  // MARK: Errors

  static func shrinks(report: Report, difference: RowDifference) -> RunError {
    RunError(
      .failed,
      Diagnostic(
        "publishing would delete \(difference.removed) of the \(difference.deletable) published rows in its scope",
        detail: "More than a fifth (and more than 100) of them. What was published before is unchanged.",
        hint: "If the source did lose these rows, run again with --allow-shrink.", file: report.metadataFile))
  }

  /// A publish finds a key that was staged twice by itself; rows that are not published have to be asked.
  func requireUniqueKeys(_ staged: StagedReport) async throws {
    let key = staged.attempt.report.materialization.uniqueKey
    guard !key.isEmpty else { return }
    let found = try await primary.query(CheckQueries.duplicates(key, staging: staged.staging.name))
    if !found.isEmpty { throw try await duplicateKeys(staged) }
  }

  /// DDL needs the table's owner, which a table made by hand often does not have in common with us.
  private func notOurs(_ error: PostgresError, report: Report) async throws -> RunError {
    let role = try await primary.query("SELECT current_user").single() ?? ""
    let table = report.materialization.table?.quoted ?? ""
    return RunError(
      .failed,
      Diagnostic(
        "\(error.message) (SQLSTATE \(error.sqlState))", detail: "Nothing was published.",
        hint:
          "ALTER TABLE \(table) OWNER TO \(SQLQuote.identifier(role)); what a report publishes belongs to one role.",
        file: report.metadataFile), sqlState: error.sqlState.rawValue)
  }

  /// Says which keys were staged twice; the transaction is gone by then.
  func duplicateKeys(_ staged: StagedReport) async throws -> RunError {
    await primary.rollback()
    let report = staged.attempt.report
    let key = report.materialization.uniqueKey
    let rows = try await primary.query(CheckQueries.duplicates(key, staging: staged.staging.name)).rows
    let shown = rows.prefix(CheckQueries.limit - 1).map { row in
      "(" + row.map { $0 ?? "null" }.joined(separator: ", ") + ")"
    }
    let more = rows.count >= CheckQueries.limit ? ", …" : ""
    return RunError(
      .failed,
      Diagnostic(
        "unique_key (\(key.joined(separator: ", "))) is not unique in the staged rows",
        detail: rows.isEmpty
          ? "A published row outside of the interval has the same key. What was published before is unchanged."
          : "Keys: \(shown.joined(separator: ", "))\(more). What was published before is unchanged.",
        hint: "Group the query by the key, or add to unique_key what tells the rows apart.",
        file: report.metadataFile), sqlState: SQLState.uniqueViolation.rawValue, isOfRows: true)
  }
}

/// Runs one DDL statement with a lock timeout so short that readers never queue behind it, again and again.
func withLockRetries(on connection: Connection, _ statement: String) async throws {
  var tries = 0
  while true {
    do {
      _ = try await connection.execute(
        "SET lock_timeout = \(Publisher.lockTimeoutMilliseconds); \(statement); SET lock_timeout = 0")
      return
    } catch let error as PostgresError where error.sqlState.matches(.lockNotAvailable) {
      tries += 1
      guard tries < Publisher.lockTries else { throw error }
      try await Task.sleep(for: .milliseconds(min(50 * tries, 1000)))
    }
  }
}
