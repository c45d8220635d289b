import ReportModel

/// Rules across the reports of a project: one owner a table, no circle of dependencies.
struct ProjectRules {
  /// Sorted by name.
  let reads: [ReadReport]
  private(set) var diagnostics: [Diagnostic] = []
  /// Names of the reports that are part of an error found here.
  private(set) var refused: Set<String> = []

  init(_ reads: [ReadReport]) { self.reads = reads }

  mutating func check() {
    let owners = checkTables()
    checkCycles(owners)
  }

  /// - Returns: the report of each summary table, as an index in `reads`.
  private mutating func checkTables() -> [QualifiedName: Int] {
    var owners: [QualifiedName: Int] = [:]
    for (index, read) in reads.enumerated() {
      guard let report = read.report, let table = report.materialization.table else { continue }
      guard let first = owners[table].flatMap({ reads[$0].report }) else {
        owners[table] = index
        continue
      }
      refused.insert(report.name)
      diagnostics.append(
        Diagnostic(
          .error, "table \"\(table.description.visible())\" belongs to report \"\(first.name)\" already",
          hint: "Each report has a table of its own.", file: report.metadataFile, place: read.tablePlace))
    }
    return owners
  }

  /// Without recursion, since a chain of reports can be as long as the project.
  private mutating func checkCycles(_ owners: [QualifiedName: Int]) {
    let needs = reads.map { read in (read.report?.reads ?? []).compactMap { owners[$0] } }
    var isDone = [Bool](repeating: false, count: reads.count)
    for root in reads.indices where !isDone[root] {
      var path = [(node: root, next: 0)]
      while let (node, next) = path.last {
        guard next < needs[node].count else {
          isDone[node] = true
          path.removeLast()
          continue
        }
        path[path.count - 1].next += 1
        let target = needs[node][next]
        if let start = path.firstIndex(where: { $0.node == target }) {
          reportCycle(path[start...].map(\.node))
        } else if !isDone[target] {
          path.append((target, 0))
        }
      }
    }
  }

  /// - Parameter cycle: each reads the next one's table, and the last one reads the first one's.
  private mutating func reportCycle(_ cycle: [Int]) {
    guard let start = cycle.indices.min(by: { cycle[$0] < cycle[$1] }) else { return }
    let turned = Array(cycle[start...] + cycle[..<start])
    let reports = turned.compactMap { reads[$0].report }
    refused.formUnion(reports.map(\.name))
    let next = reports.count > 1 ? reports[1] : reports[0]
    let names = (reports + [reports[0]]).map(\.name).joined(separator: " -> ")
    diagnostics.append(
      Diagnostic(
        .error, "reports depend on each other in a circle: \(names)",
        hint: "Each reads the summary table of the next; no order of runs gives them all.",
        file: reports[0].sqlFile,
        place: next.materialization.table.flatMap { reads[turned[0]].readPlaces[$0] }))
  }
}
