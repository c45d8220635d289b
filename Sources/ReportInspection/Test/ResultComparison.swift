/// An expected row, its values read by PostgreSQL as the columns' types.
struct WantedRow: Sendable, Hashable {
  var line: Int
  /// By the index of the column.
  var shown: [Int: String?]
  var compared: RowMatching.Pattern
}

/// A result and what was expected of it.
struct ResultComparison {
  let columns: [String]
  /// Indexes of the columns that identify a row; empty without a key.
  let key: [Int]
  let wanted: [WantedRow]
  /// As PostgreSQL prints the result, and as it is compared.
  let rows: [[String?]]
  let compared: [[String?]]

  /// - Returns: nil when the result is as expected.
  func difference(isOrdered: Bool) -> ResultDifference? {
    let patterns = wanted.map(\.compared)
    if isOrdered, isInOrder { return nil }
    var matching = RowMatching(patterns, compared)
    let pairs = matching.pairs()
    let taken = Set(pairs.compactMap { $0 })
    let unmatched = wanted.indices.filter { pairs[$0] == nil }
    let extra = rows.indices.filter { !taken.contains($0) }
    if unmatched.isEmpty, extra.isEmpty { return isOrdered ? difference([firstOutOfPlace]) : nil }
    return difference(items(unmatched: unmatched, extra: extra))
  }

  private var isInOrder: Bool {
    wanted.count == rows.count && zip(wanted, compared).allSatisfy { RowMatching.fits($0.compared, $1) }
  }

  private var firstOutOfPlace: ResultDifference.Item {
    let index = wanted.indices.first { !RowMatching.fits(wanted[$0].compared, compared[$0]) } ?? 0
    return item(.order, wanted: index, row: index)
  }

  // MARK: Pairs of unmatched rows

  /// Expected rows in the order of the file, then the other rows in that of the result.
  private func items(unmatched: [Int], extra: [Int]) -> [ResultDifference.Item] {
    let partners = partners(unmatched: unmatched, extra: extra)
    let paired = Set(partners.values)
    return unmatched.map { index in
      partners[index].map { item(.different, wanted: index, row: $0) } ?? item(.missing, wanted: index)
    } + extra.filter { !paired.contains($0) }.map { item(.unexpected, row: $0) }
  }

  /// Beyond this many rows are not paired: the comparison of all pairs would take too long.
  private static let maxPaired = 200

  /// The most similar pairs first: equal keys, then most equal values, at least half of them.
  private func partners(unmatched: [Int], extra: [Int]) -> [Int: Int] {
    var candidates: [(similarity: Int, wanted: Int, row: Int)] = []
    for index in unmatched.prefix(Self.maxPaired) {
      for row in extra.prefix(Self.maxPaired) {
        let similarity = similarity(wanted[index].compared, compared[row])
        if similarity > 0 { candidates.append((similarity, index, row)) }
      }
    }
    candidates.sort { ($1.similarity, $0.wanted, $0.row) < ($0.similarity, $1.wanted, $1.row) }
    var partners: [Int: Int] = [:]
    var taken = Set<Int>()
    for pair in candidates where partners[pair.wanted] == nil && !taken.contains(pair.row) {
      partners[pair.wanted] = pair.row
      taken.insert(pair.row)
    }
    return partners
  }

  private func similarity(_ pattern: RowMatching.Pattern, _ row: [String?]) -> Int {
    let equal = pattern.count { column, text in row[column] == text }
    let isOfKey =
      !key.isEmpty && key.allSatisfy { column in pattern[column].map { row[column] == $0 } ?? false }
    return isOfKey ? 1_000_000 + equal : equal * 2 >= pattern.count ? equal : 0
  }

  // MARK: Difference

  private func difference(_ items: [ResultDifference.Item]) -> ResultDifference {
    let named = Set(wanted.flatMap(\.shown.keys))
    let shown = columns.indices.filter { named.isEmpty || named.contains($0) }
    return ResultDifference(
      columns: shown.map { columns[$0] }, items: items, expectedCount: wanted.count, actualCount: rows.count)
  }

  private func item(_ kind: ResultDifference.Item.Kind, wanted index: Int? = nil, row: Int? = nil)
    -> ResultDifference.Item
  {
    var item = ResultDifference.Item(kind: kind, columns: [])
    if let index {
      item.line = wanted[index].line
      item.expected = byName(wanted[index].shown)
    }
    if let row {
      item.actual = byName(Dictionary(uniqueKeysWithValues: rows[row].enumerated().map { ($0, $1) }))
    }
    if let index, let row {
      item.columns = wanted[index].compared.filter { compared[row][$0.key] != $0.value }.keys.sorted()
        .map { columns[$0] }
    }
    return item
  }

  private func byName(_ values: [Int: String?]) -> [String: String?] {
    Dictionary(uniqueKeysWithValues: values.map { (columns[$0.key], $0.value) })
  }
}
