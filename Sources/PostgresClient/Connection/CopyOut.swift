import ReportModel

/// Reads the rows of a `COPY … TO STDOUT` in chunks of whole rows; those of the binary format without header and trailer.
///
/// The connection runs no other statement until `next` has returned nil or thrown, or `cancel` was called. When a
/// `CopyOut` is released before that, the next call of the connection stops the COPY.
package final class CopyOut: CopySource, Sendable {
  /// The smallest size of a chunk other than the last, in bytes. A longer row makes a longer chunk.
  package static let chunkBytes = 64 << 10

  let progress = CopyProgress()
  let isBinary: Bool
  /// Rows that the server sends and does not count.
  let headerRows: Int
  private let connection: Connection

  init(_ connection: Connection, isBinary: Bool, headerRows: Int) {
    self.connection = connection
    self.isBinary = isBinary
    self.headerRows = headerRows
  }

  /// The next chunk. Holds one chunk in memory.
  ///
  /// - Returns: nil after the server's completion tag, which counts as many rows as were received.
  /// - Throws: `PostgresError`, also after the last row; `CancellationError` after the server has confirmed the cancel.
  package func next() async throws -> [UInt8]? { try await connection.nextChunk(of: self) }

  /// Rows returned so far; a header counts as a row.
  package var rowCount: Int { get async { progress.rows } }

  /// Stops the COPY, also in a cancelled task: cancels the statement and drops its remaining rows.
  package func cancel() async { await connection.cancel(self) }
}
