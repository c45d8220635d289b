/// Finds a row of the result for as many expected rows as possible, each row once.
///
/// Expected rows name any of the columns, so one of them may fit several rows of the result and another only one of
/// these: pairs are changed along augmenting paths (Kuhn's algorithm) until no further pair is possible.
struct RowMatching {
  /// The values of an expected row, by the index of the column.
  typealias Pattern = [Int: String?]

  private let candidates: [[Int]]
  private var rowOf: [Int?]
  private var owner: [Int?]

  /// - Parameters:
  ///   - patterns: the expected rows, in texts to compare.
  ///   - rows: the result, likewise.
  init(_ patterns: [Pattern], _ rows: [[String?]]) {
    candidates = Self.candidates(patterns, rows)
    rowOf = Array(repeating: nil, count: patterns.count)
    owner = Array(repeating: nil, count: rows.count)
  }

  /// The index of the row of each expected one; nil where none is left for it.
  mutating func pairs() -> [Int?] {
    for pattern in candidates.indices { findRow(for: pattern) }
    return rowOf
  }

  static func fits(_ pattern: Pattern, _ row: [String?]) -> Bool {
    pattern.allSatisfy { column, text in row[column] == text }
  }

  /// Rows are looked up by the columns that a pattern names, once for each set of columns.
  private static func candidates(_ patterns: [Pattern], _ rows: [[String?]]) -> [[Int]] {
    var indexes: [[Int]: [[String?]: [Int]]] = [:]
    return patterns.map { pattern in
      let columns = pattern.keys.sorted()
      let index =
        indexes[columns] ?? Dictionary(grouping: rows.indices) { row in columns.map { rows[row][$0] } }
      indexes[columns] = index
      return index[columns.map { pattern[$0] ?? nil }] ?? []
    }
  }

  private mutating func findRow(for root: Int) {
    var reachedFrom: [Int: Int] = [:]
    var pending = [root]
    var next = 0
    while next < pending.count {
      let pattern = pending[next]
      next += 1
      for row in candidates[pattern] where reachedFrom[row] == nil {
        reachedFrom[row] = pattern
        guard let other = owner[row] else { return take(row, reachedFrom) }
        pending.append(other)
      }
    }
  }

  /// Assigns a free row, and changes the pairs along the path that led to it.
  private mutating func take(_ free: Int, _ reachedFrom: [Int: Int]) {
    var row: Int? = free
    while let taken = row, let pattern = reachedFrom[taken] {
      row = rowOf[pattern]
      rowOf[pattern] = taken
      owner[taken] = pattern
    }
  }
}
