import Foundation
import ReportLedger
import ReportModel

/// Turns the events of a run into log entries: one at the start and end of each report, and each step when verbose.
///
/// Pure: times are seconds of one clock, which the caller reads.
package struct RunLog: Sendable {
  private let isVerbose: Bool
  private let began: Double
  private var reportsBegan: [String: Double] = [:]
  private var reportsRead: Set<String> = []
  private var ended: Set<String> = []

  /// - Parameter isVerbose: every step of every attempt gets a line.
  package init(isVerbose: Bool, at seconds: Double) {
    self.isVerbose = isVerbose
    began = seconds
  }

  /// - Parameter reports: how many are selected.
  package func begin(reports: Int) -> LogEntry {
    var entry = LogEntry(.runStarted, "run of \(reports) \(reports == 1 ? "report" : "reports") started")
    entry.reports = reports
    return entry
  }

  /// None for events that only progress lines show.
  package mutating func entries(for event: RunEvent, at seconds: Double) -> [LogEntry] {
    switch event {
    case .planned, .rows, .waiting: []
    case .step(let report, let step): self.step(step, of: report, at: seconds)
    case .retrying(let report, let reason, let pause): [retry(report, reason, pause)]
    case .note(let diagnostic): [note(diagnostic)]
    case .ended(let outcome): [end(outcome, at: seconds)]
    }
  }

  /// The last entries of a run: reports without an `ended` event, since the run ended before, come first.
  package mutating func end(_ result: RunResult, at seconds: Double) -> [LogEntry] {
    var entries = result.reports.filter { !ended.contains($0.report.name) }.map { end($0, at: seconds) }
    var last = LogEntry(
      .runFinished, "run finished with exit code \(result.status.rawValue)",
      level: result.status == .done ? .info : result.status == .tryAgain ? .warning : .error)
    last.exitCode = result.status.rawValue
    last.reports = result.reports.count
    last.seconds = rounded(seconds - began)
    entries.append(last)
    return entries
  }

  private mutating func step(_ step: String, of report: String, at seconds: Double) -> [LogEntry] {
    if reportsBegan[report] == nil { reportsBegan[report] = seconds }
    var entries: [LogEntry] = []
    if step == "read" || step == "publish", reportsRead.insert(report).inserted, !isVerbose {
      entries.append(LogEntry(.reportStarted, step == "read" ? "reading" : "publishing", report: report))
    }
    if isVerbose {
      var entry = LogEntry(.step, step, report: report)
      entry.step = step
      entries.append(entry)
    }
    return entries
  }

  private func retry(_ report: String, _ reason: Diagnostic, _ pause: Int) -> LogEntry {
    var entry = LogEntry(
      .reportRetried, "trying again in \(pause) ms: \(reason.message)", level: .warning, report: report)
    entry.retryMilliseconds = pause
    entry.sqlState = reason.sqlState
    entry.detail = reason.detail
    return entry
  }

  private func note(_ diagnostic: Diagnostic) -> LogEntry {
    var entry = LogEntry(.note, diagnostic.message, level: .warning)
    entry.sqlState = diagnostic.sqlState
    entry.detail = diagnostic.detail
    return entry
  }

  private mutating func end(_ outcome: ReportOutcome, at seconds: Double) -> LogEntry {
    let name = outcome.report.name
    ended.insert(name)
    let isPublished = outcome.status == .done
    var entry = LogEntry(
      .reportFinished, "", level: isPublished ? .info : outcome.status == .tryAgain ? .warning : .error,
      report: name)
    entry.state = outcome.state.rawValue
    entry.exitCode = outcome.status.rawValue
    if outcome.asOf != nil { entry.rows = outcome.counts.read }
    entry.seconds = reportsBegan[name].map { rounded(seconds - $0) }
    entry.message = Self.message(outcome.state, rows: entry.rows, seconds: entry.seconds)
    return entry
  }

  /// `confirmed, 2641 rows in 12.4 s`.
  private static func message(_ state: ReportOutcome.State, rows: Int?, seconds: Double?) -> String {
    var text = state.rawValue.replacing("_", with: " ")
    if let rows { text += ", \(rows) \(rows == 1 ? "row" : "rows")" }
    if let seconds { text += " in \((seconds * 10).rounded() / 10) s" }
    return text
  }

  private func rounded(_ seconds: Double) -> Double { (seconds * 1000).rounded() / 1000 }
}
