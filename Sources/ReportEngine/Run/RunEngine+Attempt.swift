import Foundation
import PostgresClient
import ReportLedger
import ReportModel

extension RunEngine {
  /// Lock, ledger, read and stage of one report in the level's snapshot.
  package func stage(_ pending: PendingPortion, in snapshot: ReplicaSnapshot) async throws -> StagedReport {
    let lane = lane(pending.lane)
    let (begun, session) = try await begin(pending)
    var attempt = begun
    do {
      attempt = try await widened(begun, in: snapshot, on: session)
      let (observe, name) = (observe, pending.report.name)
      observe(.step(report: name, step: "read"))
      let reader = ReportReader(
        snapshot: snapshot, lane: lane, primary: session, timezone: timezone,
        publishes: publishes && pending.report.materialization.kind != .none,
        othersPublished: othersPublished(pending.report), limit: configuration.portionLimit
      ) { observe(.rows(report: name, count: $0)) }
      let staged = try await reader.read(attempt) { [attempt] columns, existing in
        try await self.makeStreamedFile(attempt, columns: columns, existing: existing, asOf: snapshot.asOf)
      }
      if staged.rest != nil { try await Ledger(connection: session).change(staged.attempt) }
      observe(.waiting(report: name))
      return staged
    } catch {
      await fail(attempt, error, on: lane)
      throw attempt.portion.isRebuild ? Self.undivided(error) : error
    }
  }

  package func othersPublished(_ report: Report) -> Int {
    notes[report.name]?.plan.othersPublished(options.dates) ?? 0
  }

  /// - Returns: the attempt, and the session on the primary that it lives and dies with.
  package func begin(_ pending: PendingPortion) async throws -> (Attempt, Connection) {
    let session = try await lane(pending.lane).session(holding: pending.report)
    var attempt = Attempt(
      id: UUID(), runID: configuration.run.id, report: pending.report, portion: pending.portion,
      number: pending.tries + 1, values: options.parameters)
    // What is published of an interval that failed has to stay.
    if !(outcomes[pending.report.name]?.failedIntervals ?? []).isEmpty { attempt.portion.replacesAll = false }
    if !lostAttempts.isEmpty { await recordLostAttempts() }
    try await Ledger(connection: session).begin(attempt)
    return (attempt, session)
  }

  /// Checks the staged rows and publishes them.
  /// - Returns: nil when nothing is left to publish; the outcome says why.
  func checkAndPublish(_ staged: StagedReport) async throws -> PublishedReport? {
    var staged = staged
    let clock = ContinuousClock()
    do {
      observe(.step(report: staged.attempt.report.name, step: "check"))
      let began = clock.now
      let checks = try await check(staged)
      staged.seconds.add("check", clock.now - began)
      if let undivided = checks.undivided { throw RunError(.failed, undivided, isOfRows: true) }
      if staged.isRebuild, !checks.failed.isEmpty { throw notRebuilt(staged, checks) }
      let intervals = publishableIntervals(staged, checks)
      guard intervals.isWhole || !intervals.ok.isEmpty else {
        await discard(staged)
        try await end(staged, state: "failed", checks: checks)
        noteFailed(staged, checks)
        return nil
      }
      if !publishes {
        try await publisher(staged).requireUniqueKeys(staged)
        return try await finishUnpublished(staged, checks)
      }
      observe(.step(report: staged.attempt.report.name, step: "publish"))
      return try await publish(staged, checks, intervals: intervals.ok)
    } catch {
      await discard(staged)
      await fail(staged.attempt, error, on: staged.lane)
      throw staged.attempt.portion.isRebuild ? Self.undivided(error) : error
    }
  }

  private func check(_ staged: StagedReport) async throws -> CheckResult {
    let primary = staged.session
    let runner = CheckRunner(
      attempt: staged.attempt, staging: staged.staging, timezone: timezone, primary: primary,
      sources: staged.sources)
    let result = try await runner.run(rowsRead: staged.rowsRead)
    let counted = result.rowCounts.reduce(0, +) + result.rowsOutside
    guard counted == staged.rowsRead else {
      throw RunError(
        .tryAgain,
        Diagnostic(
          "the staging table holds \(counted) of the \(staged.rowsRead) rows that were read",
          detail: "Nothing was published."), isTransient: true)
    }
    let failed = result.failed.keys.sorted()
    let intervals = staged.attempt.portion.intervals
    if !failed.isEmpty, failed.count < intervals.count,
      let condition = ReportQuery.condition(
        report: staged.attempt.report, intervals: failed.map { intervals[$0] }, timezone: timezone)
    {
      _ = try await primary.execute("DELETE FROM \(staged.staging.name.quoted) t WHERE \(condition)")
    }
    return result
  }

