import PostgresClient

extension Connection {
  /// Runs a query that can call functions of others: views and functions belong to whoever made them, and run with the
  /// rights of the session.
  ///
  /// READ ONLY, and rolled back, which undoes settings of the session that a function has changed (`set_config`). Inside
  /// of a transaction a savepoint takes the place of the transaction.
  /// - Throws: as `query`.
  package func queryReadOnly(_ sql: String, timeout: Duration? = nil) async throws -> Rows {
    let isInside = transactionStatus != .idle
    let end = isInside ? "ROLLBACK TO SAVEPOINT reading; RELEASE SAVEPOINT reading" : "ROLLBACK"
    do {
      return try await query(
        sql, after: isInside ? "SAVEPOINT reading; SET LOCAL transaction_read_only = on" : "BEGIN READ ONLY",
        before: end, timeout: timeout)
    } catch {
      if isInside { _ = try? await execute(end) } else { rollback() }
      throw error
    }
  }
}
