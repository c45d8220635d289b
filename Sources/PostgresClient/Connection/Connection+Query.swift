import CLibPQ

extension Connection {
  /// Runs one statement and keeps its whole result in memory.
  ///
  /// - Parameters:
  ///   - parameters: values of `$1`, `$2` … as text, nil for NULL; the server infers their types. Without parameters the
  ///     text may contain several statements; the rows of the last one are returned.
  ///   - timeout: the limit for the statement and its results; by default the connection's `statementDeadline`.
  /// - Throws: `PostgresError`, with 57014 when the timeout passed; `CancellationError`.
  package func query(_ sql: String, _ parameters: [String?] = [], timeout: Duration? = nil) async throws
    -> Rows
  {
    try await cancellable { connection in
      let results = try connection.run(sql, parameters, connection.makePatience(timeout))
      return results.last?.rows ?? Rows(columnNames: [], rows: [], affected: 0)
    }
  }

  /// Runs a query between other statements, all in one round trip.
  ///
  /// - Parameters:
  ///   - before: statements, in ASCII; none by default.
  ///   - after: statements that return no rows, separated by semicolons.
  /// - Returns: the rows of the query.
  /// - Throws: as `query`, with the position in the query itself. The statements after the failed one did not run.
  package func query(
    _ sql: String, after before: String? = nil, before after: String, timeout: Duration? = nil
  ) async throws -> Rows {
    let opening = before.map { $0 + "; " } ?? ""
    let closing = after.split(separator: ";").count
    return try await cancellable { connection in
      do {
        // The query can end with a comment.
        let results = try connection.run(
          "\(opening)\(sql)\n; \(after)", [], connection.makePatience(timeout))
        return results.dropLast(closing).last?.rows ?? Rows(columnNames: [], rows: [], affected: 0)
      } catch var error as PostgresError {
        error.position = error.position.map { $0 - opening.utf8.count }.flatMap { $0 > 0 ? $0 : nil }
        throw error
      }
    }
  }

  /// Runs one or several statements without returning their rows.
  ///
  /// - Returns: how many rows the last statement returned or changed; 0 when its command tag has no count.
  /// - Throws: as `query`.
  @discardableResult
  package func execute(_ sql: String, timeout: Duration? = nil) async throws -> Int {
    try await cancellable { connection in
      try connection.run(sql, [], connection.makePatience(timeout)).last?.affected ?? 0
    }
  }

  /// Runs DDL or another statement that evaluates no value of a row: what its errors name are objects of the catalog.
  ///
  /// - Throws: as `query`.
  package func define(_ sql: String) async throws {
    do {
      try await execute(sql)
    } catch var error as PostgresError {
      error.readsRows = false
      throw error
    }
  }

  /// Rolls back an open transaction, also in a cancelled task. Closes the connection when that fails.
  package func rollback() {
    guard transactionStatus != .idle, handle != nil else { return }
    do { _ = try run("ROLLBACK", [], briefPatience) } catch { close() }
  }

  /// The columns of a statement's result. The server parses the statement and does not run it.
  ///
  /// - Throws: `PostgresError`; `CancellationError`.
  package func describe(_ sql: String) async throws -> [ColumnDescription] {
    try await describeStatement(sql).columns
  }

  /// The same with the oids of the types that the server infers for `$1`, `$2` …
  ///
  /// - Throws: as `describe`.
  package func describeStatement(_ sql: String) async throws -> (
    columns: [ColumnDescription], parameters: [UInt32]
  ) {
    try await cancellable { connection in
      var patience = connection.makePatience()
      _ = try connection.roundTrip(sql, &patience) { PQsendPrepare($0, "", sql, 0, nil) }
      let result = try connection.roundTrip(sql, &patience) { PQsendDescribePrepared($0, "") }.last
      return (result?.columns ?? [], result?.parameterTypes ?? [])
    }
  }

  func run(_ sql: String, _ parameters: [String?], _ patience: Patience) throws -> [QueryResult] {
    try requireSendable(sql, parameters)
    var patience = patience
    return try roundTrip(sql, &patience) { connection in
      parameters.isEmpty ? PQsendQuery(connection, sql) : send(sql, parameters, connection)
    }
  }

  /// By the extended protocol.
  ///
  /// - Returns: 0 on failure.
  func send(_ sql: String, _ parameters: [String?], _ connection: OpaquePointer) -> Int32 {
    let values = CStrings(parameters)
    return withExtendedLifetime(values) {
      PQsendQueryParams(connection, sql, Int32(parameters.count), nil, values.pointers, nil, nil, 0)
    }
  }

  func requireSendable(_ sql: String, _ parameters: [String?] = []) throws {
    guard !sql.utf8.contains(0) else { throw holdsNUL("the SQL text") }
    for case let value? in parameters where value.utf8.contains(0) { throw holdsNUL("a parameter") }
  }

  /// - Parameter send: a call of libpq that returns 0 on failure.
  private func roundTrip(
    _ sql: String, _ patience: inout Patience, _ send: (OpaquePointer) -> Int32
  ) throws -> [QueryResult] {
    let connection = try begin(sql, send)
    let results = try collect(connection, &patience)
    if results.contains(where: { $0.copyDirection != nil }) {
      throw PostgresError(
        sqlState: .featureNotSupported, message: "COPY FROM STDIN and COPY TO STDOUT need copyIn and copyOut",
        server: name)
    }
    do {
      return try successes(connection, results, patience)
    } catch var error as PostgresError {
      error.nameAtPosition = error.position.flatMap { PostgresError.name(in: sql, at: $0) }
      throw error
    }
  }

  /// Sends a command after ending an abandoned COPY.
  func begin(_ sql: String, _ send: (OpaquePointer) -> Int32) throws -> OpaquePointer {
    let connection = try idleHandle()
    try requireSendable(sql)
    guard send(connection) == 1 else { throw lose(sendFailure(connection)) }
    return connection
  }

  func sendFailure(_ connection: OpaquePointer) -> PostgresError {
    connectionLost(ErrorText(String(cString: PQerrorMessage(connection))).firstLine)
  }

  private func holdsNUL(_ what: String) -> PostgresError {
    PostgresError(sqlState: .characterNotInRepertoire, message: "\(what) contains a NUL byte", server: name)
  }

  func idleHandle() throws -> OpaquePointer {
    if copyDirection != nil {
      guard copy == nil else {
        throw PostgresError(
          sqlState: .objectNotInPrerequisiteState, message: "a COPY is in progress on this connection",
          server: name)
      }
      endAbandonedCopy()
    }
    guard let handle else { throw failure ?? connectionLost("the connection is not open") }
    return handle
  }
}
