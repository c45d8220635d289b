import ReportModel

/// Writes the rows of a `COPY … FROM STDIN`.
///
/// The connection runs no other statement until `finish` or `fail`, or until a call has thrown. When a `CopyIn` is
/// released before that, the next call of the connection fails the COPY. The rows are in the table after `finish` has
/// returned and the transaction is committed.
package final class CopyIn: CopySink, Sendable {
  let progress = CopyProgress()
  private let connection: Connection

  init(_ connection: Connection) { self.connection = connection }

  /// Returns when libpq has buffered the chunk and sent the one before, so that memory holds about two chunks.
  ///
  /// - Throws: `PostgresError`, which can be about an earlier chunk; `CancellationError`. No row of the COPY stays then.
  package func write(_ chunk: [UInt8]) async throws { try await connection.write(chunk, to: self) }

  /// Ends the COPY and waits for the server's completion tag.
  ///
  /// - Throws: `PostgresError`; `CancellationError`. No row of the COPY stays then.
  package func finish() async throws { try await connection.finish(self) }

  /// Makes the server drop the rows, also in a cancelled task. Does nothing when the COPY has ended.
  package func fail(_ reason: String) async { await connection.fail(self, reason) }

  /// The rows that the completion tag counts; 0 before `finish` has returned.
  package var rowCount: Int { get async { progress.rows } }
}
