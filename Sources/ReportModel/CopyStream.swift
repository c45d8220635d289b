/// Streams a query's rows in COPY text format, whole rows, about 64 KiB a chunk, each row ending in `\n`; never holds
/// the result in memory.
///
/// Rows received do not mean success: a query can fail after its millionth row, and only the last `next()` throws that.
public protocol CopySource: Sendable {
  /// - Returns: one or more whole rows; nil after the last one, once the source has said that it is complete.
  func next() async throws -> [UInt8]?
  /// Rows handed out so far.
  var rowCount: Int { get async }
  /// Stops a source whose rows are no longer wanted; nothing happens after its end.
  func cancel() async
}

extension CopySource {
  public func cancel() async {}
}

/// A receiver of rows in COPY text format.
///
/// Exactly one of `finish` and `fail` ends it. What was written counts only once `finish` has returned.
public protocol CopySink: Sendable {
  /// - Parameter chunk: whole rows, each ending in `\n`.
  func write(_ chunk: [UInt8]) async throws
  func finish() async throws
  /// Drops every row before it returns.
  func fail(_ reason: String) async
}
