import PostgresClient

/// The types of a query's output columns and parameters, as the server infers them without running it.
package struct QueryDescription: Sendable {
  /// In order; `type` is nil for one that does not belong to PostgreSQL itself.
  package let columns: [(name: String, type: String?)]
  /// Of `$1`, `$2` …, as `format_type` writes them.
  package let parameters: [String]

  /// - Throws: `PostgresError`.
  package init(_ sql: String, on connection: Connection) async throws {
    let described = try await connection.describeStatement(sql)
    let memo = CatalogMemo()
    let types = try await memo.types(of: described.columns, on: connection)
    columns = zip(described.columns, types).map { column, type in
      let isOwn = column.typeOID >= TypeCatalog.firstOwn || type.category == "P"
      return (column.name, isOwn ? nil : type.name)
    }
    parameters = try await memo.types(
      of: described.parameters.map { ColumnDescription(name: "", typeOID: $0, typeModifier: -1) },
      on: connection
    ).map(\.name)
  }
}
