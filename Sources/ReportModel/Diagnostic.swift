/// One finding about a file, a run or a server: what happened, where, and how to mend it.
///
/// The message is one lower-case line without a full stop; detail and hint are sentences.
package struct Diagnostic: Error, Hashable, Sendable, CustomStringConvertible {
  /// An `error` makes the command fail; a `warning` is only printed.
  package enum Severity: String, Hashable, Sendable, Codable {
    case error, warning
  }

  package var severity: Severity
  /// What happened: one lower-case line without a full stop.
  package var message: String
  /// Sentences on the circumstances and on what state is left; nil for none.
  package var detail: String?
  /// What the failure left behind; its sentence follows the detail.
  package var effect: FailureEffect?
  /// Sentences on how to mend it; nil when there is nothing to advise.
  package var hint: String?
  /// Relative to the project's folder.
  package var file: String?
  /// The line and column in `file`; nil when the whole file is meant, or no file.
  package var place: SourcePlace?
  /// The server's SQLSTATE, for JSON output (the message has it as text); nil when no server reported the error.
  package var sqlState: String?
  /// The server's own words where they can quote a row: for the terminal of somebody who asked for them, never stored,
  /// logged, or encoded.
  package var serverWords: String?

  package init(
    _ severity: Severity, _ message: String, detail: String? = nil, effect: FailureEffect? = nil,
    hint: String? = nil, file: String? = nil, place: SourcePlace? = nil
  ) {
    self.severity = severity
    self.message = message
    self.detail = detail
    self.effect = effect
    self.hint = hint
    self.file = file
    self.place = place
  }

  /// An error.
  package init(
    _ message: String, detail: String? = nil, effect: FailureEffect? = nil, hint: String? = nil,
    file: String? = nil, place: SourcePlace? = nil
  ) {
    self.init(.error, message, detail: detail, effect: effect, hint: hint, file: file, place: place)
  }

  /// `reports/sales-daily.sql:14:7: error: …`, then an indented line each for detail and hint.
  package var description: String {
    var text = ""
    if let file {
      text += file.visible()
      if let place {
        text += ":\(place.line)"
        if let column = place.column { text += ":\(column)" }
      }
      text += ": "
    }
    text += "\(severity.rawValue): \(message.visible())"
    if let detail = fullDetail { text += "\n  detail: " + indented(detail) }
    if let hint { text += "\n  hint: " + indented(hint) }
    return text
  }

  /// The detail and what the failure left behind; nil when there is neither.
  package var fullDetail: String? {
    let sentences = [detail, effect?.sentence].compactMap(\.self)
    return sentences.isEmpty ? nil : sentences.joined(separator: " ")
  }

  /// What only a terminal may show: `  server: invalid input syntax for type integer: "x"`; nil when there is nothing.
  package var serverText: String? { serverWords.map { "  server: " + indented($0) } }

  private func indented(_ text: String) -> String {
    text.visible(lines: true).split(separator: "\n", omittingEmptySubsequences: false).joined(
      separator: "\n  ")
  }
}
