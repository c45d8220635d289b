import Foundation
import PostgresClient
import ReportLedger
import ReportModel

extension RunEngine {
  /// A view reads summary tables on the primary: nothing is staged, but its rows are checked before anybody sees them,
  /// in a view of the same query in the staging schema.
  func publishView(_ pending: PendingPortion) async throws -> PublishedReport? {
    let report = pending.report
    let lane = lane(pending.lane)
    let (attempt, primary) = try await begin(pending)
    observe(.step(report: report.name, step: "publish"))
    do {
      let asOf = try await gate.asOfPrimary(primary)
      let columns = try await QueryColumns(connection: primary)
        .columns(of: report, span: .whole, values: [:], timezone: timezone)
      let candidate = StagingTable(
        name: QualifiedName(schema: LedgerSchema.staging, name: report.name + " view"), isNew: true,
        columns: columns)
      let staged = StagedReport(
        attempt: attempt, lane: lane, session: primary, staging: candidate, existing: nil, rowsRead: 0,
        sources: [:],
        asOf: asOf,
        seconds: StepSeconds(), file: nil)
      let cast = ReportQuery(
        report: report, span: .whole, values: [:], timezone: timezone, columns: columns.map(\.name))
      return try await publishView(staged, sql: cast.sql, on: primary)
    } catch {
      await fail(attempt, error, on: lane)
      throw error
    }
  }

  private func publishView(_ staged: StagedReport, sql: String, on primary: Connection) async throws
    -> PublishedReport?
  {
    let report = staged.attempt.report
    let candidate = staged.staging.name
    guard let view = report.materialization.table else { return nil }
    let existing = try await TableShape.read(view, on: primary)
    if let existing, existing.kind != "v" {
      throw Diagnostic(
        "\"\(view)\" exists and is not a view",
        hint: "Choose another name under materialize.table, or drop it.", file: report.metadataFile)
    }
    _ = try await primary.execute(
      "DROP VIEW IF EXISTS \(candidate.quoted); CREATE VIEW \(candidate.quoted) AS\n\(sql)")
    let made = try await TableShape.read(candidate, on: primary)
    let (checks, count) = try await checkView(staged, on: primary)
    _ = try await primary.execute("DROP VIEW \(candidate.quoted)")
    var staged = staged
    staged.rowsRead = count
    if options.dryRun || !checks.failed.isEmpty { return try await endView(staged, checks) }
    try await replaceView(
      staged, view: view, sql: made?.viewDefinition == existing?.viewDefinition ? nil : sql,
      existing: existing,
      on: primary)
    noteDiagnostics(report, checks.diagnostics)
    return PublishedReport(
      staged: staged, checks: checks, counts: RowCounts(read: count), intervals: [], openIntervals: [])
  }

  private func checkView(_ staged: StagedReport, on primary: Connection) async throws -> (CheckResult, Int) {
    let count = try SingleRow(
      try await primary.query("SELECT count(*) AS rows FROM \(staged.staging.name.quoted)")
    ).int("rows")
    let runner = CheckRunner(
      attempt: staged.attempt, staging: staged.staging, timezone: timezone, primary: primary, sources: [:])
    return (try await runner.run(rowsRead: count), count)
  }

  private func endView(_ staged: StagedReport, _ checks: CheckResult) async throws -> PublishedReport? {
    let report = staged.attempt.report
    var outcome = outcomes[report.name] ?? ReportOutcome(report: report, state: .dryRun)
    outcome.state = checks.failed.isEmpty ? .dryRun : .failed
    outcome.status = checks.failed.isEmpty ? .done : .failed
    outcome.counts.read = staged.rowsRead
    outcome.asOf = staged.asOf
    outcome.diagnostics += checks.diagnostics
    outcomes[report.name] = outcome
    let state = checks.failed.isEmpty ? "dry_run" : "failed"
    try await staged.lane.ledger {
      try await $0.end(
        staged.attempt, state: state, error: checks.failed.values.first?.message, sqlState: nil,
        seconds: staged.seconds)
    }
    return nil
  }

  /// View, comments, grants and ledger change together or not at all; the lock is waited for in short tries.
  private func replaceView(
    _ staged: StagedReport, view: QualifiedName, sql: String?, existing: TableShape?, on primary: Connection
  ) async throws {
    let report = staged.attempt.report
    let ledger = Ledger(connection: primary)
    for tries in 1...Publisher.lockTries {
      _ = try await primary.execute("BEGIN; SET LOCAL lock_timeout = \(Publisher.lockTimeoutMilliseconds)")
      do {
        guard try await ledger.claim(staged.attempt) else {
          throw RunError(
            .tryAgain,
            Diagnostic("another run has taken over \"\(report.name)\"", detail: "Nothing was published."))
        }
        if let sql { _ = try await primary.execute("CREATE OR REPLACE VIEW \(view.quoted) AS\n\(sql)") }
        let shape =
          existing
          ?? TableShape(kind: "v", columns: [], indexes: [], grants: [], comment: nil, viewDefinition: nil)
        for statement in SummaryTableChanges.viewStatements(report: report, existing: shape, name: view) {
          _ = try await primary.execute(statement)
        }
        try await ledger.publish(
          PublishRecord(
            attempt: staged.attempt, intervals: [], states: ["published"], rowCounts: [staged.rowsRead],
            counts: RowCounts(read: staged.rowsRead), asOf: staged.asOf, seconds: staged.seconds, error: nil))
        _ = try await primary.execute("COMMIT")
        return
      } catch let error as PostgresError
        where error.sqlState.matches(.lockNotAvailable) && tries < Publisher.lockTries
      {
        await primary.rollback()
        try await Task.sleep(for: .milliseconds(min(50 * tries, 1000)))
      } catch let error as PostgresError where error.sqlState.matches(.invalidTableDefinition) {
        await primary.rollback()
        throw RunError(
          .definition,
          Diagnostic(
            "\(error.message) (SQLSTATE \(error.sqlState))", detail: "The view is unchanged.",
            hint:
              "A view can only gain columns at its end: keep the old ones, or drop view \(view) and run again.",
            file: report.sqlFile), sqlState: error.sqlState.rawValue)
      } catch {
        await primary.rollback()
        throw error
      }
    }
  }

  func noteDiagnostics(_ report: Report, _ diagnostics: [Diagnostic]) {
    guard !diagnostics.isEmpty else { return }
    outcomes[report.name, default: ReportOutcome(report: report, state: .confirmed)].diagnostics +=
      diagnostics
  }
}
