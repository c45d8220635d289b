import Foundation
import PostgresClient
import ReportLedger
import ReportModel

/// Publishes views. A view reads summary tables on the primary: nothing is staged, but its rows are checked before
/// anybody sees them, in a view of the same query in the staging schema.
struct ViewRunner: Sendable {
  let context: RunContext
  let sessions: RunSessions
  let journal: RunJournal
  let recorder: RunRecorder
  let attempts: AttemptRunner

  func publish(_ views: [PlannedPortion]) async throws -> StepResult<PublishedReport> {
    var result = StepResult<PublishedReport>()
    for view in views {
      do {
        if let done = try await publish(view) { result.done.append(done) }
      } catch {
        result.retries += try await attempts.retries(of: view, after: error)
      }
    }
    return result
  }

  private func publish(_ planned: PlannedPortion) async throws -> PublishedReport? {
    let report = planned.report
    let lane = await sessions.lane(planned.lane)
    let (attempt, primary) = try await attempts.begin(planned)
    context.step("publish", of: report)
    do {
      try await TrustedCasts.require(report, on: primary)
      let columns = try await QueryColumns(connection: primary)
        .columns(of: report, span: .whole, values: [:], timezone: context.timezone)
      let candidate = StagingTable(
        name: QualifiedName(schema: LedgerSchema.staging, name: report.name + " view"), isNew: true,
        columns: columns)
      var staged = StagedReport(
        attempt: attempt, lane: lane, session: primary, staging: candidate, existing: nil, rowsRead: 0,
        sources: [:], asOf: try await context.gate.asOfPrimary(primary), seconds: StepSeconds(), file: nil)
      let query = ReportQuery(
        report: report, span: .whole, values: [:], timezone: context.timezone, columns: columns)
      let elsewhere = try await RowsElsewhere.planned(query.sql, of: report, on: primary)
      try elsewhere.requireAllowed(by: report)
      staged.asOf = staged.asOf.unproven(for: elsewhere.sources)
      return try await publish(staged, sql: query.sql)
    } catch {
      await recorder.fail(attempt, error, on: lane)
      throw error
    }
  }

  private func publish(_ staged: StagedReport, sql: String) async throws -> PublishedReport? {
    let (report, primary) = (staged.attempt.report, staged.session)
    let candidate = staged.staging.name
    guard let view = report.materialization.table else { return nil }
    let existing = try await TableShape.read(view, on: primary)
    if let existing, existing.kind != "v" {
      throw Diagnostic(
        "\"\(view)\" exists and is not a view",
        hint: "Choose another name under materialize.table, or drop it.", file: report.metadataFile)
    }
    try await primary.define(
      "DROP VIEW IF EXISTS \(candidate.quoted); CREATE VIEW \(candidate.quoted) AS\n\(sql)")
    let made = try await TableShape.read(candidate, on: primary)
    let checked = try await check(staged)
    _ = try await primary.execute("DROP VIEW \(candidate.quoted)")
    if context.options.dryRun || !checked.checks.failed.isEmpty {
      try await end(checked)
      return nil
    }
    let change = ViewChange(
      view: view, sql: made?.viewDefinition == existing?.viewDefinition ? nil : sql, existing: existing)
    try await change.publish(checked)
    await journal.wrote(report, [])
    await journal.note(checked.checks.diagnostics, of: report)
    return PublishedReport(
      staged: checked.staged, checks: checked.checks, counts: RowCounts(read: checked.staged.rowsRead),
      intervals: [], openIntervals: [])
  }

  private func check(_ staged: StagedReport) async throws -> CheckedReport {
    var staged = staged
    staged.rowsRead = try Row(
      only:
        try await staged.session.queryReadOnly("SELECT count(*) AS rows FROM \(staged.staging.name.quoted)")
    ).int("rows")
    let runner = CheckRunner(
      attempt: staged.attempt, staging: staged.staging, timezone: context.timezone, primary: staged.session,
      sources: [:])
    return CheckedReport(staged: staged, checks: try await runner.run(rowsRead: staged.rowsRead))
  }

  private func end(_ checked: CheckedReport) async throws {
    let staged = checked.staged
    await journal.viewEnded(staged, checked.checks)
    let state: AttemptState = checked.checks.failed.isEmpty ? .dryRun : .failed
    try await staged.lane.ledger {
      try await $0.end(
        staged.attempt, state: state, error: checked.firstReason, sqlState: nil, seconds: staged.seconds)
    }
  }
}