  private func publishableIntervals(_ staged: StagedReport, _ checks: CheckResult) -> (
    ok: [Interval], isWhole: Bool
  ) {
    let intervals = staged.attempt.portion.intervals
    if intervals.isEmpty { return ([], checks.failed.isEmpty) }
    return (intervals.indices.filter(checks.isPublishable).map { intervals[$0] }, false)
  }

  private func publish(_ staged: StagedReport, _ checks: CheckResult, intervals: [Interval]) async throws
    -> PublishedReport
  {
    let clock = ContinuousClock()
    let began = clock.now
    let publisher = publisher(staged)
    try await publisher.prepare(staged)
    let counts: RowCounts
    do {
      counts = try await publisher.publish(staged, checks) { counts in
        var seconds = staged.seconds
        seconds.add("publish", clock.now - began)
        return self.record(staged, checks, intervals: intervals, counts: counts, seconds: seconds)
      }
    } catch let unknown as CommitOutcomeUnknown {
      counts = try await resolve(unknown, staged.attempt, on: staged.lane)
    }
    var done = PublishedReport(
      staged: staged, checks: checks, counts: counts, intervals: intervals, openIntervals: [])
    done.openIntervals = intervals.filter { $0.end > staged.asOf.today }
    done.staged.seconds.add("publish", clock.now - began)
    if !staged.staging.isNew, staged.attempt.report.materialization.kind != .none {
      let (staging, rows, lane) = (staged.staging, staged.rowsRead, staged.lane)
      // Not the attempt's session, which may have been lost at the COMMIT.
      await uncancelled {
        guard await lane.isUsable else { return }
        try? await staging.empty(rows: rows, on: try await lane.connection())
      }
    }
    noteFailed(staged, checks)
    noteAdded(staged)
    return done
  }

  /// How long the servers may take to say whether a COMMIT that lost its connection happened.
  static let outcomePatience = Duration.seconds(30)

  /// The connection was lost while the COMMIT was under way: the row on the current leader decides.
  ///
  /// It decides nothing as long as the lost session lives: that could still commit. It holds the report's lock until
  /// then, so whoever gets the lock sees the outcome. What is not known is never tried again: an `append` would double.
  private func resolve(_ unknown: CommitOutcomeUnknown, _ attempt: Attempt, on lane: PrimarySession)
    async throws -> RowCounts
  {
    let deadline = ContinuousClock.now + Self.outcomePatience
    var state: String?
    repeat {
      do {
        _ = try await lane.lock(attempt.report, until: deadline)
        state = try await lane.ledger { try await $0.state(ofAttempt: attempt.id) } ?? "lost"
      } catch let error as PostgresError where error.isTransient {
        try await Task.sleep(for: .milliseconds(100))
      } catch let error as RunError where error.status == .tryAgain {
        try await Task.sleep(for: .milliseconds(100))
      }
    } while state == nil && ContinuousClock.now < deadline
    guard let state else { throw Self.unknownOutcome(attempt) }
    guard state == "published" || state == "confirmed" else { throw unknown.cause }
    return unknown.counts
  }

  private static func unknownOutcome(_ attempt: Attempt) -> RunError {
    RunError(
      .tryAgain,
      Diagnostic(
        "whether \"\(attempt.report.name)\" is published is not known",
        detail: "The connection was lost at COMMIT, and the primary did not answer for "
          + "\(outcomePatience.components.seconds) s. The rows are those before or those after, never a mix.",
        hint: "Run again: the ledger knows, and what is published is not done twice."))
  }

  private nonisolated func record(
    _ staged: StagedReport, _ checks: CheckResult, intervals: [Interval], counts: RowCounts,
    seconds: StepSeconds
  ) -> PublishRecord {
    let all = staged.attempt.portion.intervals
    let ok = all.isEmpty ? [0] : all.indices.filter(checks.isPublishable)
    return PublishRecord(
      attempt: staged.attempt, intervals: intervals,
      states: all.isEmpty
        ? ["published"] : intervals.map { $0.end > staged.asOf.today ? "open" : "published" },
      rowCounts: ok.map { checks.rowCounts[$0] }, counts: counts, asOf: staged.asOf, seconds: seconds,
      error: checks.failed.isEmpty ? nil : checks.failed.sorted { $0.key < $1.key }.first?.value.message,
      allPublished: allPublished(staged, checks, intervals))
  }

  /// After a new table, and after the last portion of a full refresh, no other interval has rows.
  private nonisolated func allPublished(
    _ staged: StagedReport, _ checks: CheckResult, _ intervals: [Interval]
  ) -> [Interval]? {
    let (portion, isNew) = (staged.attempt.portion, staged.staging.isNew)
    switch staged.attempt.report.materialization.kind {
    case .table, .view, .none: return nil
    case .merge, .append: return isNew ? intervals : nil
    case .incremental:
      if isNew { return intervals }
      return portion.replacesAll && checks.failed.isEmpty ? portion.keeping + intervals : nil
    }
  }

