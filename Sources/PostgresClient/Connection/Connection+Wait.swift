import CLibPQ
import Glibc
import ReportModel

/// Waiting for the server. No other code of a connection waits.
extension Connection {
  /// Runs `body`; cancelling the task ends its waiting.
  ///
  /// The body has the connection as an isolated parameter: a closure that captures nothing isolated would run on another
  /// thread, without a warning from the compiler.
  func cancellable<Value>(_ body: (isolated Connection) throws -> Value) async throws -> Value {
    try Task.checkCancellation()
    return try await withTaskCancellationHandler {
      try body(self)
    } onCancel: { [wakeup] in
      wakeup.fire()
    }
  }

  func makePatience(_ limit: Duration? = nil) -> Patience {
    Patience(limit: limit ?? statementDeadline, cancelLimit: cancelLimit)
  }

  /// The limit for clean-up: a few seconds, also in a cancelled task.
  var briefPatience: Patience {
    Patience(limit: cancelLimit, cancelLimit: cancelLimit, heedsCancellation: false)
  }

  /// Waits until the socket is ready for `events`. When the task is cancelled or the deadline passes, cancels the statement.
  ///
  /// - Returns: what the socket is ready for; nil after a cancel request was sent.
  /// - Throws: `PostgresError` with `isConnectionLost` when the server does not confirm a cancel in time;
  ///   `CancellationError` when the task was cancelled; the connection is lost then, too.
  func pause(_ connection: OpaquePointer, for events: Int32, _ patience: inout Patience) throws -> Int32? {
    assertIsolated("waiting on another thread would block Swift's thread pool")
    let socket = PQsocket(connection)
    // Without a socket the connection has failed; the next call of libpq gives the reason.
    guard socket >= 0 else { return POLLIN }
    while true {
      switch wakeup.wait(socket: socket, events: Int16(events), until: patience.wakeTime) {
      case .ready(let ready): return Int32(ready)
      case .woken:
        // The signal may belong to an earlier call; only a cancelled task stops.
        guard patience.heedsCancellation, patience.stop == nil, Task.isCancelled else { continue }
        try stop(connection, .cancelled, &patience)
        return nil
      case .deadline:
        if let reason = patience.stop {
          guard patience.requestsAgain() else { throw unresponsive(reason) }
          try requestCancel(connection, reason)
        } else {
          try stop(connection, .deadline, &patience)
        }
        return nil
      }
    }
  }

  func stop(_ connection: OpaquePointer, _ reason: Patience.Stop, _ patience: inout Patience) throws {
    patience.stop(reason)
    try requestCancel(connection, reason)
  }

  private func requestCancel(_ connection: OpaquePointer, _ reason: Patience.Stop) throws {
    do {
      // A request that is still in progress could cancel the next statement, so the connection must not be used again.
      guard let request = try CancelRequest(connection), try request.send(within: cancelLimit) else {
        throw unresponsive(reason)
      }
    } catch let error as SystemError {
      throw lose(connectionLost("could not cancel the statement: " + error.reason))
    }
  }

  private func unresponsive(_ reason: Patience.Stop) -> any Error {
    let limit = Patience.text(cancelLimit)
    let error = lose(
      connectionLost("the server did not end the statement within \(limit) of a cancel request"))
    return reason == .cancelled ? CancellationError() : error
  }

  func connectionLost(_ message: String) -> PostgresError {
    PostgresError(
      severity: "FATAL", sqlState: .connectionFailure, message: message, server: name, isConnectionLost: true)
  }

  /// Closes the connection; every later call throws the same error.
  func lose(_ error: PostgresError) -> PostgresError {
    finish(error)
    return error
  }

  /// Sends what libpq has buffered. `collect` reports a failure.
  func flush(_ connection: OpaquePointer, _ patience: inout Patience) throws {
    while PQflush(connection) == 1 {
      let ready = try pause(connection, for: POLLIN | POLLOUT, &patience) ?? 0
      if ready & ~POLLOUT != 0, PQconsumeInput(connection) == 0 { return }
    }
  }

  /// Waits for the next result of the command that was sent.
  ///
  /// - Returns: nil after the last one.
  func nextResult(_ connection: OpaquePointer, _ patience: inout Patience) throws -> QueryResult? {
    while PQisBusy(connection) == 1 {
      let ready = try pause(connection, for: POLLIN, &patience)
      patience.receivedBytes += Int(rg_bytes_waiting(PQsocket(connection)))
      guard patience.receivedBytes <= Self.longestAnswerBytes else { throw lose(answerTooLong) }
      // The connection is broken; results received before can still be read.
      if ready != nil, PQconsumeInput(connection) == 0 { break }
    }
    guard let result = PQgetResult(connection).map(QueryResult.init) else { return nil }
    // libpq would return it again and again.
    if result.status == PGRES_COPY_BOTH {
      throw lose(violation("the server began a replication that nobody asked for"))
    }
    return result
  }

  /// Answers that are kept in memory are catalogs, counts and the ledger: the longest seen, the ledger of ten years of
  /// hours, is a tenth of it. libpq keeps what it receives until the answer is complete, so it is counted before. A single
  /// message, which libpq reads as a whole, is bounded by the protocol alone.
  static let longestAnswerBytes = 256 << 20

  private var answerTooLong: PostgresError {
    violation("the server's answer is longer than \(Self.longestAnswerBytes >> 20) MB")
  }

  private func violation(_ message: String) -> PostgresError {
    PostgresError(
      severity: "FATAL", sqlState: .protocolViolation, message: message, server: name, isConnectionLost: true)
  }

  /// Reads all results. Only after the last one can the connection send another command.
  func collect(_ connection: OpaquePointer, _ patience: inout Patience) throws -> [QueryResult] {
    try flush(connection, &patience)
    var results: [QueryResult] = []
    while let result = try nextResult(connection, &patience) {
      // Of several errors only the first has the server's SQLSTATE.
      if result.isError, results.contains(where: \.isError) { continue }
      results.append(result)
      if let direction = result.copyDirection { try discardCopy(connection, direction, &patience) }
    }
    return results
  }

  /// Throws the error that the results contain.
  ///
  /// - Returns: the results, all successful.
  /// - Throws: `CancellationError`, or `PostgresError` 57014, when this call had cancelled the statement.
  func successes(
    _ connection: OpaquePointer, _ results: [QueryResult], _ patience: Patience
  ) throws -> [QueryResult] {
    let isLost = PQstatus(connection) != CONNECTION_OK
    var error = results.first(where: \.isError)?.error(server: name, isConnectionLost: isLost)
    if isLost {
      let text = ErrorText(String(cString: PQerrorMessage(connection)))
      error = lose(error ?? connectionLost(text.firstLine))
    }
    guard let error else { return results }
    switch patience.stop {
    case .cancelled: throw CancellationError()
    case .deadline where error.sqlState == .queryCanceled: throw deadlinePassed(patience)
    default: throw error
    }
  }

  func deadlinePassed(_ patience: Patience) -> PostgresError {
    PostgresError(
      sqlState: .queryCanceled,
      message: "the statement did not end within \(Patience.text(patience.limit ?? .zero))",
      server: name)
  }
}
