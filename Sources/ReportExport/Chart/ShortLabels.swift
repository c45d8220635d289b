/// Shortens names so that they stay different. Pure.
enum ShortLabels {
  /// - Returns: for each name at most `count` letters, plus a number where nothing else tells two apart.
  static func make(_ names: [String], count: Int) -> [String] {
    var labels = names.map { $0.shortened(to: count) }
    for group in collisions(labels, names) {
      let start = commonPrefix(group.map { names[$0] })
      for index in group { labels[index] = window(names[index], from: start, count: count) }
    }
    for group in collisions(labels, names) {
      for (number, index) in group.enumerated() {
        let mark = " #\(number + 1)"
        labels[index] = labels[index].prefix(max(1, count - mark.count)) + mark
      }
    }
    return labels
  }

  /// Indices of different names that have one label.
  private static func collisions(_ labels: [String], _ names: [String]) -> [[Int]] {
    Dictionary(grouping: labels.indices) { labels[$0] }.values
      .filter { group in Set(group.map { names[$0] }).count > 1 }
      .sorted { $0[0] < $1[0] }
  }

  private static func commonPrefix(_ names: [String]) -> Int {
    guard let first = names.first.map(Array.init) else { return 0 }
    return names.dropFirst().reduce(first.count) { length, name in
      min(length, zip(first, name).prefix { $0 == $1 }.count)
    }
  }

  /// The beginning of a name and what follows its first different letter.
  private static func window(_ name: String, from start: Int, count: Int) -> String {
    let head = max(1, count / 4)
    let tail = count - head - 1
    let rest = name.dropFirst(max(head, start - 2))
    guard rest.count > tail else { return name.prefix(head) + "…" + rest }
    return name.prefix(head) + "…" + rest.prefix(tail - 1) + "…"
  }
}
