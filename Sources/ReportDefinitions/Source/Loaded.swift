import ReportModel

/// What was read from a project's files, and everything that was found wrong on the way.
package struct Loaded<Value: Sendable>: Sendable {
  /// Holds no report that has an error.
  package var value: Value
  /// Errors and warnings, sorted by file and place.
  package var diagnostics: [Diagnostic]

  package init(value: Value, diagnostics: [Diagnostic]) {
    self.value = value
    self.diagnostics = diagnostics.sorted(by: isBefore)
  }

  package var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
}

private func isBefore(_ left: Diagnostic, _ right: Diagnostic) -> Bool {
  let start = SourcePlace(line: 0)
  return (left.file ?? "", left.place ?? start, left.message)
    < (right.file ?? "", right.place ?? start, right.message)
}
