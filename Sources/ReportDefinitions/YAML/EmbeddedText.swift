import ReportModel

/// Maps an offset in a YAML scalar to its place in the file.
///
/// Exact for a text on one line and for `|` blocks. Where YAML has folded or unescaped the text, every offset maps
/// to the scalar's beginning, since the exact place is not known.
struct EmbeddedText {
  private let start: SourcePlace
  private let text: String
  /// For each line of the text, the place of its first character.
  private let lines: [SourcePlace]

  init(_ node: YAMLNode, in source: YAMLLines) {
    start = node.place
    guard case .scalar(let text, let style) = node.content else {
      (text, lines) = ("", [])
      return
    }
    self.text = text
    switch style {
    case .plain, .quoted: lines = Self.oneLine(text, node.place, source, isQuoted: style == .quoted)
    case .literal: lines = Self.block(text, node.place, source)
    case .folded: lines = []
    }
  }

  func place(_ utf8Offset: Int) -> SourcePlace { place(SourcePlace(utf8Offset: utf8Offset, in: text)) }

  /// - Parameter inside: a place in the text.
  func place(_ inside: SourcePlace) -> SourcePlace {
    guard lines.indices.contains(inside.line - 1) else { return start }
    var place = lines[inside.line - 1]
    place.column = (place.column ?? 1) + (inside.column ?? 1) - 1
    return place
  }

  private static func oneLine(_ text: String, _ start: SourcePlace, _ source: YAMLLines, isQuoted: Bool)
    -> [SourcePlace]
  {
    guard var index = source.index(of: start) else { return [] }
    if isQuoted { index += 1 }
    guard !text.contains("\n"), source.stands(text, at: index) else { return [] }
    return [SourcePlace(line: start.line, column: (start.column ?? 1) + (isQuoted ? 1 : 0))]
  }

  private static func block(_ text: String, _ start: SourcePlace, _ source: YAMLLines) -> [SourcePlace] {
    var places: [SourcePlace] = []
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let sourceNumber = start.line + 1 + number
      guard sourceNumber <= source.lineCount else { break }
      let whole = source.line(sourceNumber)
      let count = line.unicodeScalars.count
      guard whole.suffix(count).elementsEqual(line.unicodeScalars) else { return [] }
      places.append(SourcePlace(line: sourceNumber, column: whole.count - count + 1))
    }
    return places
  }
}
