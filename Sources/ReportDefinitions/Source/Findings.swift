import ReportModel

/// The diagnostics of one file, at most `limit` of them, so that a file with a million errors does not
/// print a million lines.
struct Findings {
  static let limit = 100

  let file: String
  private(set) var diagnostics: [Diagnostic] = []
  private var droppedErrors = 0
  private var droppedWarnings = 0

  init(file: String) { self.file = file }

  /// - Parameter place: computed only for a finding that is kept, since it costs a walk through the file.
  mutating func add(
    _ severity: Diagnostic.Severity = .error, _ message: String, detail: String? = nil, hint: String? = nil,
    at place: @autoclosure () -> SourcePlace?
  ) {
    guard diagnostics.count < Self.limit else {
      if severity == .error { droppedErrors += 1 } else { droppedWarnings += 1 }
      return
    }
    diagnostics.append(
      Diagnostic(
        severity, message.visible(), detail: detail, hint: hint?.visible(), file: file.visible(),
        place: place()))
  }

  mutating func add(_ other: Findings) {
    for diagnostic in other.diagnostics {
      add(
        diagnostic.severity, diagnostic.message, detail: diagnostic.detail, hint: diagnostic.hint,
        at: diagnostic.place)
    }
    droppedErrors += other.droppedErrors
    droppedWarnings += other.droppedWarnings
  }

  var hasErrors: Bool { droppedErrors > 0 || diagnostics.contains { $0.severity == .error } }

  /// The diagnostics that were kept, and a last one that counts the others.
  var all: [Diagnostic] {
    let dropped = droppedErrors + droppedWarnings
    guard dropped > 0 else { return diagnostics }
    let rest = Diagnostic(
      droppedErrors > 0 ? .error : .warning, "\(dropped) more findings are not shown", file: file)
    return diagnostics + [rest]
  }
}
