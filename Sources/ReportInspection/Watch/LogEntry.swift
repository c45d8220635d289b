import Foundation
import ReportLedger
import ReportModel

/// One thing that happened, as a line on standard error: text for people, or JSON, whose keys programs rely on.
///
/// Documented in docs/json.md. A key without a value is left out.
package struct LogEntry: Encodable, Sendable, Hashable {
  package enum Level: String, Encodable, Sendable {
    case info, warning, error
  }

  /// What kind of line it is; documented in docs/json.md.
  package enum Event: String, Encodable, Sendable, CaseIterable {
    case runStarted = "run_started"
    case reportStarted = "report_started"
    case step
    case reportRetried = "report_retried"
    case reportFinished = "report_finished"
    case runFinished = "run_finished"
    case diagnostic
    case hookOutput = "hook_output"
    case note
  }

  /// When, in UTC, to the millisecond; set when the line is printed.
  package var time: String?
  var level: Level
  package var event: Event
  /// Of the run, a UUID in lower case; nil before a run has begun.
  package var run: String?
  var report: String?
  var message: String
  var step: String?
  var state: String?
  var exitCode: Int32?
  var reports: Int?
  var rows: Int?
  var seconds: Double?
  var retryMilliseconds: Int?
  var sqlState: String?
  var detail: String?
  var hint: String?
  var file: String?
  var line: Int?
  var column: Int?

  /// - Parameter report: its name; nil for a line about the whole run.
  package init(_ event: Event, _ message: String, level: Level = .info, report: String? = nil) {
    self.event = event
    self.message = message
    self.level = level
    self.report = report
  }

  /// An error or a warning as a line of the log, with its place in a file.
  package init(_ diagnostic: Diagnostic, report: String? = nil) {
    self.init(
      .diagnostic, diagnostic.message, level: diagnostic.severity == .error ? .error : .warning,
      report: report)
    sqlState = diagnostic.sqlState
    detail = diagnostic.detail
    hint = diagnostic.hint
    file = diagnostic.file
    line = diagnostic.place?.line
    column = diagnostic.place?.column
  }

  /// The line for people; nil for events that the results on standard output show.
  package var text: String? {
    switch event {
    case .runStarted, .runFinished: nil
    case .reportFinished where state == ReportOutcome.State.upToDate.rawValue: nil
    case .hookOutput: message
    default: report.map { "\($0): \(message.visible())" } ?? message.visible()
    }
  }

  /// One line; its keys are sorted.
  package func json() -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }
}
