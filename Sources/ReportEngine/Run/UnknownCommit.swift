import PostgresClient
import ReportLedger
import ReportModel

/// Finds out whether a publish happened whose connection was lost at COMMIT: the row on the current leader decides.
struct UnknownCommit: Sendable {
  /// How long the servers may take to answer.
  static let patience = Duration.seconds(30)

  let sessions: RunSessions

  /// The row decides nothing as long as the lost session lives: that could still commit. It holds the report's lock until
  /// then, so whoever gets the lock sees the outcome. What is not known is never tried again: an `append` would double.
  ///
  /// - Returns: the rows that were written.
  /// - Throws: the cause when nothing was published; `RunError` 75 when that is not known.
  func resolve(_ unknown: CommitOutcomeUnknown, _ attempt: Attempt, on lane: PrimarySession) async throws
    -> RowCounts
  {
    let deadline = ContinuousClock.now + Self.patience
    var state: AttemptState?
    var isKnown = false
    repeat {
      do {
        if try await lane.lock(attempt.report, until: deadline) != nil {
          state = try await lane.ledger { try await $0.state(ofAttempt: attempt.id) }
          isKnown = true
        }
      } catch let error as PostgresError where error.isTransient {
        try await Task.sleep(for: .milliseconds(100))
      }
    } while !isKnown && ContinuousClock.now < deadline
    guard isKnown else { throw Self.unknownOutcome(attempt) }
    guard state == .published || state == .confirmed else { throw unknown.cause }
    return unknown.counts
  }

  private static func unknownOutcome(_ attempt: Attempt) -> RunError {
    RunError(
      .tryAgain,
      Diagnostic(
        "whether \"\(attempt.report.name)\" is published is not known",
        detail: "The connection was lost at COMMIT, and the primary did not answer for "
          + "\(patience.components.seconds) s. The rows are those before or those after, never a mix.",
        hint: "Run again: the ledger knows, and what is published is not done twice."))
  }
}
