/// A message of libpq's own: one or more lines, of which the later ones may be indented.
struct ErrorText {
  let firstLine: String
  /// The other lines, joined by spaces; nil when there is one line.
  let rest: String?

  init(_ text: String) {
    let lines = text.split(whereSeparator: \.isNewline).map { line in
      String(line.drop(while: \.isWhitespace))
    }.filter { !$0.isEmpty }
    firstLine = lines.first ?? "no reason given"
    rest = lines.count > 1 ? lines.dropFirst().joined(separator: " ") : nil
  }
}
