import Foundation
import PostgresClient
import ReportLedger
import ReportModel

/// Confirms what was published, and only then lets its files be written.
struct Confirmer: Sendable {
  let context: RunContext
  let sessions: RunSessions
  let journal: RunJournal
  let exports: ExportRunner

  /// Confirms a round's publishes, then writes the files that can be written from this round alone.
  func confirmAndExport(_ published: [PublishedReport], replica: Connection?) async throws {
    guard !published.isEmpty else { return }
    let began = ContinuousClock.now
    for done in published { context.step("confirm", of: done.staged.attempt.report) }
    let confirmed: Set<UUID>
    let reason: String?
    do {
      (confirmed, reason) = try await confirm(published.map(\.staged.attempt.id), replica: replica)
    } catch {
      for done in published {
        await done.staged.file?.discard()
        await journal.published(done, isConfirmed: false, because: nil)
      }
      throw error
    }
    for var done in published {
      done.staged.seconds.add("confirm", .now - began)
      await journal.published(
        done, isConfirmed: confirmed.contains(done.staged.attempt.id),
        because: unconfirmed(done.staged.attempt.report, reason))
    }
    try await exportConfirmed(published, confirmed, replica: replica)
  }

  private func exportConfirmed(
    _ published: [PublishedReport], _ confirmed: Set<UUID>, replica: Connection?
  ) async throws {
    let names = published.map(\.staged.attempt.report.name)
    let attempts = published.map(\.staged.attempt.id)
    let facts = try await sessions.ledger { try await $0.published(names, of: attempts) }
    for done in published {
      let attempt = done.staged.attempt
      let isFromStaging = attempt.report.materialization.kind == .none
      let file = done.staged.file as? StreamedFiles
      if confirmed.contains(attempt.id), file != nil || (isFromStaging && attempt.report.hasFiles) {
        try await exports.exportNow(
          done, file, facts: facts[attempt.report.name] ?? [], replica: replica)
      } else {
        await file?.discard()
      }
      if isFromStaging { try? await done.staged.staging.empty(on: done.staged.session) }
    }
  }

  /// What cannot be confirmed now, for whatever reason, is published all the same: the next run confirms it.
  ///
  /// - Returns: the confirmed attempts, and what the servers answered where some are not.
  private func confirm(_ attempts: [UUID], replica: Connection?) async throws -> (Set<UUID>, String?) {
    let confirmation = Confirmation(servers: context.servers, environment: context.environment)
    do {
      let shown = try await confirmation.wait(for: attempts, replica: replica)
      guard !shown.isEmpty else { return ([], nil) }
      return (try await sessions.ledger { try await $0.confirm(Array(shown)) }, nil)
    } catch let error as PostgresError {
      return ([], error.description)
    }
  }

  /// Confirms what earlier runs published and could not confirm.
  ///
  /// - Returns: whether the ledger has changed.
  func confirmEarlier(_ reports: [Report], _ published: [String: [PublishedInterval]]) async throws -> Bool {
    let waiting = Set(
      reports.flatMap { published[$0.name] ?? [] }
        .filter { $0.attemptState == .published && $0.runID != context.runID }
        .map(\.attemptID))
    guard !waiting.isEmpty else { return false }
    let (confirmed, reason) = try await confirm(Array(waiting), replica: nil)
    for report in reports {
      let attempts = Set((published[report.name] ?? []).map(\.attemptID)).intersection(waiting)
      guard !attempts.isSubset(of: confirmed) else { continue }
      await journal.unconfirmed(report, because: unconfirmed(report, reason))
    }
    return !confirmed.isEmpty
  }

  private func unconfirmed(_ report: Report, _ reason: String?) -> Diagnostic {
    let seconds = context.environment.confirmWaitSeconds
    return Diagnostic(
      "\"\(report.name)\" is published but not confirmed",
      detail: (reason.map { "\($0.prefix(1).uppercased() + $0.dropFirst()). A failover could lose it. " }
        ?? "No replica has shown the commit within \(seconds) s, so a failover could lose it. ")
        + "Its files are owed.",
      hint: "The next run confirms it, or repeats it if it was lost; see docs/runbook.md, \"Unconfirmed\".")
  }
}
