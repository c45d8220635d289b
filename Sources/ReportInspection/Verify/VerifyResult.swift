import ReportEngine
import ReportLedger
import ReportModel

/// How many rows are not as the source gives them.
package struct RowDrift: Hashable, Sendable, Codable {
  /// The source gives them, the table lacks them.
  package var missing = 0
  /// The table has them, the source does not.
  package var extra = 0
  /// Both have the key, with other values.
  package var different = 0
  /// As extra, in a `merge` that keeps such rows: no drift.
  package var gone = 0

  package var isDrift: Bool { missing + extra + different > 0 }

  static func += (left: inout RowDrift, right: RowDrift) {
    left.missing += right.missing
    left.extra += right.extra
    left.different += right.different
    left.gone += right.gone
  }
}

/// Some of the rows of each kind; `old` is what is published, `new` what the source gives.
package struct DriftSamples: Hashable, Sendable, Codable {
  package var missing: [RowSample] = []
  package var extra: [RowSample] = []
  package var different: [RowSample] = []
}

/// What differs in one interval.
package struct IntervalDrift: Hashable, Sendable {
  /// Nil for a report without a period, and for rows that are in none of its intervals.
  package var interval: Interval?
  package var rows = RowDrift()
  package var samples = DriftSamples()

  init(_ interval: Interval?) { self.interval = interval }
}

/// A published interval that is not compared.
package struct SkippedInterval: Hashable, Sendable {
  package enum Reason: String, Hashable, Sendable, Codable, CaseIterable {
    /// Published before its end: the source goes on changing.
    case open
    /// Published by a definition that meant something else.
    case otherDefinition = "other_definition"
    /// A summary table that the report reads has no rows of that time any more.
    case sourceExpired = "source_expired"
  }

  package var interval: Interval?
  package var reason: Reason
}

/// What `reportgen verify` found of one report.
package struct VerifiedReport: Sendable {
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

  package var report: Report
  package var state: State
  package var status: ExitStatus = .done
  /// Why it is not verifiable.
  package var reason: String?
  /// Those that were compared; empty without a period.
  package var intervals: [Interval] = []
  package var skipped: [SkippedInterval] = []
  /// Rows that the source gives now.
  package var computedRows = 0
  package var publishedRows = 0
  /// In the order of time.
  package var drift: [IntervalDrift] = []
  package var asOf: AsOf?
  package var seconds = 0.0
  package var diagnostics: [Diagnostic] = []

  /// Of all intervals.
  package var rows: RowDrift { drift.reduce(into: RowDrift()) { $0 += $1.rows } }

  init(_ report: Report, _ state: State) {
    self.report = report
    self.state = state
  }
}

/// What one `reportgen verify` found.
package struct VerifyResult: Sendable {
  package var reports: [VerifiedReport] = []
  /// Findings that belong to no report: no server, no ledger.
  package var diagnostics: [Diagnostic] = []
  package var ownStatus: ExitStatus = .done

  package var status: ExitStatus { ExitStatus.combined([ownStatus] + reports.map(\.status)) }

  package init() {}
}
