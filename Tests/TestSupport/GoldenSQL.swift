import Testing

/// Compares SQL with the recorded text in Tests/Golden as `expectGolden` does, with lines of at most about 100 columns.
///
/// A long line of a statement is broken at a space between two words; what stands in quotes stays whole. To the server
/// a line break and a space are the same, so the comparison is exact.
package func expectGoldenSQL(
  _ text: String, _ path: String, filePath: String = #filePath,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
  let wrapped = lines.map { wrappedSQL(String($0)) }.joined(separator: "\n")
  try expectGolden(wrapped, path, filePath: filePath, sourceLocation: sourceLocation)
}

/// One line of SQL as several, each but the first indented by two columns more than the line.
package func wrappedSQL(_ line: String, columns: Int = 100) -> String {
  // A comment ends with its line.
  guard !line.contains("--") else { return line }
  let indent = line.prefix { $0 == " " } + "  "
  var rest = Substring(line)
  var lines: [Substring] = []
  while let place = lineBreak(in: rest, columns: lines.isEmpty ? columns : columns - indent.count) {
    lines.append(rest[..<place])
    rest = rest[rest.index(after: place)...]
  }
  return (lines + [rest]).joined(separator: "\n" + indent)
}

/// The space within the columns at which the fewest parentheses are open, the last of several; where there is none, the
/// first one behind them.
///
/// - Returns: nil for a line that is short enough, or has no such space.
private func lineBreak(in line: Substring, columns: Int) -> Substring.Index? {
  guard line.count > columns else { return nil }
  var quote: Character?
  var depth = 0
  var best: (place: Substring.Index, depth: Int)?
  for (column, place) in line.indices.enumerated() {
    let character = line[place]
    if let open = quote {
      if character == open { quote = nil }
      continue
    }
    switch character {
    case "'", "\"": quote = character
    case "(": depth += 1
    case ")": depth -= 1
    case " " where column > columns: return best?.place ?? place
    // A line of a few words would be no help.
    case " " where column > columns / 3 && depth <= best?.depth ?? depth: best = (place, depth)
    default: break
    }
  }
  return best?.place
}
