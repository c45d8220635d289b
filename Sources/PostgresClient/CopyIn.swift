import ReportModel

/// The way into a running `COPY … FROM STDIN`.
///
/// Has its connection to itself until `finish` or `fail`, or until a call has thrown; one that is dropped halfway is
/// failed by the connection's next call. Rows count once `finish` has returned and the transaction is committed.
package final class CopyIn: CopySink, Sendable {
  let progress = CopyProgress()
  private let connection: Connection

  init(_ connection: Connection) { self.connection = connection }

  /// Returns when libpq has taken the chunk, which bounds what is held in memory to about two chunks.
  ///
  /// - Throws: `PostgresError`, perhaps for an earlier chunk; then no row was taken. `CancellationError` likewise.
  package func write(_ chunk: [UInt8]) async throws { try await connection.write(chunk, to: self) }

  /// - Throws: `PostgresError` or `CancellationError`; then no row was taken.
  package func finish() async throws { try await connection.finish(self) }

  /// Also in a cancelled task; without effect on one that is over.
  package func fail(_ reason: String) async { await connection.fail(self, reason) }

  /// The server's count; 0 before `finish` has returned.
  package var rowCount: Int { get async { progress.rows } }
}
