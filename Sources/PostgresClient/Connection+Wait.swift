import CLibPQ
import Glibc
import ReportModel

/// The only places where a connection waits for its server.
extension Connection {
  /// Runs `body` so that cancelling the task ends its waiting.
  ///
  /// The body takes the connection as an isolated parameter, since a closure that captures nothing isolated would leave
  /// the connection's thread without a word of the compiler.
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

  /// What clean-up gets: a few seconds, cancelled or not.
  var briefPatience: Patience {
    Patience(limit: cancelLimit, cancelLimit: cancelLimit, heedsCancellation: false)
  }

  /// Sleeps until the socket is ready for `events`, or the call is to stop: then the statement is cancelled.
  ///
  /// - Returns: what the socket is ready for; nil after the call was told to stop.
  /// - Throws: `PostgresError` with `isConnectionLost` when the server does not confirm a cancel in time;
  ///   `CancellationError` if it was the task that asked for it, the connection being lost all the same.
  func pause(_ connection: OpaquePointer, for events: Int32, _ patience: inout Patience) throws -> Int32? {
    assertIsolated("waiting elsewhere would hold up Swift's own threads")
    let socket = PQsocket(connection)
    // Without a socket the connection has failed, and libpq's next call says why.
    guard socket >= 0 else { return POLLIN }
    while true {
      switch wakeup.wait(socket: socket, events: Int16(events), until: patience.deadline) {
      case .ready(let ready): return Int32(ready)
      case .woken:
        // A late signal of a call that is over, unless this task is cancelled too.
        guard patience.heedsCancellation, patience.stop == nil, Task.isCancelled else { continue }
        try stop(connection, .cancelled, &patience)
        return nil
      case .deadline:
        if let reason = patience.stop { throw unresponsive(reason) }
        try stop(connection, .deadline, &patience)
        return nil
      }
    }
  }

  func stop(_ connection: OpaquePointer, _ reason: Patience.Stop, _ patience: inout Patience) throws {
    patience.stop(reason)
    do {
      // A request that is still under way could hit the next statement: then there must not be one.
      guard let request = try CancelRequest(connection), try request.send(within: cancelLimit) else {
        throw unresponsive(reason)
      }
    } catch let error as SystemError {
      throw lose(connectionLost("the statement could not be cancelled: " + error.reason))
    }
  }

  private func unresponsive(_ reason: Patience.Stop) -> any Error {
    let limit = Patience.text(cancelLimit)
    let error = lose(connectionLost("the server did not react to a cancel request within \(limit)"))
    return reason == .cancelled ? CancellationError() : error
  }

  func connectionLost(_ message: String) -> PostgresError {
    PostgresError(
      severity: "FATAL", sqlState: .connectionFailure, message: message, server: name, isConnectionLost: true)
  }

  /// Gives the connection up; every later call throws the same error.
  func lose(_ error: PostgresError) -> PostgresError {
    finish(error)
    return error
  }

  /// Sends what libpq still holds. A failure shows when the results are collected.
  func flush(_ connection: OpaquePointer, _ patience: inout Patience) throws {
    while PQflush(connection) == 1 {
      let ready = try pause(connection, for: POLLIN | POLLOUT, &patience) ?? 0
      if ready & ~POLLOUT != 0, PQconsumeInput(connection) == 0 { return }
    }
  }

  /// Waits for the next result of what was sent.
  ///
  /// - Returns: nil after the last one.
  func nextResult(_ connection: OpaquePointer, _ patience: inout Patience) throws -> QueryResult? {
    while PQisBusy(connection) == 1 {
      let ready = try pause(connection, for: POLLIN, &patience)
      // The connection is broken, but what was received before is still to be had.
      if ready != nil, PQconsumeInput(connection) == 0 { break }
    }
    return PQgetResult(connection).map(QueryResult.init)
  }

  /// Takes every result to the last, since only then the command is over and the connection free.
  func collect(_ connection: OpaquePointer, _ patience: inout Patience) throws -> [QueryResult] {
    try flush(connection, &patience)
    var results: [QueryResult] = []
    while let result = try nextResult(connection, &patience) {
      // Of the errors only the first has the server's SQLSTATE; the rows before it are of no use.
      if result.isError, results.contains(where: \.isError) { continue }
      results.append(result)
      if let direction = result.copyDirection { try discardCopy(connection, direction, &patience) }
    }
    return results
  }

  /// What the results mean for the caller.
  ///
  /// - Returns: the results, all successful.
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
      sqlState: .queryCanceled, message: "deadline of \(Patience.text(patience.limit ?? .zero)) passed",
      server: name)
  }
}
