import CLibPQ
import Glibc

extension Connection {
  /// Starts a `COPY … FROM STDIN`; the connection serves only this COPY until it ends.
  ///
  /// - Parameter sql: one COPY statement without parameters.
  /// - Throws: `PostgresError`; `CancellationError`.
  package func copyIn(_ sql: String) async throws -> CopyIn {
    try await cancellable { connection in
      _ = try connection.beginCopy(sql, .in)
      connection.copyRefusal = CopyRefusal()
      let sink = CopyIn(connection)
      connection.copy = sink
      return sink
    }
  }

  func write(_ chunk: [UInt8], to sink: CopyIn) async throws {
    try await writing(to: sink) { connection, patience in
      try chunk.withUnsafeBytes { bytes in
        var rest = bytes[...]
        repeat {
          try flushRows(connection, &patience)
          guard patience.stop == nil, !copyRefusal.isCertain, !rest.isEmpty else { return }
          let piece = rest.prefix(Self.pieceBytes)
          let start = piece.withContiguousStorageIfAvailable(\.baseAddress) ?? nil
          guard
            PQputCopyData(
              connection, UnsafeRawPointer(start)?.assumingMemoryBound(to: CChar.self), Int32(piece.count))
              == 1
          else { return copyRefusal.assume() }
          rest = rest.dropFirst(piece.count)
        } while !rest.isEmpty
      }
    }
  }

  /// libpq moves the rest of its buffer after each part that it has sent: a long row at once would take time that grows
  /// with the square of its length.
  private static let pieceBytes = 256 << 10

  func finish(_ sink: CopyIn) async throws {
    try await writing(to: sink) { connection, patience in
      try flushRows(connection, &patience)
      guard patience.stop == nil, !copyRefusal.isCertain else { return }
      let results = try successes(connection, endCopyIn(connection, nil, &patience), patience)
      guard let tag = results.last, tag.status == PGRES_COMMAND_OK else {
        throw lose(connectionLost("COPY ended without a completion tag"))
      }
      sink.progress.end(rows: tag.affected)
    }
  }

  func fail(_ sink: CopyIn, _ reason: String) {
    guard copy === sink, copyDirection == .in, let connection = handle else { return }
    sink.progress.fail(
      PostgresError(sqlState: .queryCanceled, message: "COPY was stopped: \(reason)", server: name))
    var patience = briefPatience
    do {
      _ = try successes(connection, endCopyIn(connection, reason, &patience), patience)
    } catch {
      // The server's error confirms that the rows are dropped. When the connection is lost, they are dropped too.
    }
  }

  /// Runs one step of writing, then ends the COPY when the server has failed it, the task is cancelled or time is up.
  private func writing(
    to sink: CopyIn, _ step: (OpaquePointer, inout Patience) throws -> Void
  ) async throws {
    if try sink.progress.isEnded() {
      throw PostgresError(
        sqlState: .objectNotInPrerequisiteState, message: "COPY has already ended", server: name)
    }
    try await withTaskCancellationHandler {
      do {
        guard let connection = handle else {
          throw failure ?? connectionLost("the connection is not open")
        }
        var patience = makePatience()
        if Task.isCancelled {
          try stop(connection, .cancelled, &patience)
        } else {
          try step(connection, &patience)
        }
        if copyDirection == .in, patience.stop != nil || copyRefusal.isCertain {
          try abort(connection, &patience)
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

  /// Ends a COPY so that no row stays, and throws the reason.
  private func abort(_ connection: OpaquePointer, _ patience: inout Patience) throws -> Never {
    let wasRefused = patience.stop == nil
    let results = try endCopyIn(connection, "the client stopped the COPY", &patience)
    _ = try successes(connection, results, patience)
    // No error came: the COPY had ended before the cancel, or the unexplained input was not an error.
    if !wasRefused { throw patience.stop == .deadline ? deadlinePassed(patience) : CancellationError() }
    throw lose(connectionLost("COPY ended without the server's error message"))
  }

  private func endCopyIn(
    _ connection: OpaquePointer, _ reason: String?, _ patience: inout Patience
  ) throws -> [QueryResult] {
    // When this fails, the results carry the error.
    _ = reason.map { PQputCopyEnd(connection, $0) } ?? PQputCopyEnd(connection, nil)
    copyDirection = nil
    return try collect(connection, &patience)
  }

  /// Sends what libpq has buffered, and meanwhile reads: the server reports a wrong row while we are still sending.
  private func flushRows(_ connection: OpaquePointer, _ patience: inout Patience) throws {
    let input = POLLIN | CopyRefusal.hangUp
    guard copyRefusal.takeInput(connection, readiness(of: PQsocket(connection), input), notices) else {
      return
    }
    while PQflush(connection) == 1 {
      guard let ready = try pause(connection, for: input | POLLOUT, &patience) else { return }
      guard copyRefusal.takeInput(connection, ready, notices) else { return }
    }
  }
}
