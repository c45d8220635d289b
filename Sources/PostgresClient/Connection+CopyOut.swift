import CLibPQ

extension Connection {
  /// Starts a `COPY … TO STDOUT`; returns when the first rows are there, since servers keep their word that a COPY
  /// begins until a few kilobytes are to be sent.
  ///
  /// - Parameters:
  ///   - sql: one COPY statement; COPY cannot bind parameters (SQLSTATE 08P01), so values come as literals.
  ///   - headerRows: 1 where the statement asks for a header, which the server sends but does not count.
  /// - Throws: `PostgresError`, `CancellationError`.
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
    endForgottenCopy()
  }

  private func readChunk(of source: CopyOut) throws -> [UInt8]? {
    guard let connection = handle else { throw failure ?? connectionLost("the connection does not stand") }
    var patience = makePatience()
    if Task.isCancelled { try stop(connection, .cancelled, &patience) }
    var chunk: [UInt8] = []
    // Room for the row that crosses the line.
    chunk.reserveCapacity(CopyOut.chunkBytes + 4096)
    if try readRows(connection, into: &chunk, source, &patience) { return chunk }
    let results = try successes(connection, collect(connection, &patience), patience)
    switch patience.stop {
    case .cancelled: throw CancellationError()
    case .deadline: throw deadlinePassed(patience)
    case nil: break
    }
    try complete(source, results)
    return chunk.isEmpty ? nil : chunk
  }

  /// - Returns: whether the chunk is full; if not, there are no more rows, for a good reason or a bad one.
  private func readRows(
    _ connection: OpaquePointer, into chunk: inout [UInt8], _ source: CopyOut, _ patience: inout Patience
  ) throws -> Bool {
    var rows = 0
    defer { source.progress.add(rows: rows) }
    while let row = try nextRow(connection, &patience) {
      defer { PQfreemem(row.baseAddress) }
      // Rows that come after a cancel are only waited out.
      guard patience.stop == nil else { continue }
      if source.isBinary {
        let isFirst = source.progress.rows + rows == 0
        guard let tuple = CopyBinary.row(in: UnsafeRawBufferPointer(row), isFirst: isFirst) else {
          throw lose(connectionLost("the COPY does not begin as its binary format says"))
        }
        guard !tuple.isEmpty else { continue }
        chunk.append(contentsOf: tuple)
      } else {
        chunk.append(contentsOf: row)
      }
      rows += 1
      if chunk.count >= CopyOut.chunkBytes { return true }
    }
    return false
  }

  private func complete(_ source: CopyOut, _ results: [QueryResult]) throws {
    copyDirection = nil
    guard let tag = results.last, tag.status == PGRES_COMMAND_OK else {
      throw lose(connectionLost("the COPY ended without the server's word that it is complete"))
    }
    let headerRows = source.headerRows
    if source.progress.rows != tag.affected + headerRows {
      let received = source.progress.rows
      throw PostgresError(
        sqlState: .protocolViolation,
        message: "received \(received) rows of a COPY of \(tag.affected) rows and \(headerRows) header rows",
        server: name)
    }
    source.progress.end(rows: tag.affected + headerRows)
  }
}
