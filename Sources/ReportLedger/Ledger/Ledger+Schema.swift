import PostgresClient
import ReportModel

extension Ledger {
  /// - Returns: 0 when there is no ledger yet.
  package func version() async throws -> Int {
    // One round trip when the ledger exists. In an open transaction the table is looked up first, since the error of a
    // missing table would abort the transaction.
    let isOpen = await connection.transactionStatus != .idle
    if isOpen, try await !hasMigrations() { return 0 }
    do {
      let rows = try await connection.query(
        "SELECT coalesce(max(version), 0) AS version FROM reportgen.migration")
      return try Row(only: rows).int("version")
    } catch let error as PostgresError where error.sqlState.matches(.undefinedTable) {
      return 0
    }
  }

  private func hasMigrations() async throws -> Bool {
    let rows = try await connection.query(
      "SELECT to_regclass('reportgen.migration') IS NOT NULL AS present")
    return try Row(only: rows).bool("present")
  }

  /// Applies the missing migrations.
  ///
  /// - Returns: the names of what was applied.
  func migrate() async throws -> [String] {
    guard try await version() < LedgerMigration.currentVersion else { return [] }
    return try await alone {
      let current = try await version()
      let pending = LedgerMigration.all.filter { $0.version > current }
      for migration in pending {
        _ = try await connection.execute(migration.sql)
        _ = try await connection.query(
          "INSERT INTO reportgen.migration (version, name) VALUES ($1, $2)",
          [String(migration.version), migration.name])
      }
      return pending.map(\.name)
    }
  }

  /// Runs the body in one transaction, in one process at a time: a comment on the schema locks it, as only its owner can.
  func alone<Value>(_ body: () async throws -> Value) async throws -> Value {
    _ = try await connection.execute(
      "BEGIN; COMMENT ON SCHEMA reportgen IS 'What reportgen has run and published, and which files exist.'")
    do {
      let value = try await body()
      _ = try await connection.execute("COMMIT")
      return value
    } catch {
      await connection.rollback()
      throw error
    }
  }

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
        effect: .nothingChanged,
        hint: isMissing
          ? "Run \"reportgen init\" once." : "A newer reportgen has migrated it: install that one."))
  }
}
