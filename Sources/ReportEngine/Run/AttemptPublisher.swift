import PostgresClient
import ReportLedger
import ReportModel

/// Takes a staged report through its checks to its publish, or to what a publish would change.
struct AttemptPublisher: Sendable {
  let context: RunContext
  let sessions: RunSessions
  let journal: RunJournal
  let recorder: RunRecorder
  let exports: ExportRunner

  /// - Returns: nil when nothing is left to publish; the journal says why.
  func publish(_ staged: StagedReport) async throws -> PublishedReport? {
    do {
      context.step("check", of: staged.attempt.report)
      let checked = try await check(staged)
      if context.publishes, !checked.checks.failed.isEmpty {
        try await staged.lane.ledger { try await $0.record(checked.checks.counts, of: staged.attempt) }
      }
      if let undivided = checked.checks.undivided { throw RunError(.failed, undivided, isOfRows: true) }
      if checked.staged.changesColumns, !checked.checks.failed.isEmpty { throw await notRebuilt(checked) }
      guard checked.hasPublishableRows else {
        await checked.staged.discard()
        try await end(checked, .failed)
        await journal.checked(checked.staged, checked.checks)
        return nil
      }
      guard context.publishes else {
        try await publisher(staged).requireUniqueKeys(staged)
        try await rehearse(checked)
        return nil
      }
      context.step("publish", of: staged.attempt.report)
      return try await publish(checked)
    } catch {
      await staged.discard()
      await recorder.fail(staged.attempt, error, on: staged.lane)
      throw staged.attempt.portion.isRebuild ? AttemptRunner.undivided(error) : error
    }
  }

  // MARK: Staged → checked

  private func check(_ staged: StagedReport) async throws -> CheckedReport {
    let began = ContinuousClock.now
    let runner = CheckRunner(
      attempt: staged.attempt, staging: staged.staging, timezone: context.timezone, primary: staged.session,
      sources: staged.sources)
    let checks: CheckResult
    if let compared = staged.compared {
      let scan = StagedScan(
        report: staged.attempt.report, intervals: staged.attempt.portion.intervals, timezone: context.timezone
      )
      checks = try await runner.run(scan, scan.finding(ofCounts: compared.rowCounts))
    } else {
      checks = try await runner.run(rowsRead: staged.rowsRead)
    }
    var checked = CheckedReport(staged: staged, checks: checks)
    try checked.requireAllRows()
    if let condition = checked.failedRows(timezone: context.timezone) {
      _ = try await staged.session.execute(
        "DELETE FROM \(staged.staging.name.quoted) t WHERE \(condition)")
    }
    checked.staged.seconds.add("check", .now - began)
    return checked
  }

  // MARK: Checked → published

  private func publish(_ checked: CheckedReport) async throws -> PublishedReport {
    let (staged, checks) = (checked.staged, checked.checks)
    let began = ContinuousClock.now
    let publisher = publisher(staged)
    try await publisher.prepare(staged)
    let counts: RowCounts
    do {
      counts = try await publisher.publish(staged, checks) { counts in
        var seconds = staged.seconds
        seconds.add("publish", .now - began)
        return checked.record(counts: counts, seconds: seconds)
      }
    } catch let unknown as CommitOutcomeUnknown {
      counts = try await UnknownCommit(sessions: sessions).resolve(
        unknown, staged.attempt, on: staged.lane)
    }
    var done = PublishedReport(
      staged: staged, checks: checks, counts: counts, intervals: checked.intervals, openIntervals: [])
    await journal.wrote(staged.attempt.report, done.intervals)
    done.openIntervals = checked.intervals.filter { $0.end > staged.asOf.today }
    done.staged.seconds.add("publish", .now - began)
    await emptyStaging(staged)
    await journal.checked(staged, checks)
    await noteAddedColumn(staged)
    return done
  }

  private func emptyStaging(_ staged: StagedReport) async {
    guard !staged.staging.isNew, staged.attempt.report.materialization.kind != .none else { return }
    let (staging, rows, lane) = (staged.staging, staged.rowsStaged, staged.lane)
    // Not the attempt's session, which may have been lost at the COMMIT.
    await uncancelled {
      guard await lane.isUsable else { return }
      try? await staging.empty(rows: rows, on: try await lane.connection())
    }
  }

