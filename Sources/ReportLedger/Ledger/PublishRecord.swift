import ReportModel

/// What the publishing transaction writes into the ledger.
package struct PublishRecord: Sendable {
  package var attempt: Attempt
  /// Those whose checks passed.
  package var intervals: [Interval]
  /// For each interval `published` or `open`; one for the whole of a report.
  package var states: [IntervalState]
  package var rowCounts: [Int]
  package var counts: RowCounts
  package var asOf: AsOf
  package var seconds: StepSeconds
  /// What happened to the other intervals.
  package var error: String?
  /// Every interval that has rows in the table now, where that is known.
  package var allPublished: [Interval]?

  package init(
    attempt: Attempt, intervals: [Interval], states: [IntervalState], rowCounts: [Int], counts: RowCounts,
    asOf: AsOf, seconds: StepSeconds, error: String?, allPublished: [Interval]? = nil
  ) {
    self.attempt = attempt
    self.intervals = intervals
    self.states = states
    self.rowCounts = rowCounts
    self.counts = counts
    self.asOf = asOf
    self.seconds = seconds
    self.error = error
    self.allPublished = allPublished
  }

  package var ledgerBounds: (starts: [String], ends: [String]) { bounds(of: intervals) }
}
