import ReportModel

/// A difference as people read it: a line for each row, one below the other where two belong together.
enum DifferenceTable {
  static let maxItems = 10

  static func text(_ difference: ResultDifference) -> String {
    let shown = difference.items.prefix(maxItems)
    let head = ["line", ""] + difference.columns
    let rows = shown.flatMap { lines($0, columns: difference.columns) }
    var text = alignedTable([head] + rows)
    if difference.items.count > shown.count { text += "\nand \(difference.items.count - shown.count) more" }
    return text
  }

  private static func lines(_ item: ResultDifference.Item, columns: [String]) -> [[String]] {
    let line = item.line.map(String.init) ?? ""
    switch item.kind {
    case .missing: return [[line, "missing"] + cells(item.expected, columns)]
    case .unexpected: return [["", "unexpected"] + cells(item.actual, columns)]
    case .different, .order:
      let pairs = columns.map { column in pair(column, item) }
      return [
        [line, "expected"] + pairs.map(\.expected), ["", "actual"] + pairs.map(\.actual),
        ["", ""] + pairs.map(\.mark),
      ]
    }
  }

  private static func cells(_ values: [String: String?]?, _ columns: [String]) -> [String] {
    columns.map { column in values?[column].map { cut(shown($0), at: 0) } ?? "" }
  }

  private static func pair(_ column: String, _ item: ResultDifference.Item)
    -> (expected: String, actual: String, mark: String)
  {
    let expected = item.expected?[column].map(shown) ?? ""
    let actual = item.actual?[column].map(shown) ?? ""
    guard item.columns.contains(column) else { return (cut(expected, at: 0), cut(actual, at: 0), "") }
    let common = zip(expected, actual).prefix { $0 == $1 }.count
    let (left, right) = (cut(expected, at: common), cut(actual, at: common))
    return (left, right, String(repeating: "~", count: max(left.count, right.count)))
  }

  static let maxWidth = 40

  /// The part of a long text around a place.
  private static func cut(_ text: String, at place: Int) -> String {
    guard text.count > maxWidth else { return text }
    let start = max(0, min(place - maxWidth / 2, text.count - maxWidth))
    let piece = text.dropFirst(start).prefix(maxWidth)
    return (start > 0 ? "…" : "") + piece + (start + maxWidth < text.count ? "…" : "")
  }

  /// A text that could be misread is in quotes, with its invisible characters written out.
  static func shown(_ value: String?) -> String {
    guard let value else { return "null" }
    let isPlain =
      !value.isEmpty && value != "null" && value.first != " " && value.last != " " && value.first != "\""
      && !value.unicodeScalars.contains(where: isInvisible)
    if isPlain { return value }
    var text = "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case _ where isInvisible(scalar): text += "\\u{" + String(scalar.value, radix: 16) + "}"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text + "\""
  }

  /// Joiners and selectors are parts of emoji.
  private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: true
    case .spaceSeparator: scalar != " "
    case .format: scalar != "\u{200D}"
    default: false
    }
  }
}
