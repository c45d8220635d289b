import CLibPQ

extension Connection {
  /// Runs one statement and keeps its whole result in memory.
  ///
  /// - Parameters:
  ///   - parameters: values of `$1`, `$2` … as text, nil for NULL; the server infers their types. Without any, the text
  ///     may hold several statements, of which the last one's rows are returned.
  ///   - timeout: how long it may take, results included; by default the connection's `statementDeadline`.
  /// - Throws: `PostgresError`, 57014 when the timeout passed; `CancellationError`.
  package func query(_ sql: String, _ parameters: [String?] = [], timeout: Duration? = nil) async throws
    -> Rows
  {
    try await cancellable { connection in
      let results = try connection.run(sql, parameters, connection.makePatience(timeout))
      return results.last?.rows ?? Rows(columnNames: [], rows: [], affected: 0)
    }
  }

  /// Runs one or several statements whose rows nobody wants.
  ///
  /// - Returns: the rows that the last one returned or changed; 0 where it does neither.
  /// - Throws: as `query`.
  @discardableResult
  package func execute(_ sql: String, timeout: Duration? = nil) async throws -> Int {
    try await cancellable { connection in
      try connection.run(sql, [], connection.makePatience(timeout)).last?.affected ?? 0
    }
  }

  /// Rolls back an open transaction, also in a cancelled task; closes the connection where that fails.
  package func rollback() {
    guard transactionStatus != .idle, handle != nil else { return }
    do { _ = try run("ROLLBACK", [], briefPatience) } catch { close() }
  }

  /// The columns of a statement's result, without running it.
  package func describe(_ sql: String) async throws -> [ColumnDescription] {
    try await cancellable { connection in
      var patience = connection.makePatience()
      _ = try connection.roundTrip(sql, &patience) { PQsendPrepare($0, "", sql, 0, nil) }
      return try connection.roundTrip(sql, &patience) { PQsendDescribePrepared($0, "") }.last?.columns ?? []
    }
  }

  func run(_ sql: String, _ parameters: [String?], _ patience: Patience) throws -> [QueryResult] {
    for case let value? in parameters where value.utf8.contains(0) { throw holdsNUL("a parameter") }
    var patience = patience
    return try roundTrip(sql, &patience) { connection in
      guard !parameters.isEmpty else { return PQsendQuery(connection, sql) }
      let values = CStrings(parameters)
      return withExtendedLifetime(values) {
        PQsendQueryParams(connection, sql, Int32(parameters.count), nil, values.pointers, nil, nil, 0)
      }
    }
  }

  /// - Parameter send: libpq's call; 0 when it failed.
  private func roundTrip(
    _ sql: String, _ patience: inout Patience, _ send: (OpaquePointer) -> Int32
  ) throws -> [QueryResult] {
    let connection = try begin(sql, send)
    let results = try collect(connection, &patience)
    if results.contains(where: { $0.copyDirection != nil }) {
      throw PostgresError(
        sqlState: .featureNotSupported, message: "COPY from and to the client has calls of its own",
        server: name)
    }
    return try successes(connection, results, patience)
  }

  /// Sends a command, once the connection is free for it.
  func begin(_ sql: String, _ send: (OpaquePointer) -> Int32) throws -> OpaquePointer {
    let connection = try idleHandle()
    guard !sql.utf8.contains(0) else { throw holdsNUL("the SQL text") }
    guard send(connection) == 1 else {
      throw lose(connectionLost(ErrorText(String(cString: PQerrorMessage(connection))).firstLine))
    }
    return connection
  }

  private func holdsNUL(_ what: String) -> PostgresError {
    PostgresError(sqlState: .characterNotInRepertoire, message: "\(what) holds a NUL byte", server: name)
  }

  private func idleHandle() throws -> OpaquePointer {
    if copyDirection != nil {
      guard copy == nil else {
        throw PostgresError(
          sqlState: .objectNotInPrerequisiteState, message: "a COPY is running on this connection",
          server: name)
      }
      endForgottenCopy()
    }
    guard let handle else { throw failure ?? connectionLost("the connection does not stand") }
    return handle
  }
}
