import Foundation
import ReportEngine
import ReportLedger
import ReportModel

/// One thing that happened, as a line on standard error: text for people, or JSON, whose keys programs rely on.
///
/// Documented in docs/json.md. A key without a value is left out.
package struct LogEntry: Encodable, Sendable, Hashable {
  package enum Level: String, Encodable, Sendable {
    case info, warning, error
  }

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

  /// When, in UTC, to the millisecond; the one who prints the line sets it.
  package var time: String?
  package var level: Level
  package var event: Event
  package var run: String?
  package var report: String?
  package var message: String
  package var step: String?
  package var state: String?
  package var exitCode: Int32?
  package var reports: Int?
  package var rows: Int?
  package var seconds: Double?
  package var retryMilliseconds: Int?
  package var sqlState: String?
  package var detail: String?
  package var hint: String?
  package var file: String?
  package var line: Int?
  package var column: Int?

  package init(_ event: Event, _ message: String, level: Level = .info, report: String? = nil) {
    self.event = event
    self.message = message
    self.level = level
    self.report = report
  }

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

  /// What people read; nil where the results say the same.
  package var text: String? {
    switch event {
    case .runStarted, .runFinished: nil
    case .reportFinished where state == ReportOutcome.State.upToDate.rawValue: nil
    default: report.map { "\($0): \(message)" } ?? message
    }
  }

  /// One line; its keys are sorted.
  package func json() -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }
}
