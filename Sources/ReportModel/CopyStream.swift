/// The format of a COPY's rows.
package enum CopyFormat: Hashable, Sendable {
  /// Each row ends in `\n`.
  case text
  /// Rows alone, without the format's header and trailer.
  case binary
}

/// Streams a query's rows in one of COPY's formats, whole rows, about 64 KiB a chunk; never holds the result in memory.
///
/// Rows received do not mean success: a query can fail after its millionth row, and only the last `next()` throws that.
package protocol CopySource: Sendable {
  /// - Returns: one or more whole rows; nil after the last one, once the server has reported that the COPY is complete.
  func next() async throws -> [UInt8]?
  /// Rows handed out so far.
  var rowCount: Int { get async }
  /// Stops a source whose rows are no longer wanted; does nothing after its end.
  func cancel() async
}

extension CopySource {
  /// Does nothing: for sources that hold no query open.
  package func cancel() async {}
}

/// A receiver of rows in one of COPY's formats.
///
/// Exactly one of `finish` and `fail` ends it. What was written counts only once `finish` has returned.
package protocol CopySink: Sendable {
  /// - Parameter chunk: whole rows.
  func write(_ chunk: [UInt8]) async throws
  /// Returns once every row is stored; throws when one could not be.
  func finish() async throws
  /// Drops every row that was written before it returns.
  func fail(_ reason: String) async
}
