import Foundation
import ReportLedger
import ReportModel

/// A run's result as text for people.
package enum RunSummary {
  /// What the command prints on standard output; empty lines apart, each line stands alone.
  package static func text(_ result: RunResult) -> String {
    result.reports.map(text).joined()
      + result.workbooks.filter { $0.hasSuffix(".xlsx") }.map { "workbook  \($0)\n" }.joined()
  }

  static func text(_ outcome: ReportOutcome) -> String {
    var lines = ["\(outcome.report.name)  \(headline(outcome))"]
    if [.confirmed, .published].contains(outcome.state), let table = outcome.report.materialization.table {
      lines.append("  \(outcome.report.materialization.kind == .view ? "view " : "table")  \(table)")
    }
    lines += failed(outcome)
    lines += outcome.grants.map { "  grants  \($0)" }
    lines += samples(outcome.samples) + files(outcome) + removed(outcome)
    if outcome.leftForLater > 0 {
      lines.append("  \(outcome.leftForLater) missing intervals are left for the next run, or for --backfill")
    }
    for owed in outcome.owedFiles.prefix(3) { lines.append("  owed   \(owed)") }
    if outcome.owedFiles.count > 3 {
      lines.append("  owed   and \(outcome.owedFiles.count - 3) more folders")
    }
    return lines.visibleLines
  }

  /// `confirmed  2026-11-22  3 rows: 3 added  as of 2026-11-23 04:30:12 MSK`.
  private static func headline(_ outcome: ReportOutcome) -> String {
    var parts = [outcome.state.rawValue.replacing("_", with: " ")]
    if let span = intervalText(outcome) { parts.append(span) }
    let hasRows = ![.upToDate, .skipped].contains(outcome.state) && outcome.asOf != nil
    if hasRows { parts.append(rows(outcome)) }
    if let asOf = outcome.asOf { parts.append("as of \(asOf.shown)") }
    return parts.joined(separator: "  ")
  }

  static func intervalText(_ outcome: ReportOutcome) -> String? {
    let intervals = (outcome.intervals + outcome.failedIntervals).sorted()
    guard let first = intervals.first, let last = intervals.last else { return nil }
    let period = outcome.report.period
    var text = period.name(of: first)
    if first != last { text += "..\(period.name(of: last)) (\(intervals.count) intervals)" }
    return outcome.openIntervals.isEmpty ? text : text + " (open)"
  }

  private static func rows(_ outcome: ReportOutcome) -> String {
    let counts = outcome.counts
    var changes: [String] = []
    let verb = outcome.state == .dryRun ? "would be " : ""
    if counts.inserted > 0 { changes.append("\(counts.inserted) \(verb)added") }
    if counts.updated > 0 { changes.append("\(counts.updated) \(verb)changed") }
    if counts.deleted > 0 { changes.append("\(counts.deleted) \(verb)removed") }
    let total = "\(counts.read) \(counts.read == 1 ? "row" : "rows")"
    // Files alone change no table.
    guard outcome.state != .exported else { return total }
    let isCompared =
      outcome.report.materialization.kind != .none && outcome.report.materialization.kind != .view
    if changes.isEmpty { return isCompared && outcome.state != .failed ? "\(total), none changed" : total }
    return "\(total): \(changes.joined(separator: ", "))"
  }

  /// Which intervals failed where others did not.
  private static func failed(_ outcome: ReportOutcome) -> [String] {
    let all = outcome.intervals.count + outcome.failedIntervals.count
    guard !outcome.failedIntervals.isEmpty, !outcome.intervals.isEmpty else { return [] }
    let names = outcome.report.period.list(of: outcome.failedIntervals.sorted())
    return ["  failed  \(outcome.failedIntervals.count) of \(all) intervals: \(names)"]
  }

  private static func samples(_ samples: RowSamples) -> [String] {
    [("added  ", samples.added), ("changed", samples.changed), ("removed", samples.removed)].flatMap {
      kind, rows in
      rows.map { "  \(kind)  \($0.text)" }
    }
  }

  /// Expired intervals and removed files.
  private static func removed(_ outcome: ReportOutcome) -> [String] {
    var lines: [String] = []
    if let names = outcome.report.period.names(of: outcome.expiredIntervals) {
      let verb = outcome.state == .dryRun ? "would be removed" : "removed"
      let rows = counted(outcome.expiredRows, "row")
      lines.append("  \(outcome.expiredIntervals.count) expired  \(names), \(rows) \(verb)")
    }
    if !outcome.removedFolders.isEmpty {
      lines.append("  files of \(counted(outcome.removedFolders.count, "older interval")) removed")
    }
    return lines
  }

  private static func files(_ outcome: ReportOutcome) -> [String] {
    let shown = outcome.files.filter { !$0.hasSuffix("manifest.json") }
    guard let newest = shown.map(folder).max() else { return [] }
    var lines = shown.filter { folder($0) == newest }.map { file in
      "  \(kind(of: file))  \(file)"
    }
    let folders = Set(shown.map(folder)).count
    if folders > 1 {
      lines.append("  and files for \(counted(folders - 1, "more interval"))")
    }
    return lines
  }

  private static func kind(of file: String) -> String {
    if file.hasSuffix(".xlsx") { return "excel" }
    return file.hasSuffix(".csv") ? "csv  " : "page "
  }

  private static func folder(_ file: String) -> String {
    file.lastIndex(of: "/").map { String(file[..<$0]) } ?? file
  }
}

