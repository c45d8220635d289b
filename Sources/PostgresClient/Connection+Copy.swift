import CLibPQ
import Glibc

/// What both directions of COPY share.
extension Connection {
  /// Sends a COPY statement and waits until rows may flow.
  func beginCopy(_ sql: String, _ direction: CopyDirection) throws -> QueryResult {
    let connection = try begin(sql) { PQsendQuery($0, sql) }
    var patience = makePatience()
    try flush(connection, &patience)
    let first = try nextResult(connection, &patience)
    guard let first, first.copyDirection == direction else {
      throw try refusal(connection, first, &patience)
    }
    copyDirection = direction
    // Rows may flow although the call was to stop.
    if let stop = patience.stop {
      endForgottenCopy()
      throw stop == .deadline ? deadlinePassed(patience) : CancellationError()
    }
    return first
  }

  /// Why a statement did not become the COPY that was asked for.
  private func refusal(
    _ connection: OpaquePointer, _ first: QueryResult?, _ patience: inout Patience
  ) throws -> PostgresError {
    let direction = first?.copyDirection
    if let direction { try discardCopy(connection, direction, &patience) }
    let results = [first].compactMap { $0 } + (try collect(connection, &patience))
    // An unwanted COPY ends with an error of our own making.
    if direction == nil { _ = try successes(connection, results, patience) }
    return PostgresError(
      sqlState: .featureNotSupported, message: "the statement is no COPY in the direction asked for",
      server: name)
  }

  /// Stops the COPY that nobody will read or write any more. Where that fails, the connection is lost.
  func endForgottenCopy() {
    guard let connection = handle, let direction = copyDirection else { return }
    copyDirection = nil
    var patience = briefPatience
    do {
      if direction == .out { try stop(connection, .cancelled, &patience) }
      try discardCopy(connection, direction, &patience)
      _ = try successes(connection, collect(connection, &patience), patience)
    } catch {
      // The server's confirmation, or the loss that the next call reports.
    }
  }

  /// Waits out the rows of a COPY, or refuses to send any.
  func discardCopy(
    _ connection: OpaquePointer, _ direction: CopyDirection, _ patience: inout Patience
  ) throws {
    switch direction {
    case .in: PQputCopyEnd(connection, "nobody writes the rows")
    case .out: while let row = try nextRow(connection, &patience) { PQfreemem(row.baseAddress) }
    }
  }

  /// One row as libpq received it, to be freed by the caller.
  ///
  /// - Returns: nil after the last row, for a good reason or a bad one: only the results tell which.
  func nextRow(
    _ connection: OpaquePointer, _ patience: inout Patience
  ) throws -> UnsafeMutableRawBufferPointer? {
    var isBroken = false
    while true {
      var row: UnsafeMutablePointer<CChar>?
      let length = PQgetCopyData(connection, &row, 1)
      if length > 0, let row { return UnsafeMutableRawBufferPointer(start: row, count: Int(length)) }
      if length != 0 || isBroken { return nil }
      if try pause(connection, for: POLLIN, &patience) != nil {
        // What was received before it broke is still to be had.
        isBroken = PQconsumeInput(connection) == 0
      }
    }
  }
}
