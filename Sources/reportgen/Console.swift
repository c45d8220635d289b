import ArgumentParser
import Foundation
import ReportEngine
import ReportModel

/// Results go to standard output, diagnostics and progress to standard error.
enum Console {
  static func print(_ text: String) { write(text.hasSuffix("\n") ? text : text + "\n", to: .standardOutput) }

  static func note(_ text: String) { write(text + "\n", to: .standardError) }

  static func report(_ diagnostics: [Diagnostic]) {
    for diagnostic in diagnostics { note(diagnostic.description) }
  }

  static func printJSON(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    print(String(decoding: try encoder.encode(value), as: UTF8.self))
  }

  /// A reader that has gone away (`reportgen list | head -1`) is no error.
  private static func write(_ text: String, to handle: FileHandle) {
    try? handle.write(contentsOf: Data(text.utf8))
  }

  /// Ends with the run's exit status.
  static func print(_ result: RunResult, _ format: OutputFormat) throws {
    try print(
      RunSummary.text(result), RunDocument(result), format,
      result.diagnostics + result.reports.flatMap(\.diagnostics), result.status)
  }

  static func print(_ result: PlanResult, _ format: OutputFormat) throws {
    let dryRun = result.dryRun.map { $0.diagnostics + $0.reports.flatMap(\.diagnostics) } ?? []
    try print(
      PlanSummary.text(result), PlanDocument(result), format,
      result.diagnostics + result.reports.flatMap(\.diagnostics) + dryRun, result.status)
  }

  static func print(_ result: VerifyResult, _ format: OutputFormat) throws {
    try print(
      VerifySummary.text(result), VerifyDocument(result), format,
      result.diagnostics + result.reports.flatMap(\.diagnostics), result.status)
  }

  /// The result on standard output, what is to be said of it on standard error, then the end.
  private static func print(
    _ text: String, _ document: some Encodable, _ format: OutputFormat, _ diagnostics: [Diagnostic],
    _ status: ExitStatus
  ) throws {
    if format == .json {
      try printJSON(document)
    } else {
      write(text, to: .standardOutput)
    }
    report(diagnostics)
    try status.exit()
  }

  static func table(_ rows: [[String]]) -> String { textTable(rows) }
}

extension ExitStatus {
  /// Ends the command with this status; returns for `done`.
  func exit() throws {
    if self != .done { throw ExitCode(rawValue) }
  }
}

/// Ends the command with a diagnostic on standard error.
func end(_ diagnostics: [Diagnostic], _ status: ExitStatus) -> ExitCode {
  Console.report(diagnostics)
  return ExitCode(status.rawValue)
}
