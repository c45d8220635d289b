import PostgresClient

extension Ledger {
  /// The staging tables among the names that hold data; a truncated one takes no space.
  package func filledStagingTables(among names: [String]) async throws -> [String] {
    let rows = try await connection.query(
      """
      SELECT relname FROM pg_class
      WHERE relnamespace = to_regnamespace($1) AND relkind = 'r' AND relname = ANY ($2::text[])
        AND pg_relation_size(oid) > 0
      """, [LedgerSchema.staging, postgresArray(names)])
    return try rows.decoded.map { try $0["relname"] }
  }
}