/// A run's result as the JSON that `--format json` prints; documented in docs/json.md, and stable.
package struct RunDocument: Codable, Sendable, Hashable {
  /// One report of the run.
  package struct Report: Codable, Sendable, Hashable {
    var name: String
    var state: String
    var exitCode: Int32
    var table: String?
    var intervals: [Interval]
    var openIntervals: [Interval]
    var failedIntervals: [Interval]
    var leftForLater: Int
    var expiredIntervals: [Interval]
    var expiredRows: Int
    var outdated: Int
    var rows: RowCounts
    /// Of a dry run alone.
    var samples: RowSamples?
    var asOf: AsOf?
    var attempts: Int
    var seconds: [String: Double]
    var files: [String]
    var owed: [String]
    var removed: [String]
    var grants: [String]
    var diagnostics: [DiagnosticDocument]
  }

  /// Nil when nothing was run.
  package var run: String?
  var exitCode: Int32
  var reports: [Report]
  /// Nil when none was written.
  var workbooks: [String]?
  var diagnostics: [DiagnosticDocument]

  package init(_ result: RunResult) {
    run = result.runID.uuidString.lowercased()
    exitCode = result.status.rawValue
    diagnostics = result.diagnostics.map(DiagnosticDocument.init)
    workbooks = result.workbooks.isEmpty ? nil : result.workbooks
    reports = result.reports.map { outcome in
      Report(
        name: outcome.report.name, state: outcome.state.rawValue, exitCode: outcome.status.rawValue,
        table: outcome.report.materialization.table?.description, intervals: outcome.intervals,
        openIntervals: outcome.openIntervals, failedIntervals: outcome.failedIntervals,
        leftForLater: outcome.leftForLater, expiredIntervals: outcome.expiredIntervals,
        expiredRows: outcome.expiredRows, outdated: outcome.outdated, rows: outcome.counts,
        samples: outcome.state == .dryRun ? outcome.samples : nil, asOf: outcome.asOf,
        attempts: outcome.attempts,
        seconds: Dictionary(outcome.seconds.seconds.map { ($0.step, $0.seconds) }, uniquingKeysWith: +),
        files: outcome.files, owed: outcome.owedFiles,
        removed: outcome.removedFolders, grants: outcome.grants,
        diagnostics: outcome.diagnostics.map(DiagnosticDocument.init))
    }
  }
}
