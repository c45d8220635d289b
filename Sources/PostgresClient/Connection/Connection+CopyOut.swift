import CLibPQ

extension Connection {
  /// Starts a `COPY … TO STDOUT`. Returns about when the first rows arrive, because a server sends its reply together with
  /// the first kilobytes of rows.
  ///
  /// - Parameters:
  ///   - sql: one COPY statement. COPY cannot bind parameters (SQLSTATE 08P01), so it contains values as literals.
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
    var chunk: [UInt8] = []
    // Room for the row that exceeds the chunk size.
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

  /// - Returns: whether the chunk is full. If not, there are no more rows, also when the COPY failed.
  private func readRows(
    _ connection: OpaquePointer, into chunk: inout [UInt8], _ source: CopyOut, _ patience: inout Patience
  ) throws -> Bool {
    var rows = 0
    defer { source.progress.add(rows: rows) }
    while let row = try nextRow(connection, &patience) {
      defer { PQfreemem(row.baseAddress) }
      // Rows that arrive after a cancel request are dropped.
      guard patience.stop == nil else { continue }
      if source.isBinary {
        let isFirst = source.progress.rows + rows == 0
        guard let tuple = CopyBinary.row(in: UnsafeRawBufferPointer(row), isFirst: isFirst) else {
          throw lose(connectionLost("COPY sent no header of the binary format"))
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
      throw lose(connectionLost("COPY ended without a completion tag"))
    }
    let headerRows = source.headerRows
    if source.progress.rows - headerRows != tag.affected {
      let received = source.progress.rows
      throw PostgresError(
        sqlState: .protocolViolation,
        message:
          "COPY sent \(received) rows, but its completion tag counts \(tag.affected) rows and \(headerRows) header rows",
        server: name)
    }
    source.progress.end(rows: source.progress.rows)
  }
}
