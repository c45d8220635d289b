import Foundation
import ReportModel

/// One try at one report: what it reads and under which names its rows are staged.
package struct Attempt: Hashable, Sendable {
  /// Key of the attempt's row in `reportgen.report_run`.
  package var id: UUID
  var runID: UUID
  package var report: Report
  /// Changes while the attempt runs, when only a part of it was read.
  package var portion: Portion
  /// From 1; higher after a retry within the same run.
  package var number: Int
  /// By name; parameters that are not in it have their defaults.
  package var values: [String: Parameter.Value]

  package init(
    id: UUID, runID: UUID, report: Report, portion: Portion, number: Int, values: [String: Parameter.Value]
  ) {
    self.id = id
    self.runID = runID
    self.report = report
    self.portion = portion
    self.number = number
    self.values = values
  }

  var lockKey: Int64 { LockKey.of(run: runID) }

  var ledgerBounds: (starts: [String], ends: [String]) { bounds(of: portion.intervals) }

  /// Intervals for people: `2026-11-22..2026-11-23`, or the first and the last bound of several.
  package var intervalText: String {
    let intervals = portion.intervals
    guard let first = intervals.first, let last = intervals.last else { return "the whole report" }
    return "\(first.start)..\(last.end)"
  }
}

/// Without intervals the whole of a report counts as one from -infinity to infinity.
func bounds(of intervals: [Interval]) -> (starts: [String], ends: [String]) {
  guard !intervals.isEmpty else { return (["-infinity"], ["infinity"]) }
  return (intervals.map(\.start.description), intervals.map(\.end.description))
}
