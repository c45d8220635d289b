import PostgresClient
import ReportModel

extension Ledger {
  /// - Throws: `RunError` 65 when `reportgen init` has to run first, or when the ledger is newer than this command.
  package func requireCurrent() async throws {
    let version = try await version()
    guard version != LedgerMigration.currentVersion else { return }
    let isMissing = version < LedgerMigration.currentVersion
    throw RunError(
      .definition,
      Diagnostic(
        version == 0
          ? "the primary has no ledger yet"
          : "the ledger has version \(version), this command needs \(LedgerMigration.currentVersion)",
        detail: "Nothing was changed.",
        hint: isMissing
          ? "Run \"reportgen init\" once." : "A newer reportgen has migrated it: install that one."))
  }
}
