import ReportModel

/// Which report reads which other report's summary table, as the parsed SQL says.
package struct DependencyGraph: Sendable {
  /// Sorted by name.
  package let reports: [Report]
  private let makers: [QualifiedName: String]
  private let reads: [String: [String]]
  private let readBy: [String: [String]]

  /// Of reports that publish to one table, the first makes it.
  package init(_ reports: [Report]) {
    self.reports = reports.sorted { $0.name < $1.name }
    let makers = Dictionary(
      reports.compactMap { report in report.materialization.table.map { ($0, report.name) } },
      uniquingKeysWith: { first, _ in first })
    self.makers = makers
    var reads: [String: [String]] = [:]
    var readBy: [String: [String]] = [:]
    for report in self.reports {
      let upstream = Set(report.reads.compactMap { makers[$0] }).subtracting([report.name]).sorted()
      reads[report.name] = upstream
      for name in upstream { readBy[name, default: []].append(report.name) }
    }
    self.reads = reads
    self.readBy = readBy
  }

  /// The report whose summary table or view it is.
  package func maker(of table: QualifiedName) -> String? { makers[table] }

  /// Names of the reports whose tables a report reads, sorted; without itself.
  package func direct(upstreamOf name: String) -> [String] { reads[name] ?? [] }

  /// Everything that a report reads, directly or through others; without itself.
  package func upstream(of name: String) -> Set<String> { closure(of: name, over: reads) }

  /// Everything that reads a report, directly or through others; without itself.
  package func downstream(of name: String) -> Set<String> { closure(of: name, over: readBy) }

  /// The selected reports in levels: each level reads only from levels before it, directly or through reports that
  /// are not selected.
  package func levels(of selected: [Report]) -> [[Report]] {
    let names = Set(selected.map(\.name))
    var level: [String: Int] = [:]
    func depth(_ name: String) -> Int {
      if let known = level[name] { return known }
      level[name] = 0
      let before = upstream(of: name).intersection(names).subtracting([name])
      let found = before.map { depth($0) + 1 }.max() ?? 0
      level[name] = found
      return found
    }
    let depths = selected.map { ($0, depth($0.name)) }
    let last = depths.map(\.1).max() ?? -1
    return (0..<(last + 1)).map { index in
      depths.filter { $0.1 == index }.map(\.0).sorted { $0.name < $1.name }
    }
  }

  private func closure(of name: String, over edges: [String: [String]]) -> Set<String> {
    var found: Set<String> = []
    var pending = edges[name] ?? []
    while let next = pending.popLast() {
      if found.insert(next).inserted { pending += edges[next] ?? [] }
    }
    return found.subtracting([name])
  }
}
