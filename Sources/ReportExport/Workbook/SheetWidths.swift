/// Measures the first rows of a report, so that columns are as wide as what is in them.
struct SheetWidths: RowVisitor {
  /// So many rows, or so many bytes of values, are enough.
  private static let rows = 100
  private static let bytes = 64 * 1024
  private static let widest = 60

  private var letters: [Int]
  private var rowCount = 0
  private var byteCount = 0

  init(columns: Int) { letters = [Int](repeating: 0, count: columns) }

  var isEnough: Bool { rowCount >= Self.rows || byteCount >= Self.bytes }

  mutating func beginRow() {}

  mutating func value(_ value: RowValue?, _ column: Int) {
    guard let value = value?.text else { return }
    byteCount += value.count
    guard value.count > letters[column] else { return }
    let shown = UnsafeBufferPointer(rebasing: value.prefix(4 * Self.widest))
    letters[column] = max(letters[column], min(Self.widest, TextLength.letters(shown)))
  }

  mutating func endRow() -> Bool {
    rowCount += 1
    return !isEnough
  }

  /// In letters, with room for separators, and for the button of the filter beside a title of one line.
  func widths(of columns: [SheetColumn], timezone: String) -> [Int] {
    zip(letters, columns).map { letters, column in
      let title = column.title + (column.hasZone ? " (\(timezone))" : "")
      // A longer title is wrapped.
      let longest = title.split(separator: " ").map(\.count).max() ?? 0
      let heading = max(min(title.count, 18), min(longest, Self.widest)) + 4
      let separators = column.format == nil || column.kind == .text ? 2 : 3 + letters / 3
      return max(8, heading, letters + separators)
    }
  }
}
