import CLibPQ
import Glibc

extension Connection {
  /// Starts a `COPY … TO STDOUT`. Returns about when the first rows arrive, because a server sends its reply together with
  /// the first kilobytes of rows.
  ///
  /// - Parameters:
  ///   - sql: one COPY statement in text or binary format: rows of CSV can have line feeds inside. COPY cannot bind
  ///     parameters (SQLSTATE 08P01), so it contains values as literals.
  ///   - headerRows: 1 when the statement asks for a header, which the server sends but does not count.
  /// - Throws: `PostgresError`; `CancellationError`.
  package func copyOut(_ sql: String, headerRows: Int = 0) async throws -> CopyOut {
    try await cancellable { connection in
      let result = try connection.beginCopy(sql, .out)
      let isBinary = PQbinaryTuples(result.pointer) != 0
      let source = CopyOut(connection, isBinary: isBinary, headerRows: isBinary ? 0 : headerRows)
      connection.copy = source
      return source
    }
  }

  func nextChunk(of source: CopyOut) async throws -> [UInt8]? {
    if try source.progress.isEnded() { return nil }
    return try await withTaskCancellationHandler {
      do {
        return try readChunk(of: source)
      } catch {
        copyDirection = nil
        source.progress.fail(error)
        throw error
      }
    } onCancel: { [wakeup] in
      wakeup.fire()
    }
  }

  func cancel(_ source: CopyOut) {
    guard copy === source, copyDirection == .out else { return }
    source.progress.fail(CancellationError())
    endAbandonedCopy()
  }

  private func readChunk(of source: CopyOut) throws -> [UInt8]? {
    guard let connection = handle else { throw failure ?? connectionLost("the connection is not open") }
    var patience = makePatience()
    if Task.isCancelled { try stop(connection, .cancelled, &patience) }
    let (chunk, isFull) = try readRows(connection, source, &patience)
    if isFull { return chunk }
    let results = try successes(connection, collect(connection, &patience), patience)
    switch patience.stop {
    case .cancelled: throw CancellationError()
    case .deadline: throw deadlinePassed(patience)
    case nil: break
    }
    try complete(source, results)
    return chunk.isEmpty ? nil : chunk
  }

  /// - Returns: rows, and whether the chunk is full. If not, there are no more, also when the COPY failed.
  private func readRows(
    _ connection: OpaquePointer, _ source: CopyOut, _ patience: inout Patience
  ) throws -> ([UInt8], isFull: Bool) {
    var chunk: [UInt8] = []
    var rowStart = 0
    // Room for the row that exceeds the chunk size.
    var capacity = CopyOut.chunkBytes + 4096
    while true {
      var end = ChunkEnd.lastRow
      chunk = try [UInt8](unsafeUninitializedCapacity: capacity) { memory, count in
        count = memory.initialize(fromContentsOf: chunk)
        end = try fill(memory, &count, &rowStart, connection, source, &patience)
      }
      switch end {
      case .full: return (chunk, true)
      case .lastRow: return (chunk, false)
      case .needs(let bytes): capacity = max(2 * capacity, bytes)
      }
    }
  }

  /// Receives rows, without a copy of their own.
  ///
  /// - Parameters:
  ///   - count: bytes of the chunk so far.
  ///   - rowStart: where the row begins that is being received.
  private func fill(
    _ memory: UnsafeMutableBufferPointer<UInt8>, _ count: inout Int, _ rowStart: inout Int,
    _ connection: OpaquePointer, _ source: CopyOut, _ patience: inout Patience
  ) throws -> ChunkEnd {
    var rows = 0
    defer { source.progress.add(rows: rows) }
    while count < CopyOut.chunkBytes || rowStart < count {
      let free = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(memory)[count...])
      guard let received = try receive(connection, into: free, &patience) else { return .lastRow }
      // Rows that arrive after a cancel request are dropped.
      guard patience.stop == nil else { continue }
      count += received
      let isFirst = source.isBinary && source.progress.rows + rows == 0
      let row = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(memory)[rowStart..<count])
      if received == free.count {
        // A row in text has its only line feed at its end.
        let missesEnd = row.last == UInt8(ascii: "\n") ? 0 : 1
        let bytes = source.isBinary ? CopyBinary.bytes(ofRow: row, isFirst: isFirst) : row.count + missesEnd
        if bytes > row.count { return .needs(bytes: rowStart + bytes) }
      }
      if source.isBinary {
        guard let tuple = CopyBinary.row(in: row, isFirst: isFirst) else {
          throw lose(connectionLost("COPY sent no header of the binary format"))
        }
        count = rowStart + tuple.count
        guard !tuple.isEmpty else { continue }
        if isFirst, let base = memory.baseAddress {
          memmove(base + rowStart, base + rowStart + CopyBinary.header.count, tuple.count)
        }
      }
      rowStart = count
      rows += 1
    }
    return .full
  }

  private func complete(_ source: CopyOut, _ results: [QueryResult]) throws {
    copyDirection = nil
    guard let tag = results.last, tag.status == PGRES_COMMAND_OK else {
      throw lose(connectionLost("COPY ended without a completion tag"))
    }
    if let difference = source.difference(from: tag.affected, on: name) { throw difference }
    source.progress.end(rows: source.progress.rows)
  }
}

/// Why no more rows come into a chunk's memory.
private enum ChunkEnd {
  case full
  case lastRow
  /// So much memory is needed at least for a row that is longer than what is left.
  case needs(bytes: Int)
}

extension CopyOut {
  /// The error where the rows that came are not those that the server counted; nil where they are.
  fileprivate func difference(from counted: Int, on server: String) -> PostgresError? {
    guard progress.rows - headerRows != counted else { return nil }
    return PostgresError(
      sqlState: .protocolViolation,
      message:
        "COPY sent \(progress.rows) rows, but its completion tag counts \(counted) rows and \(headerRows) header rows",
      server: server)
  }
}
