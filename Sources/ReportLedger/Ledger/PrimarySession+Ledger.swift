extension PrimarySession {
  /// Opens a session first when there is none or when it was lost.
  package func ledger<Value: Sendable>(_ body: @Sendable (Ledger) async throws -> Value) async throws -> Value
  {
    try await body(Ledger(connection: try await connection()))
  }
}