  private func publisher(_ staged: StagedReport) -> Publisher {
    Publisher(
      primary: staged.session, timezone: context.timezone, allowShrink: context.options.allowShrink,
      workMemMegabytes: context.configuration.workMemMegabytes)
  }

  // MARK: Ends without a publish

  /// A dry run, or parameters other than the defaults: finds out what a publish would change.
  private func rehearse(_ checked: CheckedReport) async throws {
    let staged = checked.staged
    await journal.rehearsed(staged, checked.checks, try await wouldChange(checked))
    await journal.checked(staged, checked.checks)
    if !context.options.dryRun { try await exports.exportParameterized(staged) }
    await staged.discard()
    try await end(checked, .dryRun)
  }

  private func wouldChange(_ checked: CheckedReport) async throws -> TableDifference {
    let staged = checked.staged
    let report = staged.attempt.report
    let options = context.options
    guard options.dryRun, options.parameters.isEmpty, let table = report.materialization.table else {
      return TableDifference(counts: RowCounts(read: staged.rowsRead))
    }
    let publisher = publisher(staged)
    var statements = publisher.statements(staged, checked.checks, target: table)
    guard let existing = try await TableShape.read(table, on: staged.session) else {
      return try await publisher.allAdded(statements, staged)
    }
    let changes = try SummaryTableChanges(
      report: report, existing: existing, name: table, finalName: table, columns: staged.staging.columns)
    if changes.alteration != nil { return try await publisher.wouldRebuild(staged, table) }
    if report.materialization.kind == .append { return try await publisher.allAdded(statements, staged) }
    let known = Set(existing.columns.map(\.name))
    statements.columns.removeAll { !known.contains($0) }
    return try await publisher.tableDifference(statements, staged)
  }

  private func end(_ checked: CheckedReport, _ state: AttemptState) async throws {
    let staged = checked.staged
    try await staged.lane.ledger {
      try await $0.end(
        staged.attempt, state: state, error: checked.firstReason, sqlState: nil, seconds: staged.seconds,
        counts: RowCounts(read: staged.rowsRead))
    }
  }

  // MARK: Columns

  /// Rows that have no value for a new column, until they are computed again.
  private func noteAddedColumn(_ staged: StagedReport) async {
    let report = staged.attempt.report
    guard let existing = staged.existing, let table = report.materialization.table else { return }
    let difference = SchemaDifference(existing: existing.columns, columns: staged.staging.columns)
    guard let added = difference.added.first, await leavesRows(staged) else { return }
    let isAppended = report.materialization.kind == .append
    await journal.note(
      [
        Diagnostic(
          .warning,
          "\(table) has gained column \"\(added.name)\", which is null in the rows of other intervals",
          detail: isAppended ? "They stay so: \"append\" never runs a published interval again." : nil,
          hint: isAppended ? nil : "\"reportgen run \(report.name) --full-refresh\" computes them again.",
          file: report.sqlFile)
      ], of: report)
  }

  /// Whether rows of intervals that this run does not compute stay as they are.
  private func leavesRows(_ staged: StagedReport) async -> Bool {
    guard context.options.dates != .fullRefresh, !staged.attempt.portion.replacesAll else { return false }
    return await journal.othersPublished(of: staged.attempt.report) > 0
  }

  /// How a rebuild ends whose rows must not be seen.
  private func notRebuilt(_ checked: CheckedReport) async -> RunError {
    let report = checked.staged.attempt.report
    await journal.note(checked.checks.diagnostics, of: report)
    let (failed, all) = (checked.checks.failed.count, checked.checks.rowCounts.count)
    return RunError(
      .failed,
      Diagnostic(
        "\(report.materialization.table?.description ?? report.name) was not rebuilt: \(failed) of its \(all) "
          + "\(all == 1 ? "interval" : "intervals") failed a check",
        detail: "A rebuild shows all intervals or none. Columns and rows are as they were before.",
        file: report.metadataFile))
  }
}
