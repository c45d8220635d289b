/// When a portion has become large enough to be published, so that a long backfill is not all or nothing.
///
/// Both are looked at between two reads: a single one is never cut.
package struct PortionLimit: Hashable, Sendable {
  package var rows: Int
  package var duration: Duration

  /// A million rows are published in seconds; five minutes are what an interruption may cost, and as long as a snapshot
  /// on the replica should live.
  package init(rows: Int = 1_000_000, duration: Duration = .seconds(300)) {
    self.rows = rows
    self.duration = duration
  }

  package func isReached(rows: Int, after elapsed: Duration) -> Bool {
    rows >= self.rows || elapsed >= duration
  }
}
