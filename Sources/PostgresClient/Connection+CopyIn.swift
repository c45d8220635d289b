import CLibPQ
import Glibc

extension Connection {
  /// Starts a `COPY … FROM STDIN`.
  ///
  /// - Throws: `PostgresError`, `CancellationError`.
  package func copyIn(_ sql: String) async throws -> CopyIn {
    try await cancellable { connection in
      _ = try connection.beginCopy(sql, .in)
      connection.unexplainedInputSince = nil
      let sink = CopyIn(connection)
      connection.copy = sink
      return sink
    }
  }

  func write(_ chunk: [UInt8], to sink: CopyIn) async throws {
    try await writing(to: sink) { connection, patience in
      try flushRows(connection, &patience)
      guard patience.stop == nil, !hasServerRefused, !chunk.isEmpty else { return }
      let length = Int32(chunk.count)
      let taken = chunk.withUnsafeBytes {
        PQputCopyData(connection, $0.baseAddress?.assumingMemoryBound(to: CChar.self), length)
      }
      if taken != 1 { assumeRefused() }
    }
  }

  func finish(_ sink: CopyIn) async throws {
    try await writing(to: sink) { connection, patience in
      try flushRows(connection, &patience)
      guard patience.stop == nil, !hasServerRefused else { return }
      let results = try successes(connection, endCopyIn(connection, nil, &patience), patience)
      guard let tag = results.last, tag.status == PGRES_COMMAND_OK else {
        throw lose(connectionLost("the COPY ended without the server's word that it is complete"))
      }
      sink.progress.end(rows: tag.affected)
    }
  }

  func fail(_ sink: CopyIn, _ reason: String) {
    guard copy === sink, copyDirection == .in, let connection = handle else { return }
    sink.progress.fail(
      PostgresError(sqlState: .queryCanceled, message: "the COPY was given up: \(reason)", server: name))
    var patience = briefPatience
    do {
      _ = try successes(connection, endCopyIn(connection, reason, &patience), patience)
    } catch {
      // The server's confirmation that the rows are dropped; a connection that is lost drops them too.
    }
  }

  /// Runs one step of writing, then ends the COPY if the step showed that it cannot go on.
  private func writing(
    to sink: CopyIn, _ step: (OpaquePointer, inout Patience) throws -> Void
  ) async throws {
    if try sink.progress.isEnded() {
      throw PostgresError(sqlState: .objectNotInPrerequisiteState, message: "the COPY is over", server: name)
    }
    try await withTaskCancellationHandler {
      do {
        guard let connection = handle else {
          throw failure ?? connectionLost("the connection does not stand")
        }
        var patience = makePatience()
        if Task.isCancelled {
          try stop(connection, .cancelled, &patience)
        } else {
          try step(connection, &patience)
        }
        if copyDirection == .in, patience.stop != nil || hasServerRefused {
          try giveUp(connection, &patience)
        }
      } catch {
        copyDirection = nil
        sink.progress.fail(error)
        throw error
      }
    } onCancel: { [wakeup] in
      wakeup.fire()
    }
  }

  /// Ends a COPY of which no row may stay, and throws why.
  private func giveUp(_ connection: OpaquePointer, _ patience: inout Patience) throws -> Never {
    let wasRefused = patience.stop == nil
    let results = try endCopyIn(connection, "the writer gave up", &patience)
    _ = try successes(connection, results, patience)
    // The cancel met a COPY that had ended already, or what looked like an error was none.
    if !wasRefused { throw patience.stop == .deadline ? deadlinePassed(patience) : CancellationError() }
    throw lose(connectionLost("the COPY ended without the server's error"))
  }

  private func endCopyIn(
    _ connection: OpaquePointer, _ reason: String?, _ patience: inout Patience
  ) throws -> [QueryResult] {
    // A failure shows in the results.
    _ = reason.map { PQputCopyEnd(connection, $0) } ?? PQputCopyEnd(connection, nil)
    copyDirection = nil
    return try collect(connection, &patience)
  }

  /// Sends what libpq still holds, looking out for the server's word, which it sends as soon as a row is wrong.
  private func flushRows(_ connection: OpaquePointer, _ patience: inout Patience) throws {
    let input = POLLIN | Self.hangUp
    guard takeInput(connection, readiness(of: PQsocket(connection), input)) else { return }
    while PQflush(connection) == 1 {
      guard let ready = try pause(connection, for: input | POLLOUT, &patience) else { return }
      guard takeInput(connection, ready) else { return }
    }
  }

  /// The server has closed its end. 0x2000 is Linux' POLLRDHUP, which Swift's Glibc does not name.
  private static let hangUp = 0x2000 | POLLHUP | POLLERR

  /// libpq keeps an error to itself until the COPY has ended; but notices and notifications it hands over at once, so
  /// that input which stays unexplained is an error.
  ///
  /// - Returns: false when the COPY is over.
  private func takeInput(_ connection: OpaquePointer, _ ready: Int32) -> Bool {
    // Its last words are unread yet, and stay so: libpq drops them when it meets the end while rows are sent.
    guard ready & Self.hangUp == 0 else {
      assumeRefused()
      return false
    }
    guard ready & POLLIN != 0 else { return true }
    let noticesBefore = notices.count
    guard PQconsumeInput(connection) == 1 else {
      assumeRefused()
      return false
    }
    // Makes libpq look at what it read.
    _ = PQisBusy(connection)
    var isExplained = notices.count > noticesBefore
    while let notification = PQnotifies(connection) {
      PQfreemem(notification)
      isExplained = true
    }
    unexplainedInputSince = isExplained ? nil : unexplainedInputSince ?? .now
    return true
  }

  /// What half a notice may take until its other half arrives.
  private static let inputPatience = Duration.seconds(1)

  private func assumeRefused() { unexplainedInputSince = .now - Self.inputPatience }

  private var hasServerRefused: Bool {
    unexplainedInputSince.map { $0.duration(to: .now) >= Self.inputPatience } ?? false
  }
}
