/// When a portion has become large enough to be published, so that a long backfill is not all or nothing.
///
/// Both limits are compared between two reads; a single read is never divided.
package struct PortionLimit: Hashable, Sendable {
  var rows: Int
  var duration: Duration

  /// A million rows are published in seconds; five minutes are what an interruption may cost, and as long as a snapshot
  /// on the replica should live.
  package init(rows: Int = 1_000_000, duration: Duration = .seconds(300)) {
    self.rows = rows
    self.duration = duration
  }

  /// - Parameters:
  ///   - rows: read so far.
  ///   - elapsed: since the first read began.
  package func isReached(rows: Int, after elapsed: Duration) -> Bool {
    rows >= self.rows || elapsed >= duration
  }
}
