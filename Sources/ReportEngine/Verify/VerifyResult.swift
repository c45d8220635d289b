import ReportModel

/// How many rows are not as the source gives them.
public struct RowDrift: Hashable, Sendable, Codable {
  /// The source gives them, the table lacks them.
  public var missing = 0
  /// The table has them, the source does not.
  public var extra = 0
  /// Both have the key, with other values.
  public var different = 0
  /// As extra, in a `merge` that keeps such rows: no drift.
  public var gone = 0

  public var isDrift: Bool { missing + extra + different > 0 }

  static func += (left: inout RowDrift, right: RowDrift) {
    left.missing += right.missing
    left.extra += right.extra
    left.different += right.different
    left.gone += right.gone
  }
}

/// Some of the rows of each kind; `old` is what is published, `new` what the source gives.
public struct DriftSamples: Hashable, Sendable, Codable {
  public var missing: [RowSample] = []
  public var extra: [RowSample] = []
  public var different: [RowSample] = []
}

/// What differs in one interval.
public struct IntervalDrift: Hashable, Sendable {
  /// Nil for a report without a period, and for rows that are in none of its intervals.
  public var interval: Interval?
  public var rows = RowDrift()
  public var samples = DriftSamples()

  init(_ interval: Interval?) { self.interval = interval }
}

/// A published interval that is not compared.
public struct SkippedInterval: Hashable, Sendable {
  public enum Reason: String, Hashable, Sendable, Codable, CaseIterable {
    /// Published before its end: the source goes on changing.
    case open
    /// Published by a definition that meant something else.
    case otherDefinition = "other_definition"
    /// A summary table that the report reads has no rows of that time any more.
    case sourceExpired = "source_expired"
  }

  public var interval: Interval?
  public var reason: Reason
}

/// What `reportgen verify` found of one report.
public struct VerifiedReport: Sendable {
  public enum State: String, Sendable, Codable {
    case equal, drift
    /// It has no rows to compare, or none that can be told apart.
    case notVerifiable = "not_verifiable"
    /// Nothing is published of what was chosen, or nothing that can be compared.
    case nothingToCompare = "nothing_to_compare"
    case failed
    /// Not tried: the command ended before.
    case skipped
  }

  public var report: Report
  public var state: State
  public var status: ExitStatus = .done
  /// Why it is not verifiable.
  public var reason: String?
  /// Those that were compared; empty without a period.
  public var intervals: [Interval] = []
  public var skipped: [SkippedInterval] = []
  /// Rows that the source gives now.
  public var computedRows = 0
  public var publishedRows = 0
  /// In the order of time.
  public var drift: [IntervalDrift] = []
  public var asOf: AsOf?
  public var seconds = 0.0
  public var diagnostics: [Diagnostic] = []

  /// Of all intervals.
  public var rows: RowDrift { drift.reduce(into: RowDrift()) { $0 += $1.rows } }

  init(_ report: Report, _ state: State) {
    self.report = report
    self.state = state
  }
}

/// What one `reportgen verify` found.
public struct VerifyResult: Sendable {
  public var reports: [VerifiedReport] = []
  /// Findings that belong to no report: no server, no ledger.
  public var diagnostics: [Diagnostic] = []
  public var ownStatus: ExitStatus = .done

  public var status: ExitStatus { ExitStatus.combined([ownStatus] + reports.map(\.status)) }

  public init() {}
}
