import CLibPQ

/// One statement and what is made of its rows: a value, so that several of them are asked in one round trip.
package struct Question<Answer: Sendable>: Sendable {
  let sql: String
  let parameters: [String?]
  let read: @Sendable (Rows) throws -> Answer

  /// - Parameters:
  ///   - sql: one statement; not COPY.
  ///   - parameters: as for `Connection.query`.
  ///   - read: makes the answer of the rows.
  package init(_ sql: String, _ parameters: [String?] = [], read: @escaping @Sendable (Rows) throws -> Answer)
  {
    self.sql = sql
    self.parameters = parameters
    self.read = read
  }
}

extension Connection {
  /// Asks questions in one round trip: libpq's pipeline mode.
  ///
  /// The statements run in the order given, in the open transaction or, where none is open, in one of their own: after an
  /// error the others did not run, and what those before it changed is undone. Each sees what was committed before it
  /// began, as statements of a READ COMMITTED transaction do.
  /// - Parameter timeout: the limit for all of them; by default the connection's `statementDeadline`.
  /// - Throws: as `query`; what `read` of a question throws.
  package nonisolated func ask<each Answer: Sendable>(
    _ questions: repeat Question<each Answer>, timeout: Duration? = nil
  ) async throws -> (repeat each Answer) {
    var statements: [(sql: String, parameters: [String?])] = []
    for question in repeat each questions { statements.append((question.sql, question.parameters)) }
    var rows = try await run(pipeline: statements, timeout: timeout)[...]
    return (repeat try (each questions).read(rows.removeFirst()))
  }

  private func run(
    pipeline statements: [(sql: String, parameters: [String?])], timeout: Duration?
  ) async throws -> [Rows] {
    try await cancellable { connection in
      try connection.run(pipeline: statements, connection.makePatience(timeout))
    }
  }

  private func run(
    pipeline statements: [(sql: String, parameters: [String?])], _ patience: Patience
  ) throws -> [Rows] {
    for statement in statements { try requireSendable(statement.sql, statement.parameters) }
    let connection = try idleHandle()
    var patience = patience
    guard PQenterPipelineMode(connection) == 1 else { throw lose(sendFailure(connection)) }
    for (sql, parameters) in statements {
      guard send(sql, parameters, connection) == 1 else { throw lose(sendFailure(connection)) }
    }
    guard PQpipelineSync(connection) == 1 else { throw lose(sendFailure(connection)) }
    try flush(connection, &patience)
    var answers: [Rows] = []
    var failed: (results: [QueryResult], sql: String)?
    for statement in statements {
      // Its result, and the null that ends it. Of a pipeline that has failed the others have results without an error.
      var results: [QueryResult] = []
      while let result = try nextResult(connection, &patience) { results.append(result) }
      answers.append(results.last?.rows ?? Rows(columnNames: [], rows: [], affected: 0))
      if failed == nil, results.contains(where: \.isError) { failed = (results, statement.sql) }
      if PQstatus(connection) != CONNECTION_OK { break }
    }
    // A server that ends the session says so after its error, where the end of the pipeline would be.
    if PQstatus(connection) == CONNECTION_OK,
      try nextResult(connection, &patience)?.status != PGRES_PIPELINE_SYNC
        || PQexitPipelineMode(connection) != 1, PQstatus(connection) == CONNECTION_OK
    {
      throw lose(sendFailure(connection))
    }
    do {
      _ = try successes(connection, failed?.results ?? [], patience)
      return answers
    } catch var error as PostgresError {
      error.nameAtPosition = error.position.flatMap { PostgresError.name(in: failed?.sql ?? "", at: $0) }
      throw error
    }
  }
}
