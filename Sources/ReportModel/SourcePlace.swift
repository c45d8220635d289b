/// A place in a text file: line and column, both 1-based, the column in characters (Unicode scalars).
package struct SourcePlace: Hashable, Comparable, Sendable {
  package var line: Int
  /// nil: the whole line is meant.
  package var column: Int?

  package init(line: Int, column: Int? = nil) {
    self.line = line
    self.column = column
  }

  /// - Parameter utf8Offset: 0-based; past the end it means the end.
  package init(utf8Offset: Int, in text: String) {
    var line = 1
    var column = 1
    var offset = 0
    for scalar in text.unicodeScalars {
      guard offset < utf8Offset else { break }
      offset += UTF8.width(scalar)
      if scalar == "\n" {
        line += 1
        column = 1
      } else {
        column += 1
      }
    }
    self.init(line: line, column: column)
  }

  /// By line, then by column; a place without a column comes before those with one.
  package static func < (left: Self, right: Self) -> Bool {
    (left.line, left.column ?? 0) < (right.line, right.column ?? 0)
  }
}
