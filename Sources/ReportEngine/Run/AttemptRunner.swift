import Foundation
import PostgresClient
import ReportLedger
import ReportModel

/// Takes attempts through their stages: planned → staged → checked → published. Each stage is a type that only the step
/// before it makes; what does not reach the next one ends as an `AttemptEnd`.
///
/// Lock, load, checks and publish of one attempt use one session on the primary; if that is lost, the attempt is dead.
struct AttemptRunner: Sendable {
  let context: RunContext
  let sessions: RunSessions
  let journal: RunJournal
  let recorder: RunRecorder
  let exports: ExportRunner

  // MARK: Planned → staged

  /// Reads a portion in the level's snapshot into the report's staging table.
  ///
  /// - Parameter tables: what was read of the level's tables, under their locks.
  func stage(_ planned: PlannedPortion, in snapshot: ReplicaSnapshot, tables: KnownTables) async throws
    -> StagedReport
  {
    let lane = await sessions.lane(planned.lane)
    let (begun, session) = try await begin(planned)
    var attempt = begun
    do {
      attempt = try await extendedForRebuild(begun, in: snapshot, tables, on: session)
      let (observe, report) = (context.observe, planned.report)
      context.step("read", of: report)
      let reader = ReportReader(
        snapshot: snapshot, lane: lane, primary: session, timezone: context.timezone,
        publishes: context.publishes && report.materialization.kind != .none,
        othersPublished: await journal.othersPublished(of: report), limit: context.configuration.portionLimit,
        tables: tables
      ) { observe(.rows(report: report.name, count: $0)) }
      let staged = try await reader.read(
        attempt, compare: await comparison(of: attempt, planned, in: snapshot, tables, lane, session)
      ) { [attempt] columns, existing in
        try await exports.makeStreamedFile(
          attempt, columns: columns, existing: existing, asOf: snapshot.asOf)
      }
      if staged.rest != nil { try await Ledger(connection: session).change(staged.attempt) }
      context.waiting(report)
      return staged
    } catch {
      await recorder.fail(attempt, error, on: lane)
      throw attempt.portion.isRebuild ? Self.undivided(error) : error
    }
  }

  /// How the attempt's rows are compared on the replica; nil where they are all staged.
  private func comparison(
    of attempt: Attempt, _ planned: PlannedPortion, in snapshot: ReplicaSnapshot, _ tables: KnownTables,
    _ lane: PrimarySession, _ session: Connection
  ) async -> (@Sendable (FoundTable) async throws -> StagedReport?)? {
    guard let plan = await journal.plan(of: planned.report) else { return nil }
    let facts = context.configuration.wayFacts(of: planned.report, attempt.portion, plan)
    guard !planned.stagesAll, PublishWay(facts) == .difference else { return nil }
    return { [facts] found in
      var facts = facts
      facts.table = (found.existing, found.othersWrite, found.columns)
      guard PublishWay(facts) == .difference else { return nil }
      facts.published = try await snapshot.reading {
        try await PublishedTable.read(of: attempt.report, on: $0)
      }
      guard let published = facts.published, PublishWay(facts) == .difference else { return nil }
      let (observe, name) = (context.observe, attempt.report.name)
      return try await DifferenceReader(
        snapshot: snapshot, lane: lane, primary: session, timezone: context.timezone,
        limit: context.configuration.portionLimit, tables: tables,
        published: published
      ) { observe(.rows(report: name, count: $0)) }.read(attempt, found)
    }
  }

  /// - Returns: the attempt, and the session on the primary that carries it: when that is lost, the attempt has failed.
  func begin(_ planned: PlannedPortion) async throws -> (Attempt, Connection) {
    let report = planned.report
    let session = try await sessions.lane(planned.lane).session(holding: report)
    var attempt = Attempt(
      id: UUID(), runID: context.runID, report: report, portion: planned.portion, number: planned.tries + 1,
      values: context.options.parameters)
    // What is published of an interval that failed has to stay.
    if await !journal.failedIntervals(of: report).isEmpty { attempt.portion.replacesAll = false }
    await recorder.recordLostEnds()
    try await Ledger(connection: session).begin(attempt)
    return (attempt, session)
  }

