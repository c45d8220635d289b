import ReportModel

/// The rows of a running `COPY … TO STDOUT`, in chunks of whole rows; those of the binary format without its header and
/// trailer.
///
/// Has its connection to itself until `next` has returned nil or thrown, or `cancel` was called; one that is dropped
/// halfway is stopped by the connection's next call.
package final class CopyOut: CopySource, Sendable {
  /// A chunk has at least so many bytes, but for the last; a longer row makes a longer chunk.
  package static let chunkBytes = 64 << 10

  let progress = CopyProgress()
  let isBinary: Bool
  /// What the server sends besides the rows it counts.
  let headerRows: Int
  private let connection: Connection

  init(_ connection: Connection, isBinary: Bool, headerRows: Int) {
    self.connection = connection
    self.isBinary = isBinary
    self.headerRows = headerRows
  }

  /// - Returns: nil once the server has said that it is complete, and that it sent as many rows as were received.
  /// - Throws: `PostgresError`, also after the last row; `CancellationError` once the server confirmed the cancel.
  package func next() async throws -> [UInt8]? { try await connection.nextChunk(of: self) }

  /// Rows handed out so far; a header counts as a row.
  package var rowCount: Int { get async { progress.rows } }

  /// Stops it before its end, also in a cancelled task: the server's statement is cancelled, the connection free again.
  package func cancel() async { await connection.cancel(self) }
}
