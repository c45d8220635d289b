import ReportLedger
import ReportModel

/// What was verified as text for people.
package enum VerifySummary {
  /// Ends in a line feed; empty without reports.
  package static func text(_ result: VerifyResult) -> String { result.reports.map(text).joined() }

  static func text(_ verified: VerifiedReport) -> String {
    let lines =
      [headline(verified)] + verified.drift.flatMap { drift($0, verified.report) } + skipped(verified)
      + (verified.repair.map { ["  repair   \($0)"] } ?? [])
    return lines.visibleLines
  }

  /// `sales-daily  equal  2026-11-20..2026-11-22 (3 intervals)  9 rows  as of 2026-11-23 04:30:12 MSK`.
  private static func headline(_ verified: VerifiedReport) -> String {
    let state = verified.state.rawValue.replacing("_", with: " ")
    var parts = [verified.report.name, verified.reason.map { "\(state): \($0)" } ?? state]
    if let names = verified.report.period.names(of: verified.intervals) {
      let count = verified.intervals.count
      parts.append(count > 1 ? "\(names) (\(counted(count, "interval")))" : names)
    }
    if verified.state == .equal || verified.state == .drift {
      let rows = counts(verified.rows)
      parts.append(counted(verified.publishedRows, "row") + (rows.isEmpty ? "" : ": \(rows)"))
      if let asOf = verified.asOf { parts.append("as of \(asOf.shown)") }
    }
    return parts.joined(separator: "  ")
  }

  private static func counts(_ rows: RowDrift) -> String {
    [
      (rows.missing, "missing"), (rows.extra, "extra"), (rows.different, "different"),
      (rows.gone, "gone from the source"),
    ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
  }

  private static func drift(_ drift: IntervalDrift, _ report: Report) -> [String] {
    let isWhole = drift.interval == nil && report.period == .none
    let name = drift.interval.map(report.period.name) ?? "outside of every interval"
    let samples = [
      ("missing  ", drift.samples.missing), ("extra    ", drift.samples.extra),
      ("different", drift.samples.different),
    ]
    return (isWhole ? [] : ["  \(name)  \(counts(drift.rows))"])
      + samples.flatMap { kind, rows in rows.map { "  \(isWhole ? "" : "  ")\(kind)  \($0.text)" } }
  }

  private static func skipped(_ verified: VerifiedReport) -> [String] {
    SkippedInterval.Reason.allCases.compactMap { reason in
      let skipped = verified.skipped.filter { $0.reason == reason }
      guard !skipped.isEmpty else { return nil }
      let names = verified.report.period.names(of: skipped.compactMap(\.interval))
      let what = names.map { "\(counted(skipped.count, "interval")) not compared: \($0)" } ?? "not compared"
      return "  \(what), \(reason.text)"
    }
  }
}

/// What was verified as the JSON that `--format json` prints; documented in docs/json.md, and stable.
package struct VerifyDocument: Codable, Sendable, Hashable {
  /// One report; `reason` and `table` are left out when nil.
  package struct Report: Codable, Sendable, Hashable {
    var name: String
    var state: String
    var exitCode: Int32
    var reason: String?
    var table: String?
    var intervals: [Interval]
    var skipped: [Skipped]
    var computedRows: Int
    var publishedRows: Int
    var rows: RowDrift
    var drift: [Drift]
    var asOf: AsOf?
    var seconds: Double
    var diagnostics: [DiagnosticDocument]
  }

  struct Skipped: Codable, Sendable, Hashable {
    var interval: Interval?
    var reason: SkippedInterval.Reason
  }

  struct Drift: Codable, Sendable, Hashable {
    var interval: Interval?
    var rows: RowDrift
    var samples: DriftSamples
  }

  var exitCode: Int32
  var reports: [Report]
  var diagnostics: [DiagnosticDocument]

  package init(_ result: VerifyResult) {
    exitCode = result.status.rawValue
    diagnostics = result.diagnostics.map(DiagnosticDocument.init)
    reports = result.reports.map(Report.init)
  }
}

extension VerifyDocument.Report {
  fileprivate init(_ verified: VerifiedReport) {
    self.init(
      name: verified.report.name, state: verified.state.rawValue, exitCode: verified.status.rawValue,
      reason: verified.reason, table: verified.report.materialization.table?.description,
      intervals: verified.intervals,
      skipped: verified.skipped.map { .init(interval: $0.interval, reason: $0.reason) },
      computedRows: verified.computedRows, publishedRows: verified.publishedRows, rows: verified.rows,
      drift: verified.drift.map { .init(interval: $0.interval, rows: $0.rows, samples: $0.samples) },
      asOf: verified.asOf, seconds: verified.seconds,
      diagnostics: verified.diagnostics.map(DiagnosticDocument.init))
  }
}

extension SkippedInterval.Reason {
  fileprivate var text: String {
    switch self {
    case .open: "published before the end"
    case .otherDefinition: "published by another definition"
    case .sourceExpired: "whose source has expired"
    }
  }
}
