import Glibc

/// The C library's message for an `errno`, beginning in lower case: `no such file or directory`.
func systemError(_ error: Int32) -> String {
  let text = String(cString: strerror(error))
  return text.prefix(1).lowercased() + text.dropFirst()
}

/// A text for one line of a terminal: control characters are replaced by `?`.
func printable(_ name: String) -> String {
  guard name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
    return name
  }
  return String(
    String.UnicodeScalarView(
      name.unicodeScalars.map { $0.properties.generalCategory == .control ? "?" : $0 }))
}

/// The first `limit` characters of a text on one line, for messages.
func excerpt(_ text: String, limit: Int = 40) -> String {
  let line = printable(String(text.split(whereSeparator: \.isNewline).joined(separator: " ")))
  return line.count > limit ? line.prefix(limit) + "…" : line
}

/// `"a", "b" and 3 more`: the first `limit` names, and how many follow.
func quotedList(_ names: [String], limit: Int = 12) -> String {
  let shown = names.prefix(limit).map { "\"\($0)\"" }.joined(separator: ", ")
  return names.count > limit ? shown + " and \(names.count - limit) more" : shown
}
