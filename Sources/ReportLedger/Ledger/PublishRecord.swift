import ReportModel

/// What the publishing transaction writes into the ledger.
package struct PublishRecord: Sendable {
  var attempt: Attempt
  /// Those whose checks passed.
  var intervals: [Interval]
  /// For each interval `published` or `open`; one for the whole of a report.
  var states: [IntervalState]
  var rowCounts: [Int]
  var counts: RowCounts
  var asOf: AsOf
  var seconds: StepSeconds
  /// Error of the intervals that are not published; nil when all are.
  var error: String?
  /// Every interval that has rows in the table now, where that is known.
  var allPublished: [Interval]?
  /// What the checks found.
  var checks: [CheckCount]

  package init(
    attempt: Attempt, intervals: [Interval], states: [IntervalState], rowCounts: [Int], counts: RowCounts,
    asOf: AsOf, seconds: StepSeconds, error: String?, allPublished: [Interval]? = nil,
    checks: [CheckCount] = []
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
    self.checks = checks
  }

  /// Those of the attempt that its checks refused.
  var failedIntervals: [Interval] {
    let published = Set(intervals)
    return attempt.portion.intervals.filter { !published.contains($0) }
  }

  var ledgerBounds: (starts: [String], ends: [String]) { bounds(of: intervals) }
}
