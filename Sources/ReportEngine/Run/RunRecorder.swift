import Foundation
import PostgresClient
import ReportLedger
import ReportModel

/// Writes the run, the ends of its attempts and its outcomes into the ledger.
struct RunRecorder: Sendable {
  let context: RunContext
  let sessions: RunSessions
  let journal: RunJournal

  /// How long the end of a run waits for the ledger; an attempt without an end shows as abandoned.
  static let cleanUpLimit = Duration.seconds(3)

  /// - Throws: `RunError` 65 when `reportgen init` has to run first.
  func begin(_ selected: [Report]) async throws {
    try await sessions.ledger { try await $0.requireCurrent() }
    let (run, names) = (context.configuration.run, context.publishes ? selected.map(\.name) : [])
    // Not retried: if the reply was lost, the row may already exist.
    try await sessions.main.ledger { try await $0.begin(run, selecting: names) }
    await journal.begun()
  }

  /// Saves the outcomes so far, so that a crash does not lose them. What cannot be written now is written at the end.
  func saveOutcomes() async {
    guard context.publishes else { return }
    let (id, outcomes) = (context.runID, await journal.outcomesSoFar())
    try? await sessions.ledger { try await $0.record(outcomes, in: id) }
  }

  /// Writes the end of an attempt, also while the run is being interrupted; later, when its session is lost.
  func fail(_ attempt: Attempt, _ error: any Error, on lane: PrimarySession) async {
    let failure = RunError.from(error)
    let isWritten = await uncancelled {
      guard await lane.isUsable, let session = try? await lane.connection() else { return false }
      await session.rollback()
      return await Self.writeEnd(of: attempt, failure, on: session)
    }
    if !isWritten { await journal.keepEnd(of: attempt, failure) }
  }

  /// Writes the ends that could not be written when their sessions were lost.
  func recordLostEnds() async {
    let main = await sessions.main
    guard await main.isUsable, let session = try? await main.connection() else { return }
    for (attempt, failure) in await journal.takeUnrecordedEnds() {
      let isWritten = await uncancelled { await Self.writeEnd(of: attempt, failure, on: session) }
      if !isWritten { await journal.keepEnd(of: attempt, failure) }
    }
  }

  /// Writes the outcomes and the end of the run and closes its sessions, also after an interruption.
  ///
  /// - Returns: what `read`, which is called between the two, returned; nil after an interruption or without a session.
  func finish<Facts: Sendable>(
    _ result: RunResult, reading read: @Sendable (Ledger) async -> Facts?
  ) async -> Facts? {
    let (id, publishes) = (context.runID, context.publishes)
    await uncancelled {
      let main = await sessions.main
      if await main.isUsable {
        await recordLostEnds()
        try? await main.ledger {
          try await $0.finish(
            id, status: result.status, outcomes: publishes ? result.reports : [], timeout: Self.cleanUpLimit)
        }
      }
    }
    var facts: Facts?
    if result.status != .interrupted, await sessions.main.isUsable {
      facts = try? await sessions.main.ledger { await read($0) }
    }
    await uncancelled { await sessions.close() }
    return facts
  }

  private static func writeEnd(of attempt: Attempt, _ failure: RunError, on session: Connection) async -> Bool
  {
    do {
      try await Ledger(connection: session).end(
        attempt, state: .failed, error: failure.diagnostic.message, sqlState: failure.sqlState,
        seconds: StepSeconds(), timeout: cleanUpLimit)
      return true
    } catch {
      return false
    }
  }
}
