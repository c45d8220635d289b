import ReportLedger
import ReportModel

/// Which reports a command line means: names, globs, `+name`, `name+`, tags, all, less the excluded ones.
package struct Selection: Sendable {
  var patterns: [String]
  var tags: [String]
  var all: Bool
  var excluded: [String]

  /// - Parameters:
  ///   - patterns: names, globs and `tag:TAG`, with `+` in front for what they read and behind for what reads them.
  ///   - excluded: the same; taken away from what the others choose.
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
    for tag in tags { names.formUnion(try Self.reports(tagged: tag, in: graph)) }
    for pattern in excluded { names.subtract(try reports(matching: pattern, in: graph)) }
    return graph.reports.filter { names.contains($0.name) }
  }

  private func reports(matching pattern: String, in graph: DependencyGraph) throws(Diagnostic) -> Set<String>
  {
    let withUpstream = pattern.hasPrefix("+")
    let withDownstream = pattern.hasSuffix("+")
    let glob = String(pattern.dropFirst(withUpstream ? 1 : 0).dropLast(withDownstream ? 1 : 0))
    // No name has a colon.
    let matched =
      glob.hasPrefix("tag:")
      ? try Self.reports(tagged: String(glob.dropFirst(4)), in: graph)
      : graph.reports.map(\.name).filter { globMatches(glob, $0) }
    guard !matched.isEmpty else {
      throw Diagnostic(
        "no report is named \"\(glob)\"",
        hint: Suggestion.hint(for: glob, among: graph.reports.map(\.name))
          ?? "\"reportgen list\" shows every report.")
    }
    var names = Set(matched)
    for name in matched {
      if withUpstream { names.formUnion(graph.upstream(of: name)) }
      if withDownstream { names.formUnion(graph.downstream(of: name)) }
    }
    return names
  }

  private static func reports(tagged tag: String, in graph: DependencyGraph) throws(Diagnostic) -> [String] {
    let tagged = graph.reports.filter { $0.tags.contains(tag) }.map(\.name)
    guard !tagged.isEmpty else {
      let tags = Set(graph.reports.flatMap(\.tags)).sorted()
      let inUse = tags.isEmpty ? "No report has a tag." : "Tags in use: \(tags.joined(separator: ", "))."
      throw Diagnostic(
        "no report has the tag \"\(tag)\"", hint: Suggestion.hint(for: tag, among: tags) ?? inUse)
    }
    return tagged
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
