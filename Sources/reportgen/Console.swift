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
    if format == .json {
      try printJSON(RunDocument(result))
    } else {
      write(RunSummary.text(result), to: .standardOutput)
    }
    report(result.diagnostics + result.reports.flatMap(\.diagnostics))
    try result.status.exit()
  }

  /// Columns of equal width, two spaces apart; the first row is the head.
  static func table(_ rows: [[String]]) -> String {
    guard let columns = rows.first?.count else { return "" }
    let widths = (0..<columns).map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
      let line = cells.joined(separator: "  ")
      return String(line[..<(line.lastIndex { $0 != " " }.map(line.index(after:)) ?? line.startIndex)])
    }.joined(separator: "\n")
  }
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
