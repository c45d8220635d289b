import ReportModel

extension Parameter.ScalarType {
  /// Whether PostgreSQL reads a text as this type, to the same value under every setting.
  func accepts(_ text: String) -> Bool {
    switch self {
    case .text: !text.utf8.contains(0)
    case .integer: Int64(text) != nil
    case .numeric: isNumber(text)
    case .boolean: text == "true" || text == "false"
    case .date: CalendarDate(text) != nil
    case .timestamptz: isTimestamp(text)
    }
  }

  /// For `must be …`.
  var expected: String {
    switch self {
    case .text: "a text"
    case .integer: "a whole number"
    case .numeric: "a number"
    case .boolean: "true or false"
    case .date: "a date such as 2026-11-22"
    case .timestamptz: "a time such as 2026-11-22T08:00:00+03"
    }
  }

  /// `12`, `-0.5`, `1e6`: no NaN or Infinity, with which every sum is NaN or Infinity.
  private func isNumber(_ text: String) -> Bool {
    text.wholeMatch(of: /[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?/) != nil
  }

  /// A time without a zone is in the session's time zone, which is the project's.
  private func isTimestamp(_ text: String) -> Bool {
    let pattern =
      /([0-9]{4}-[0-9]{2}-[0-9]{2})([T ]([0-9]{2}):([0-9]{2})(:([0-9]{2})(\.[0-9]{1,6})?)?( ?(Z|[+-]([0-9]{2})(:?([0-9]{2}))?))?)?/
    guard let match = text.wholeMatch(of: pattern), CalendarDate(String(match.1)) != nil else { return false }
    func isAtMost(_ limit: Int, _ digits: Substring?) -> Bool { digits.flatMap { Int($0) } ?? 0 <= limit }
    return isAtMost(23, match.3) && isAtMost(59, match.4) && isAtMost(59, match.6) && isAtMost(15, match.10)
      && isAtMost(59, match.12)
  }
}

extension Parameter {
  /// For `must be …`, the list included.
  var expected: String { isList ? "a list, each item \(type.expected)" : type.expected }

  func accepts(_ value: Value) -> Bool {
    switch value {
    case .null: true
    case .scalar(let text): !isList && type.accepts(text)
    case .list(let items): isList && items.allSatisfy(type.accepts)
    }
  }

  /// - Returns: nil when it is none of this parameter's values.
  func value(_ node: YAMLNode) -> Value? {
    guard node.entries == nil else { return nil }
    let value: Value =
      node.isNull ? .null : node.items != nil ? .list(node.texts) : .scalar(node.text ?? "")
    return accepts(value) ? value : nil
  }
}

/// Reads the value of `--param name=value`.
///
/// A list is written with commas, `RU,KZ`, or, where an item has a comma of its own, in YAML's flow style,
/// `["RU, KZ", BY]`; an empty text is an empty list. A value cannot be null: only a default can.
/// - Returns: a value that the parameter's type accepts; a diagnostic without a file otherwise.
package func parseParameter(_ text: String, for parameter: Parameter) -> Result<Parameter.Value, Diagnostic> {
  let value: Parameter.Value?
  if !parameter.isList {
    value = .scalar(text)
  } else if text.isEmpty {
    value = .list([])
  } else if text.hasPrefix("[") {
    value = flowList(text).map(Parameter.Value.list)
  } else {
    value = .list(text.split(separator: ",", omittingEmptySubsequences: false).map(trimmed))
  }
  if let value, parameter.accepts(value) { return .success(value) }
  return .failure(
    Diagnostic(
      .error, "parameter \"\(parameter.name)\" must be \(parameter.expected), but is \"\(excerpt(text))\"",
      hint: parameter.isList ? "Write the items with commas, a,b, or as [\"a, b\", c]." : nil))
}

private func flowList(_ text: String) -> [String]? {
  var reader = YAMLReader(text, file: "")
  guard let items = reader.read()?.items else { return nil }
  let texts = items.compactMap(\.text)
  return texts.count == items.count ? texts : nil
}

private func trimmed(_ text: Substring) -> String {
  var text = text
  while text.first == " " { text.removeFirst() }
  while text.last == " " { text.removeLast() }
  return String(text)
}
