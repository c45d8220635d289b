import PostgresClient
import ReportLedger
import ReportModel

/// Brings the privileges on summary tables and views to their definitions, also of reports that are up to date.
///
/// A privilege that cannot be granted keeps no rows from being published: it is a finding of its report.
struct GrantRunner: Sendable {
  let context: RunContext
  let sessions: RunSessions
  let journal: RunJournal

  func synchronize(_ reports: [Report]) async throws {
    guard context.publishes else { return }
    let facts = try await sessions.ledger { try await $0.tables.grantFacts(of: reports) }
    for report in reports {
      guard await !journal.isLost(report),
        let changes = facts[report.name].flatMap({ GrantChanges(report, $0) })
      else { continue }
      do {
        let primary = try await sessions.primary()
        try await apply(changes, report, on: primary)
        await journal.granted(report, changes.statements)
        if let warning = changes.warning(report) { await journal.noteApart(report, warning) }
        if let error = changes.error(report) { await journal.noteApart(report, error, .definition) }
      } catch let error where error is CancellationError {
        throw error
      } catch {
        let failure = await journal.failure(error, "could not change the privileges of \"\(report.name)\"")
        await journal.noteApart(report, failure.diagnostic, failure.status)
      }
    }
  }

  /// Privileges and ledger change together or not at all.
  private func apply(_ changes: GrantChanges, _ report: Report, on primary: Connection) async throws {
    do {
      try await withLockRetries {
        _ = try await primary.execute("BEGIN; SET LOCAL lock_timeout = \(Publisher.lockTimeoutMilliseconds)")
        do {
          for statement in changes.statements { try await primary.define(statement) }
          try await Ledger(connection: primary).tables.recordGrants(
            on: changes.table, granted: changes.granted, revoked: changes.revoked + changes.forgotten)
          _ = try await primary.execute("COMMIT")
        } catch {
          await primary.rollback()
          throw error
        }
      }
    } catch let error as PostgresError where error.sqlState.matches(.undefinedObject) {
      throw Publisher.noSuchRole(error, report: report, effect: nil)
    } catch let error as PostgresError where error.sqlState.matches(.insufficientPrivilege) {
      throw try await Publisher.notOurs(error, report: report, on: primary, effect: nil)
    }
  }
}
