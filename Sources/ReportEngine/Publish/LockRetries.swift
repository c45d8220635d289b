import PostgresClient

extension Publisher {
  static let lockTimeoutMilliseconds = 200
  static let lockTries = 50
}

/// Runs one DDL statement with a lock timeout so short that readers never queue behind it, again and again.
func withLockRetries(on connection: Connection, _ statement: String) async throws {
  try await withLockRetries {
    try await connection.define(
      "SET lock_timeout = \(Publisher.lockTimeoutMilliseconds); \(statement); SET lock_timeout = 0")
  }
}

/// Runs the body again while it fails with `lock_not_available`, with growing pauses, at most `lockTries` times.
func withLockRetries(_ body: () async throws -> Void) async throws {
  var tries = 0
  while true {
    do {
      return try await body()
    } catch let error as PostgresError where error.sqlState.matches(.lockNotAvailable) {
      tries += 1
      guard tries < Publisher.lockTries else { throw error }
      try await Task.sleep(for: .milliseconds(min(50 * tries, 1000)))
    }
  }
}
