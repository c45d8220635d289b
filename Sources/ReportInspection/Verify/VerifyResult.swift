import ReportLedger
import ReportModel

/// How many published rows differ from those of the source.
struct RowDrift: Hashable, Sendable, Codable {
  /// The source gives them, the table lacks them.
  var missing = 0
  /// The table has them, the source does not.
  var extra = 0
  /// Both have the key, with other values.
  var different = 0
  /// As extra, in a `merge` that keeps such rows: no drift.
  var gone = 0

  var isDrift: Bool { missing + extra + different > 0 }

  static func += (left: inout RowDrift, right: RowDrift) {
    left.missing += right.missing
    left.extra += right.extra
    left.different += right.different
    left.gone += right.gone
  }
}

/// Some of the rows of each kind; `old` is what is published, `new` what the source gives.
struct DriftSamples: Hashable, Sendable, Codable {
  var missing: [RowSample] = []
  var extra: [RowSample] = []
  var different: [RowSample] = []
}

/// What differs in one interval.
struct IntervalDrift: Hashable, Sendable {
  /// Nil for a report without a period, and for rows that are in none of its intervals.
  var interval: Interval?
  var rows = RowDrift()
  var samples = DriftSamples()

  init(_ interval: Interval?) { self.interval = interval }
}

/// A published interval that is not compared.
struct SkippedInterval: Hashable, Sendable {
  enum Reason: String, Hashable, Sendable, Codable, CaseIterable {
    /// Published before its end: the source still changes.
    case open
    /// Published by a definition that meant something else.
    case otherDefinition = "other_definition"
    /// A summary table that the report reads has no rows of that time any more.
    case sourceExpired = "source_expired"
  }

  var interval: Interval?
  var reason: Reason
}

/// What `reportgen verify` found of one report.
package struct VerifiedReport: Sendable {
  /// The raw value is that of the JSON.
  package enum State: String, Sendable, Codable {
    case equal, drift
    /// It has no rows to compare, or none that can be told apart.
    case notVerifiable = "not_verifiable"
    /// Nothing is published of what was chosen, or nothing that can be compared.
    case nothingToCompare = "nothing_to_compare"
    case failed
    /// Not tried: the command ended before.
    case skipped
  }

  var report: Report
  var state: State
  var status: ExitStatus = .done
  /// Why it is not verifiable.
  var reason: String?
  /// Those that were compared; empty without a period.
  var intervals: [Interval] = []
  var skipped: [SkippedInterval] = []
  /// Rows that the source gives now.
  var computedRows = 0
  var publishedRows = 0
  /// In the order of time.
  var drift: [IntervalDrift] = []
  var asOf: AsOf?
  var seconds = 0.0
  package var diagnostics: [Diagnostic] = []

  /// Of all intervals.
  var rows: RowDrift { drift.reduce(into: RowDrift()) { $0 += $1.rows } }

  init(_ report: Report, _ state: State) {
    self.report = report
    self.state = state
  }

  /// The command that computes again what differs; nil when nothing does, or no run can mend it: an `append` runs no
  /// interval twice, and rows outside of every interval are nobody's.
  var repair: String? {
    guard state == .drift, report.materialization.kind != .append else { return nil }
    let command = "reportgen run \(report.name)"
    guard report.period != .none else { return command }
    let spans = drift.filter { $0.rows.isDrift }.compactMap(\.interval)
    guard let first = spans.map(\.start).min(), let last = spans.map(\.end).max() else { return nil }
    return spans.count == 1
      ? "\(command) --date \(first)" : "\(command) --from \(first) --to \(last)"
  }
}

/// What one `reportgen verify` found.
package struct VerifyResult: Sendable {
  /// Every selected report, in the given order.
  package var reports: [VerifiedReport] = []
  /// Findings that belong to no report: no server, no ledger.
  package var diagnostics: [Diagnostic] = []
  var ownStatus: ExitStatus = .done

  /// The exit status of the command: 1 when any report has drift.
  package var status: ExitStatus { ExitStatus.combined([ownStatus] + reports.map(\.status)) }

  init() {}
}
