extension PrimarySession {
  package func ledger<Value: Sendable>(_ body: @Sendable (Ledger) async throws -> Value) async throws -> Value
  {
    try await body(Ledger(connection: try await connection()))
  }
}
