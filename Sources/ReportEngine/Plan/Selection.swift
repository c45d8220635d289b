import ReportModel

/// Which reports a command line means: names, globs, `+name`, `name+`, tags, all, less the excluded ones.
package struct Selection: Sendable {
  package var patterns: [String]
  package var tags: [String]
  package var all: Bool
  package var excluded: [String]

  package init(patterns: [String] = [], tags: [String] = [], all: Bool = false, excluded: [String] = []) {
    self.patterns = patterns
    self.tags = tags
    self.all = all
    self.excluded = excluded
  }

  /// - Returns: the reports sorted by name, each once.
  /// - Throws: `Diagnostic` when a name, a glob or a tag matches nothing.
  package func apply(to graph: DependencyGraph) throws(Diagnostic) -> [Report] {
    var names = Set(all ? graph.reports.map(\.name) : [])
    for pattern in patterns { names.formUnion(try reports(matching: pattern, in: graph)) }
    for tag in tags {
      let tagged = graph.reports.filter { $0.tags.contains(tag) }.map(\.name)
      guard !tagged.isEmpty else {
        throw Diagnostic("no report has the tag \"\(tag)\"", hint: Self.tagHint(graph))
      }
      names.formUnion(tagged)
    }
    for pattern in excluded { names.subtract(try reports(matching: pattern, in: graph)) }
    return graph.reports.filter { names.contains($0.name) }
  }

  private func reports(matching pattern: String, in graph: DependencyGraph) throws(Diagnostic) -> Set<String>
  {
    let withUpstream = pattern.hasPrefix("+")
    let withDownstream = pattern.hasSuffix("+")
    let glob = String(pattern.dropFirst(withUpstream ? 1 : 0).dropLast(withDownstream ? 1 : 0))
    let matched = graph.reports.map(\.name).filter { globMatches(glob, $0) }
    guard !matched.isEmpty else {
      let near = nearest(to: glob, in: graph.reports.map(\.name))
      throw Diagnostic(
        "no report is named \"\(glob)\"",
        hint: near.map { "Did you mean \"\($0)\"?" } ?? "\"reportgen list\" shows every report.")
    }
    var names = Set(matched)
    for name in matched {
      if withUpstream { names.formUnion(graph.upstream(of: name)) }
      if withDownstream { names.formUnion(graph.downstream(of: name)) }
    }
    return names
  }

  private static func tagHint(_ graph: DependencyGraph) -> String {
    let tags = Set(graph.reports.flatMap(\.tags)).sorted()
    return tags.isEmpty ? "No report has a tag." : "Tags in use: \(tags.joined(separator: ", "))."
  }
}

/// `*` stands for any characters, `?` for one.
///
/// Goes back to the last `*` only, so that no pattern takes longer than its length times the name's.
func globMatches(_ pattern: String, _ name: String) -> Bool {
  let (pattern, name) = (Array(pattern), Array(name))
  var (next, position) = (0, 0)
  var star: (after: Int, position: Int)?
  while position < name.count {
    if next < pattern.count, pattern[next] == "*" {
      next += 1
      star = (next, position)
    } else if next < pattern.count, pattern[next] == "?" || pattern[next] == name[position] {
      (next, position) = (next + 1, position + 1)
    } else if let last = star {
      star = (last.after, last.position + 1)
      (next, position) = (last.after, last.position + 1)
    } else {
      return false
    }
  }
  return pattern[next...].allSatisfy { $0 == "*" }
}

/// The candidate with the fewest edits, if a third of the letters or fewer differ.
func nearest(to text: String, in candidates: [String]) -> String? {
  let scored = candidates.map { ($0, editDistance(text, $0)) }
  guard let best = scored.min(by: { ($0.1, $0.0) < ($1.1, $1.0) }) else { return nil }
  return best.1 <= max(2, text.count / 3) ? best.0 : nil
}

private func editDistance(_ left: String, _ right: String) -> Int {
  let right = Array(right)
  var row = Array(0...right.count)
  for (i, character) in left.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for j in right.indices {
      let cost = character == right[j] ? diagonal : 1 + min(diagonal, row[j], row[j + 1])
      diagonal = row[j + 1]
      row[j + 1] = cost
    }
  }
  return row[right.count]
}
