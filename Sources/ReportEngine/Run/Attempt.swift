import Foundation
import ReportModel

/// One execution of the command, as the ledger records it.
package struct RunRecord: Hashable, Sendable {
  package var id: UUID
  package var host: String
  package var processID: Int32
  package var version: String
  package var arguments: [String]

  package init(id: UUID = UUID(), host: String, processID: Int32, version: String, arguments: [String]) {
    self.id = id
    self.host = host
    self.processID = processID
    self.version = version
    self.arguments = arguments
  }
}

/// One try at one report: what it reads and under which names its rows are staged.
struct Attempt: Hashable, Sendable {
  var id: UUID
  var runID: UUID
  var report: Report
  var portion: Portion
  /// From 1; higher after a retry within the same run.
  var number: Int
  var values: [String: Parameter.Value]

  var lockKey: Int64 { LockKey.of(report) }

  var ledgerBounds: (starts: [String], ends: [String]) { bounds(of: portion.intervals) }

  /// Intervals for people: `2026-11-22..2026-11-23`, or the first and the last bound of several.
  var intervalText: String {
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

/// What the publishing transaction writes into the ledger.
struct PublishRecord: Sendable {
  var attempt: Attempt
  /// Those whose checks passed.
  var intervals: [Interval]
  /// For each interval `published` or `open`; one for the whole of a report.
  var states: [String]
  var rowCounts: [Int]
  var counts: RowCounts
  var asOf: AsOf
  var seconds: StepSeconds
  /// What happened to the other intervals.
  var error: String?
  /// Every interval that has rows in the table now, where that is known.
  var allPublished: [Interval]?

  var ledgerBounds: (starts: [String], ends: [String]) { bounds(of: intervals) }
}

/// Seconds spent in each step of an attempt.
package struct StepSeconds: Hashable, Sendable {
  package private(set) var seconds: [(step: String, seconds: Double)] = []

  package init() {}

  package mutating func add(_ step: String, _ duration: Duration) {
    let value = Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    if let index = seconds.firstIndex(where: { $0.step == step }) {
      seconds[index].seconds += value
    } else {
      seconds.append((step, value))
    }
  }

  /// `{"read": 0.012, "publish": 0.003}`, milliseconds are exact enough.
  package var json: String {
    let pairs = seconds.map { "\"\($0.step)\": \(rounded($0.seconds))" }
    return "{" + pairs.joined(separator: ", ") + "}"
  }

  package static func == (left: Self, right: Self) -> Bool { left.json == right.json }
  package func hash(into hasher: inout Hasher) { hasher.combine(json) }

  private func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
}