  private func publisher(_ staged: StagedReport) -> Publisher {
    Publisher(
      primary: staged.session, timezone: timezone, allowShrink: options.allowShrink,
      workMemMegabytes: configuration.workMemMegabytes)
  }

  // MARK: Ends without a publish

  /// A dry run, or parameters other than the defaults: says what a publish would change.
  private func finishUnpublished(_ staged: StagedReport, _ checks: CheckResult) async throws
    -> PublishedReport?
  {
    let report = staged.attempt.report
    var outcome = outcomes[report.name] ?? ReportOutcome(report: report, state: .dryRun)
    if outcome.state != .failed { outcome.state = .dryRun }
    outcome.asOf = staged.asOf
    let intervals = staged.attempt.portion.intervals
    outcome.intervals += intervals.indices.filter(checks.isPublishable).map { intervals[$0] }
    let change = try await wouldChange(staged, checks)
    outcome.counts += change.counts
    outcome.samples += change.samples
    outcomes[report.name] = outcome
    noteFailed(staged, checks)
    outcome = outcomes[report.name] ?? outcome
    if !options.dryRun { try await exportParameterized(staged) }
    await discard(staged)
    try await end(staged, state: "dry_run", checks: checks)
    return nil
  }

  private func wouldChange(_ staged: StagedReport, _ checks: CheckResult) async throws -> TableDifference {
    let report = staged.attempt.report
    guard options.dryRun, options.parameters.isEmpty, let table = report.materialization.table else {
      return TableDifference(counts: RowCounts(read: staged.rowsRead))
    }
    let publisher = publisher(staged)
    var statements = publisher.statements(staged, checks, target: table)
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

  private func end(_ staged: StagedReport, state: String, checks: CheckResult) async throws {
    let reason = checks.failed.sorted { $0.key < $1.key }.first?.value.message
    try await staged.lane.ledger {
      try await $0.end(
        staged.attempt, state: state, error: reason, sqlState: nil, seconds: staged.seconds,
        counts: RowCounts(read: staged.rowsRead))
    }
  }

  private func noteFailed(_ staged: StagedReport, _ checks: CheckResult) {
    let report = staged.attempt.report
    let intervals = staged.attempt.portion.intervals
    guard !checks.diagnostics.isEmpty else { return }
    var outcome = outcomes[report.name] ?? ReportOutcome(report: report, state: .published)
    outcome.diagnostics += checks.diagnostics
    if !checks.failed.isEmpty {
      outcome.state = .failed
      outcome.status = ExitStatus.combined([outcome.status, .failed])
      outcome.failedIntervals += intervals.isEmpty ? [] : checks.failed.keys.sorted().map { intervals[$0] }
      outcome.asOf = staged.asOf
      if checks.failed.count >= max(intervals.count, 1) { outcome.counts.read += staged.rowsRead }
    }
    outcomes[report.name] = outcome
  }

  /// Removes what was staged and written aside; what was published before is untouched.
  func discard(_ staged: StagedReport) async {
    await uncancelled {
      await staged.file?.discard()
      await staged.staging.discard(on: staged.session)
    }
  }

  /// Read in a snapshot that is lost: the attempt is over.
  func abandon(_ staged: StagedReport, _ error: any Error) async {
    await discard(staged)
    await fail(staged.attempt, error, on: staged.lane)
  }

  /// For what is nice to have at an end that nobody should wait for; an attempt without it shows as abandoned.
  static let cleanUpLimit = Duration.seconds(3)

  /// Writes the attempt's end into the ledger, also while the run is being interrupted; later, when its session is lost.
  package func fail(_ attempt: Attempt, _ error: any Error, on lane: PrimarySession) async {
    let failure = RunError.from(error)
    let isWritten = await uncancelled {
      guard await lane.isUsable, let session = try? await lane.connection() else { return false }
      await session.rollback()
      return await Self.writeEnd(of: attempt, failure, on: session)
    }
    if !isWritten { lostAttempts.append((attempt, failure)) }
  }

  /// For whoever asks the ledger why a report was tried again: with their sessions, attempts lose the way to say so.
  func recordLostAttempts() async {
    guard await main.isUsable, let session = try? await main.connection() else { return }
    let lost = lostAttempts
    lostAttempts = []
    for (attempt, failure) in lost {
      let isWritten = await uncancelled { await Self.writeEnd(of: attempt, failure, on: session) }
      if !isWritten { lostAttempts.append((attempt, failure)) }
    }
  }

  private static func writeEnd(of attempt: Attempt, _ failure: RunError, on session: Connection) async -> Bool
  {
    do {
      try await Ledger(connection: session).end(
        attempt, state: "failed", error: failure.diagnostic.message, sqlState: failure.sqlState,
        seconds: StepSeconds(), timeout: cleanUpLimit)
      return true
    } catch {
      return false
    }
  }
}
