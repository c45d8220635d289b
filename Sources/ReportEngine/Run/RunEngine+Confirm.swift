import Foundation
import PostgresClient
import ReportLedger
import ReportModel

/// Step 8: what is published is confirmed, and only then are its files written.
extension RunEngine {
  /// Confirms what was published, then writes the files that can be written from this round alone.
  func confirmAndExport(_ published: [PublishedReport], replica: Connection?) async throws {
    guard !published.isEmpty else { return }
    let clock = ContinuousClock()
    let began = clock.now
    for done in published { observe(.step(report: done.staged.attempt.report.name, step: "confirm")) }
    let confirmed: Set<UUID>
    let reason: String?
    do {
      (confirmed, reason) = try await confirm(published.map(\.staged.attempt.id), replica: replica)
    } catch {
      for done in published {
        await done.staged.file?.discard()
        note(done, isConfirmed: false, because: nil)
      }
      throw error
    }
    for var done in published {
      done.staged.seconds.add("confirm", clock.now - began)
      let report = done.staged.attempt.report
      note(
        done, isConfirmed: confirmed.contains(done.staged.attempt.id),
        because: Self.unconfirmed(report, configuration.environment, reason))
    }
    let facts = try await ledger { try await $0.published(published.map(\.staged.attempt.report.name)) }
    for done in published {
      let attempt = done.staged.attempt
      let isFromStaging = attempt.report.materialization.kind == .none
      let file = done.staged.file as? StreamedCSV
      if confirmed.contains(attempt.id), file != nil || (isFromStaging && attempt.report.hasFiles) {
        try await exportNow(done, file, facts: facts[attempt.report.name] ?? [], replica: replica)
      } else {
        await file?.discard()
      }
      if isFromStaging {
        try? await done.staged.staging.empty(on: done.staged.session)
      }
    }
  }

  /// What cannot be confirmed now, for whatever reason, is published all the same: the next run confirms it.
  /// - Returns: the confirmed attempts, and what the servers said where some are not.
  package func confirm(_ attempts: [UUID], replica: Connection?) async throws -> (Set<UUID>, String?) {
    let confirmation = Confirmation(servers: configuration.servers, environment: configuration.environment)
    do {
      let shown = try await confirmation.wait(for: attempts, replica: replica)
      guard !shown.isEmpty else { return ([], nil) }
      return (try await ledger { try await $0.confirm(Array(shown)) }, nil)
    } catch let error as PostgresError {
      return ([], error.description)
    }
  }

  /// - Parameter reason: why it is not confirmed; nil when the run was interrupted before it could be.
  private func note(_ done: PublishedReport, isConfirmed: Bool, because reason: Diagnostic?) {
    let report = done.staged.attempt.report
    var outcome = outcomes[report.name] ?? ReportOutcome(report: report, state: .confirmed)
    outcome.intervals += done.intervals
    outcome.openIntervals += done.openIntervals
    outcome.counts += done.counts
    outcome.asOf = done.staged.asOf
    outcome.attempts += done.staged.attempt.number
    for (step, seconds) in done.staged.seconds.seconds { outcome.seconds.add(step, .seconds(seconds)) }
    if outcome.state != .failed { outcome.state = isConfirmed ? .confirmed : .published }
    if !isConfirmed {
      outcome.status = ExitStatus.combined([outcome.status, .tryAgain])
      if let reason { outcome.diagnostics.append(reason) }
    }
    outcomes[report.name] = outcome
  }

  static func unconfirmed(
    _ report: Report, _ environment: Project.Environment, _ reason: String?
  ) -> Diagnostic {
    Diagnostic(
      "\"\(report.name)\" is published but not confirmed",
      detail: (reason.map { "\($0). A failover could lose it. " }
        ?? "No replica has shown the commit within \(environment.confirmWaitSeconds) s, so a failover could lose it. ")
        + "Its files are owed.",
      hint: "The next run confirms it, or repeats it if it was lost; see docs/runbook.md, \"Unconfirmed\".")
  }
}
