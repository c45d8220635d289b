import CLibPQ
import Glibc

/// What COPY TO STDOUT and COPY FROM STDIN have in common.
extension Connection {
  /// Sends a COPY statement and waits until the server has started the COPY.
  func beginCopy(_ sql: String, _ direction: CopyDirection) throws -> QueryResult {
    let connection = try begin(sql) { PQsendQuery($0, sql) }
    var patience = makePatience()
    try flush(connection, &patience)
    let first = try nextResult(connection, &patience)
    guard let first, first.copyDirection == direction else {
      throw try refusal(connection, first, &patience)
    }
    copyDirection = direction
    // The COPY may have started although the task was cancelled or the deadline passed.
    if let stop = patience.stop {
      endAbandonedCopy()
      throw stop == .deadline ? deadlinePassed(patience) : CancellationError()
    }
    return first
  }

  /// The error of a statement that did not start a COPY in the expected direction.
  private func refusal(
    _ connection: OpaquePointer, _ first: QueryResult?, _ patience: inout Patience
  ) throws -> PostgresError {
    let direction = first?.copyDirection
    if let direction { try discardCopy(connection, direction, &patience) }
    let results = [first].compactMap { $0 } + (try collect(connection, &patience))
    // A COPY in the other direction was ended by us, so its own error says nothing.
    if direction == nil { _ = try successes(connection, results, patience) }
    return PostgresError(
      sqlState: .featureNotSupported,
      message: "the statement does not start a COPY in the expected direction",
      server: name)
  }

  /// Stops a COPY whose reader or writer no longer exists. When that fails, the connection is lost.
  func endAbandonedCopy() {
    guard let connection = handle, let direction = copyDirection else { return }
    copyDirection = nil
    var patience = briefPatience
    do {
      if direction == .out { try stop(connection, .cancelled, &patience) }
      try discardCopy(connection, direction, &patience)
      _ = try successes(connection, collect(connection, &patience), patience)
    } catch {
      // Either the server confirmed the end, or the connection is lost and the next call throws that.
    }
  }

  /// Reads and drops the remaining rows of a COPY TO STDOUT; ends a COPY FROM STDIN without rows.
  func discardCopy(
    _ connection: OpaquePointer, _ direction: CopyDirection, _ patience: inout Patience
  ) throws {
    switch direction {
    case .in: PQputCopyEnd(connection, "the client sent no rows")
    case .out:
      try withUnsafeTemporaryAllocation(byteCount: CopyOut.chunkBytes, alignment: 1) { memory in
        while try receive(connection, into: memory, &patience) != nil {}
      }
    }
  }

  /// Receives one row, or as much of it as the memory takes; the next call goes on with it.
  ///
  /// `PQgetCopyData` would allocate and copy each row once more.
  ///
  /// - Returns: how many bytes; nil after the last row, also when the COPY failed: the results that follow tell which.
  func receive(
    _ connection: OpaquePointer, into memory: UnsafeMutableRawBufferPointer, _ patience: inout Patience
  ) throws -> Int? {
    let start = memory.baseAddress?.assumingMemoryBound(to: CChar.self)
    var isBroken = false
    while true {
      let count = PQgetlineAsync(connection, start, Int32(clamping: memory.count))
      if count > 0 { return Int(count) }
      if count < 0 || isBroken { return nil }
      if try pause(connection, for: POLLIN, &patience) != nil {
        // Rows that were received before the connection broke can still be read.
        isBroken = PQconsumeInput(connection) == 0
      }
    }
  }
}
