import PostgresClient
import ReportModel

/// Feeds rows into a staging table in pieces of a few seconds, each a transaction of its own, so that a long read is
/// no long transaction on the primary.
///
/// A piece begins with its first rows: while a query computes, the primary has nothing open.
actor StagingSink: CopySink {
  static let pieceDuration: Duration = .seconds(5)

  private let primary: Connection
  private let format: CopyFormat
  private let statement: String
  private var piece: CopyIn?
  private var pieceBegan = ContinuousClock.now
  /// Rows that the primary has acknowledged.
  private(set) var rowCount = 0

  init(_ staging: StagingTable, _ format: CopyFormat, primary: Connection) {
    self.primary = primary
    self.format = format
    self.statement = staging.copyIn(format)
  }

  func write(_ chunk: [UInt8]) async throws {
    if piece == nil {
      let piece = try await primary.copyIn(statement)
      self.piece = piece
      pieceBegan = .now
      if format == .binary { try await piece.write(CopyBinary.header) }
    }
    try await piece?.write(chunk)
    if ContinuousClock.now - pieceBegan > Self.pieceDuration { try await finishPiece() }
  }

  func finish() async throws { try await finishPiece() }

  func fail(_ reason: String) async {
    await piece?.fail(reason)
    piece = nil
  }

  private func finishPiece() async throws {
    guard let piece else { return }
    self.piece = nil
    if format == .binary { try await piece.write(CopyBinary.trailer) }
    try await piece.finish()
    rowCount += await piece.rowCount
  }
}

/// Pumps one source into several sinks, chunk by chunk, in constant memory.
///
/// All sinks finish, or all of them fail: the source's error, a sink's error or a cancellation reaches every sink
/// before it reaches the caller.
/// - Parameter onRows: called once a chunk with the number of rows so far.
/// - Returns: the rows that the source gave.
func pump(
  _ source: any CopySource, into sinks: [any CopySink], onRows: @Sendable (Int) -> Void = { _ in }
) async throws -> Int {
  do {
    while let chunk = try await source.next() {
      try Task.checkCancellation()
      for sink in sinks { try await sink.write(chunk) }
      onRows(await source.rowCount)
    }
    for sink in sinks { try await sink.finish() }
    return await source.rowCount
  } catch {
    await source.cancel()
    for sink in sinks { await sink.fail("copy stopped: \(error)") }
    throw error
  }
}
