/// One finding about a file, a run or a server: what happened, where, and how to mend it.
///
/// The message is one lower-case line without a full stop; detail and hint are sentences.
public struct Diagnostic: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Severity: String, Hashable, Sendable, Codable {
    case error, warning
  }

  public var severity: Severity
  public var message: String
  public var detail: String?
  public var hint: String?
  /// Relative to the project's folder.
  public var file: String?
  public var place: SourcePlace?
  /// What the server called the error; programs read it, and people find it in the message.
  public var sqlState: String?

  public init(
    _ severity: Severity, _ message: String, detail: String? = nil, hint: String? = nil,
    file: String? = nil, place: SourcePlace? = nil
  ) {
    self.severity = severity
    self.message = message
    self.detail = detail
    self.hint = hint
    self.file = file
    self.place = place
  }

  /// An error.
  public init(
    _ message: String, detail: String? = nil, hint: String? = nil, file: String? = nil,
    place: SourcePlace? = nil
  ) {
    self.init(.error, message, detail: detail, hint: hint, file: file, place: place)
  }

  /// `reports/sales-daily.sql:14:7: error: …`, then an indented line each for detail and hint.
  public var description: String {
    var text = ""
    if let file {
      text += file
      if let place {
        text += ":\(place.line)"
        if let column = place.column { text += ":\(column)" }
      }
      text += ": "
    }
    text += "\(severity.rawValue): \(message)"
    if let detail { text += "\n  detail: " + indented(detail) }
    if let hint { text += "\n  hint: " + indented(hint) }
    return text
  }

  private func indented(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\n  ")
  }
}
