import ReportModel

/// What the ledger has of a report's published rows, from which a plan expects how many stay.
package struct PublishHistory: Hashable, Sendable {
  /// The newest publish; what was expired since is not in it.
  package struct Last: Hashable, Sendable {
    package var updated: Int
    package var deleted: Int
    package var unchanged: Int
    /// A check of it failed, of whichever severity.
    package var hasFailedCheck: Bool

    package init(updated: Int, deleted: Int, unchanged: Int, hasFailedCheck: Bool = false) {
      self.updated = updated
      self.deleted = deleted
      self.unchanged = unchanged
      self.hasFailedCheck = hasFailedCheck
    }

    /// How many of a hundred rows that were there it changed or deleted; nil when there were none.
    package var changedPercent: Int? {
      let there = updated + deleted + unchanged
      return there > 0 ? (updated + deleted) * 100 / there : nil
    }
  }

  /// Rows of each published interval when it was published.
  package var rows: [Interval: Int]
  /// Rows of a report without a period.
  package var wholeRows: Int
  /// Nil when nothing was published, and where the rows are too few to ask.
  package var last: Last?

  package init(rows: [Interval: Int] = [:], wholeRows: Int = 0, last: Last? = nil) {
    self.rows = rows
    self.wholeRows = wholeRows
    self.last = last
  }

  /// Of all intervals; those of a `table` have been replaced since.
  package var sum: Int { rows.values.reduce(wholeRows, +) }

  /// How many published rows a publish of the portion would meet.
  package func expectedRows(of report: Report, _ portion: Portion) -> Int {
    if portion.intervals.isEmpty { return wholeRows }
    if report.materialization.kind == .table { return newestRows }
    return portion.intervals.compactMap { rows[$0] }.reduce(0, +)
  }

  /// Of all that is published.
  package func allRows(of report: Report) -> Int {
    if rows.isEmpty { return wholeRows }
    return report.materialization.kind == .table ? newestRows : rows.values.reduce(0, +)
  }

  /// A `table` with a period holds the rows of its newest interval alone.
  private var newestRows: Int { rows.max { $0.key.start < $1.key.start }?.value ?? 0 }
}
