import ReportExport
import ReportLedger
import ReportModel

/// Finds what a report is made from and what is made from it, as far as the parsed SQL and the dashboards' definitions
/// say.
///
/// Pure. In a large project it ends at `maxReports` in each direction, `maxSources` and `maxDashboards`; the nearest come
/// first.
struct LineageBuilder: Sendable {
  static let maxReports = 12
  static let maxSources = 12
  static let maxDashboards = 10

  let graph: DependencyGraph
  private let reports: [String: Report]
  private let readers: [String: [String]]
  private let shown: [String: [String]]

  /// - Parameter dashboards: of the catalogue.
  init(graph: DependencyGraph, dashboards: [Catalogue.DashboardEntry]) {
    self.graph = graph
    reports = Dictionary(graph.reports.map { ($0.name, $0) }) { first, _ in first }
    var readers: [String: [String]] = [:]
    for report in graph.reports {
      for name in graph.direct(upstreamOf: report.name) { readers[name, default: []].append(report.name) }
    }
    self.readers = readers
    var shown: [String: [String]] = [:]
    for dashboard in dashboards {
      for name in dashboard.reports { shown[name, default: []].append(dashboard.name) }
    }
    self.shown = shown
  }

  func lineage(of name: String) -> Lineage {
    let up = nearest(to: name) { graph.direct(upstreamOf: $0) }
    let down = nearest(to: name) { readers[$0] ?? [] }
    let shownReports = up.names.reversed() + [name] + down.names.filter { !up.names.contains($0) }
    let sources = first(Self.maxSources, of: [name] + up.names) { sourceNames(of: $0) }
    let dashboards = first(Self.maxDashboards, of: [name] + down.names) { shown[$0] ?? [] }
    var lineage = Lineage(hiddenCount: up.hidden + down.hidden + sources.hidden + dashboards.hidden)

    let depths = depths(of: Array(shownReports), hasSources: !sources.names.isEmpty)
    var indexes: [Lineage.Kind: [String: Int]] = [:]
    func add(_ kind: Lineage.Kind, _ name: String, _ column: Int) {
      indexes[kind, default: [:]][name] = lineage.nodes.count
      lineage.nodes.append(.init(kind: kind, name: name, column: column))
    }
    for source in sources.names { add(.source, source, 0) }
    for report in shownReports { add(.report, report, depths[report] ?? 0) }
    let last = (depths.values.max() ?? 0) + 1
    for dashboard in dashboards.names { add(.dashboard, dashboard, last) }

    func connect(_ from: Int?, _ to: Int?) {
      guard let from, let to, lineage.nodes[from].column < lineage.nodes[to].column else { return }
      lineage.edges.append(.init(from: from, to: to))
    }
    for report in shownReports {
      let own = indexes[.report]?[report]
      for source in sourceNames(of: report) { connect(indexes[.source]?[source], own) }
      for other in graph.direct(upstreamOf: report) { connect(indexes[.report]?[other], own) }
      for dashboard in shown[report] ?? [] { connect(own, indexes[.dashboard]?[dashboard]) }
    }
    return lineage
  }

  /// Tables and views that no report makes.
  private func sourceNames(of report: String) -> [String] {
    (reports[report]?.reads ?? []).filter { graph.maker(of: $0) == nil }.map(\.description)
  }

  /// Breadth first, without the report itself.
  private func nearest(to name: String, _ next: (String) -> [String]) -> (names: [String], hidden: Int) {
    var found: [String] = []
    var seen: Set = [name]
    var hidden = 0
    var level = [name]
    while !level.isEmpty, found.count < Self.maxReports {
      let reached = level.flatMap(next).filter { seen.insert($0).inserted }
      let taken = reached.prefix(Self.maxReports - found.count)
      hidden += reached.count - taken.count
      found += taken
      level = Array(taken)
    }
    return (found, hidden)
  }

  private func first(_ count: Int, of names: [String], _ body: (String) -> [String]) -> (
    names: [String], hidden: Int
  ) {
    var seen: Set<String> = []
    let all = names.flatMap(body).filter { seen.insert($0).inserted }
    return (Array(all.prefix(count)), max(0, all.count - count))
  }

  /// Columns of reports: each behind all that it reads of those shown. A circle counts as one step.
  private func depths(of names: [String], hasSources: Bool) -> [String: Int] {
    let all = Set(names)
    var depths: [String: Int] = [:]
    func depth(_ name: String) -> Int {
      if let known = depths[name] { return known }
      depths[name] = 0
      let before = graph.direct(upstreamOf: name).filter(all.contains)
      let found = (before.map(depth).max() ?? (hasSources ? 0 : -1)) + 1
      depths[name] = found
      return found
    }
    for name in names { _ = depth(name) }
    return depths
  }
}
