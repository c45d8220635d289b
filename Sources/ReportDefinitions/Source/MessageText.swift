import Glibc
import ReportModel

/// The C library's message for an `errno`, beginning in lower case: `no such file or directory`.
func systemError(_ error: Int32) -> String {
  let text = String(cString: strerror(error))
  return text.prefix(1).lowercased() + text.dropFirst()
}

/// The first `limit` characters of a text on one line, for messages.
func excerpt(_ text: String, limit: Int = 40) -> String {
  let line = String(text.split(whereSeparator: \.isNewline).joined(separator: " ")).visible()
  return line.count > limit ? line.prefix(limit) + "…" : line
}

/// `"a", "b" and 3 more`: the first `limit` names, and how many follow.
func quotedList(_ names: [String], limit: Int = 12) -> String {
  let shown = names.prefix(limit).map { "\"\($0)\"" }.joined(separator: ", ")
  return names.count > limit ? shown + " and \(names.count - limit) more" : shown
}
