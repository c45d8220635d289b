import ArgumentParser
import Foundation
import ReportEngine
import ReportInspection
import ReportLedger
import ReportModel
import ReportSettings
import Synchronization

/// Results go to standard output, diagnostics, progress and log to standard error.
///
/// Every text for people passes `write(_:to:)`, which shows control characters as escapes.
enum Console {
  private struct StandardError {
    var format = LogFormat.text
    /// What the servers say is shown even where it can quote rows.
    var showsServerWords = false
    var run: UUID?
    var isPainted = false
    var area = LiveArea()
  }

  private static let standardError = Mutex(StandardError())

  static func print(_ text: String) { write(text.hasSuffix("\n") ? text : text + "\n", to: .standardOutput) }

  static func note(_ text: String) { log(LogEntry(.note, text)) }

  static func report(_ diagnostics: [Diagnostic], of report: String? = nil) {
    let showsWords = standardError.withLock { $0.showsServerWords }
    for diagnostic in diagnostics {
      let words = showsWords ? diagnostic.serverText.map { "\n" + $0 } ?? "" : ""
      log(LogEntry(diagnostic, report: report), text: diagnostic.description + words)
    }
  }

  static func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self).visibleJSON
  }

  static func printJSON(_ value: some Encodable) throws { print(try json(value)) }

  /// Prints what another program can be given, such as SQL: unchanged, unless a terminal shows it.
  static func printSource(_ text: String) {
    if isatty(1) == 1 { print(text) } else { send(text + "\n", to: .standardOutput) }
  }

  /// Writes a text to standard error that is no line of the log, such as the help.
  static func say(_ text: String) {
    standardError.withLock { state in
      send(state.area.wipe(), to: .standardError)
      let shown = (text.hasSuffix("\n") ? text : text + "\n").visible(lines: true)
      send(state.isPainted ? Paint.diagnostic(shown) : shown, to: .standardError)
    }
  }

  /// Writes a question to standard error; the answer follows on the same line.
  static func ask(_ text: String) { write(text, to: .standardError) }

  private static func write(_ text: String, to handle: FileHandle) {
    send(text.visible(lines: true), to: handle)
  }

  /// A reader that has gone away (`reportgen list | head -1`) is no error.
  private static func send(_ text: String, to handle: FileHandle) {
    try? handle.write(contentsOf: Data(text.utf8))
  }

  static func print(_ result: RunResult, _ format: OutputFormat) throws {
    try show(RunSummary.text(result), RunDocument(result), format, result.diagnostics)
    if logFormat == .json {
      for outcome in result.reports { report(outcome.diagnostics, of: outcome.report.name) }
    } else {
      report(RunSummary.diagnostics(of: result.reports))
    }
  }

  static func print(_ result: PlanResult, _ format: OutputFormat) throws {
    let dryRun = result.dryRun.map { $0.diagnostics + $0.reports.flatMap(\.diagnostics) } ?? []
    try show(
      PlanSummary.text(result), PlanDocument(result), format,
      result.diagnostics + result.reports.flatMap(\.diagnostics) + dryRun)
    try result.status.exit()
  }

  static func print(_ result: VerifyResult, _ format: OutputFormat) throws {
    try show(
      VerifySummary.text(result), VerifyDocument(result), format,
      result.diagnostics + result.reports.flatMap(\.diagnostics))
    try result.status.exit()
  }

  /// Writes the result to standard output and diagnostics to standard error.
  private static func show(
    _ text: String, _ document: some Encodable, _ format: OutputFormat, _ diagnostics: [Diagnostic]
  ) throws {
    if format == .json {
      try printJSON(document)
    } else {
      write(text, to: .standardOutput)
    }
    report(diagnostics)
  }

  static func table(_ rows: [[String]]) -> String { alignedTable(rows) }

  // MARK: Standard error

  static var logFormat: LogFormat { standardError.withLock { $0.format } }

  /// - Parameter isVerbose: a terminal, and nothing that keeps a log, also gets the servers' own words.
  static func use(_ format: LogFormat, isVerbose: Bool) {
    standardError.withLock { state in
      state.format = format
      state.showsServerWords = isVerbose && format == .text && isatty(2) == 1
    }
  }

  /// - Parameter isOn: diagnostics have colours.
  static func usePaint(_ isOn: Bool) { standardError.withLock { $0.isPainted = isOn } }

  /// Names the run in every later line of a JSON log.
  static func name(_ run: UUID) { standardError.withLock { $0.run = run } }

  /// - Parameter text: what people read, where it says more than the entry's own text.
  static func log(_ entry: LogEntry, text: String? = nil) {
    standardError.withLock { state in
      guard let line = state.format == .json ? json(entry, state.run) : text ?? entry.text else { return }
      send(state.area.wipe(), to: .standardError)
      let shown = (line + "\n").visible(lines: true)
      send(state.isPainted && state.format == .text ? Paint.diagnostic(shown) : shown, to: .standardError)
    }
  }

  /// Draws these lines below everything else, until something else is written.
  static func draw(_ lines: [String]) {
    standardError.withLock { state in
      let text = state.area.redraw(lines)
      if !text.isEmpty { send(text, to: .standardError) }
    }
  }

  private static func json(_ entry: LogEntry, _ run: UUID?) -> String {
    var entry = entry
    entry.time = Date.ISO8601FormatStyle(includingFractionalSeconds: true).format(.now)
    entry.run = run?.uuidString.lowercased()
    return entry.json().visibleJSON
  }
}

extension ExitStatus {
  /// Ends the command with this status; returns for `done`.
  func exit() throws {
    if self != .done { throw ExitCode(rawValue) }
  }
}
