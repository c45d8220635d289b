import Foundation
import ReportModel

/// One thing that happened, as a line on standard error: text for people, or JSON, whose keys programs rely on.
///
/// Documented in docs/json.md. A key without a value is left out.
public struct LogEntry: Encodable, Sendable, Hashable {
  public enum Level: String, Encodable, Sendable {
    case info, warning, error
  }

  public enum Event: String, Encodable, Sendable, CaseIterable {
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
  public var time: String?
  public var level: Level
  public var event: Event
  public var run: String?
  public var report: String?
  public var message: String
  public var step: String?
  public var state: String?
  public var exitCode: Int32?
  public var reports: Int?
  public var rows: Int?
  public var seconds: Double?
  public var retryMilliseconds: Int?
  public var sqlState: String?
  public var detail: String?
  public var hint: String?
  public var file: String?
  public var line: Int?
  public var column: Int?

  public init(_ event: Event, _ message: String, level: Level = .info, report: String? = nil) {
    self.event = event
    self.message = message
    self.level = level
    self.report = report
  }

  public init(_ diagnostic: Diagnostic, report: String? = nil) {
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
  public var text: String? {
    switch event {
    case .runStarted, .runFinished: nil
    case .reportFinished where state == ReportOutcome.State.upToDate.rawValue: nil
    default: report.map { "\($0): \(message)" } ?? message
    }
  }

  /// One line; its keys are sorted.
  public func json() -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }
}