  /// Leaves out of a portion what another run has appended between this run's plan and its lock, which it holds now.
  ///
  /// Reports of other materializations are computed again, which changes nothing.
  /// - Returns: nil when nothing is left.
  func leftToAppend(_ planned: PlannedPortion) async throws -> PlannedPortion? {
    let report = planned.report
    guard context.publishes, report.materialization.kind == .append else { return planned }
    let session = try await sessions.lane(planned.lane).session(holding: report)
    let taken = try await Ledger(connection: session)
      .published(of: report.name, planned.portion.intervals)
    guard !taken.isEmpty else { return planned }
    let left = planned.portion.intervals.filter { !taken.contains($0.start) }
    guard left.isEmpty else {
      let spans = Span.spans(of: left, batch: report.materialization.batch)
      return planned.with(Portion(spans: spans, replacesAll: false))
    }
    await journal.upToDate(report)
    return nil
  }

  // MARK: Staged → checked → published

  /// Checks and publishes what was staged, the lanes side by side.
  func publish(_ staged: [LevelReader.Staged]) async throws -> StepResult<PublishedReport> {
    typealias Ends = (published: [PublishedReport], failed: [(PlannedPortion, any Error)])
    var ends: Ends = ([], [])
    await withTaskGroup(of: Ends.self) { group in
      for lane in Dictionary(grouping: staged, by: \.0.lane).sorted(by: { $0.key < $1.key }).map(\.value) {
        group.addTask { await publishEach(lane) }
      }
      for await end in group {
        ends.published += end.published
        ends.failed += end.failed
      }
    }
    if Task.isCancelled {
      for done in ends.published { await done.staged.file?.discard() }
      throw CancellationError()
    }
    var result = StepResult(
      done: ends.published.sorted { $0.staged.attempt.report.name < $1.staged.attempt.report.name })
    for (portion, error) in ends.failed { result.retries += try await retries(of: portion, after: error) }
    return result
  }

  private func publishEach(_ staged: [LevelReader.Staged]) async -> (
    published: [PublishedReport], failed: [(PlannedPortion, any Error)]
  ) {
    let publisher = AttemptPublisher(
      context: context, sessions: sessions, journal: journal, recorder: recorder, exports: exports)
    var published: [PublishedReport] = []
    var failed: [(PlannedPortion, any Error)] = []
    for (portion, report) in staged {
      do {
        if Task.isCancelled { await abandon(report, CancellationError()) }
        try Task.checkCancellation()
        if let done = try await publisher.publish(report) { published.append(done) }
        context.waiting(portion.report)
      } catch {
        failed.append((portion, error))
      }
    }
    return (published, failed)
  }

  // MARK: Ends

  /// Classifies a failure: what is attempted again; nothing when it is the end of the portion, which the journal gets.
  ///
  /// - Throws: `CancellationError`: an interruption ends the run.
  func retries(of planned: PlannedPortion, after error: any Error) async throws -> [Retry] {
    if error is CancellationError { throw error }
    let report = planned.report
    let failure = await journal.failure(
      error, "could not run \"\(report.name)\"", effect: .nothingPublished)
    let failedIntervals = await journal.failedIntervals(of: report).count
    switch AttemptEnd.decide(failure, of: planned, failedIntervals: failedIntervals) {
    case .retry(let retry): return [retry]
    case .divided(let parts): return parts
    case .failed(let failure):
      let explained = await MissingUpstream(graph: context.graph, report: report)
        .explaining(failure, on: sessions)
      await journal.failed(planned, await context.servers.explainingRights(explained, [report]))
      return []
    }
  }

  func retries(of portions: [PlannedPortion], after error: any Error) async throws -> [Retry] {
    var retries: [Retry] = []
    for portion in portions { retries += try await self.retries(of: portion, after: error) }
    return retries
  }

  /// Ends an attempt that was read in a snapshot which is lost.
  func abandon(_ staged: StagedReport, _ error: any Error) async {
    await staged.discard()
    await recorder.fail(staged.attempt, error, on: staged.lane)
  }

  /// A rebuild shows all intervals or none: it is not attempted again in parts.
  static func undivided(_ error: any Error) -> any Error {
    guard var failure = error as? RunError else { return error }
    failure.isOfRows = false
    return failure
  }
}

extension StagedReport {
  /// Removes what was staged and written aside; what was published before is untouched.
  func discard() async {
    await uncancelled {
      await file?.discard()
      await staging.discard(on: session)
    }
  }
}
