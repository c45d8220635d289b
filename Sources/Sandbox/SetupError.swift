import ReportModel

/// Errors of psql in a setup file, as diagnostics at the file's own line.
enum SetupError {
  private static let kept = "The sandbox was removed again."

  /// Takes psql's first error: with ON_ERROR_STOP there is one, but warnings can come before it.
  ///
  /// Shows the server's DETAIL: these are the project's own sample files, not production rows.
  static func explain(file: String, psql text: String) -> Diagnostic {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let pattern = #/^psql:(.*?):(\d+): (?:ERROR|FATAL|PANIC|error): +(.*)$/#
    let found = lines.indices.lazy.compactMap { index in
      lines[index].wholeMatch(of: pattern).map { (index, $0) }
    }
    guard let (index, match) = found.first else {
      let said = text.trimmingSuffix("\n")
      return Diagnostic(
        .error, "could not load setup file \"\(file)\"", detail: joined([said, kept]), file: file)
    }
    let rest = lines[(index + 1)...].prefix { !$0.hasPrefix("psql:") }
    let hint = rest.first { $0.hasPrefix("HINT:") }?.dropFirst(5)
    let shown = rest.filter { !$0.isEmpty && !$0.hasPrefix("HINT:") }.map(String.init)
    return Diagnostic(
      .error, String(match.3), detail: joined(shown + [kept]),
      hint: hint.map { String($0.drop { $0 == " " }) },
      file: String(match.1), place: Int(match.2).map { SourcePlace(line: $0) })
  }

  private static func joined(_ lines: [String]) -> String {
    lines.filter { !$0.isEmpty }.joined(separator: "\n")
  }
}

extension String {
  fileprivate func trimmingSuffix(_ character: Character) -> String {
    var text = self
    while text.last == character { text.removeLast() }
    return text
  }
}
