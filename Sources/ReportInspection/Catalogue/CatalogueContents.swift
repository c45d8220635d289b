import ReportExport
import ReportLedger
import ReportModel

/// Makes the contents of a catalogue from the definitions and, where there is one, from the ledger. Pure.
package struct CatalogueContents: Sendable {
  let graph: DependencyGraph
  let dashboards: [Dashboard]
  let timezone: String
  let generator: String
  let language: Language

  /// - Parameters:
  ///   - graph: of every report of the project.
  ///   - dashboards: of the project.
  ///   - timezone: of the project.
  ///   - generator: `reportgen 0.2.0`
  ///   - language: of the pages.
  package init(
    graph: DependencyGraph, dashboards: [Dashboard], timezone: String, generator: String,
    language: Language = .english
  ) {
    self.graph = graph
    self.dashboards = dashboards
    self.timezone = timezone
    self.generator = generator
    self.language = language
  }

  /// - Parameter facts: nil: the states are unknown.
  package func catalogue(_ facts: CatalogueFacts?) -> Catalogue {
    let dashboards = dashboardEntries
    let lineages = LineageBuilder(graph: graph, dashboards: dashboards)
    let health = Dictionary((facts?.health ?? []).map { ($0.status.report, $0) }) { first, _ in first }
    let clock = ZoneClock(timezone)
    let reports = graph.reports.map { report in
      CatalogueReport(
        report: report.translated(by: language.texts),
        standing: health[report.name].map {
          ReportStanding($0, facts?.checks[report.name] ?? [], clock: clock)
        },
        published: facts?.published[report.name] ?? [], older: facts?.older[report.name] ?? [],
        lineage: lineages.lineage(of: report.name))
    }
    return Catalogue(
      reports: reports, dashboards: dashboards, sources: sources, readAt: facts?.readAt,
      generator: generator, language: language)
  }

  private var dashboardEntries: [Catalogue.DashboardEntry] {
    let names = Set(graph.reports.map(\.name))
    return dashboards.map { dashboard in
      let shown = Set(dashboard.rows.flatMap(\.places).map(\.chart.dataset))
      return Catalogue.DashboardEntry(
        name: dashboard.name, title: language.texts[dashboard.title],
        description: language.texts[dashboard.description],
        owner: dashboard.owner, reports: shown.filter(names.contains).sorted(),
        tables: dashboard.datasets.filter { shown.contains($0.name) }.map(\.table).sorted())
    }
  }

  private var sources: [Catalogue.SourceEntry] {
    var readers: [QualifiedName: [String]] = [:]
    for report in graph.reports {
      for table in report.reads where graph.maker(of: table) == nil {
        readers[table, default: []].append(report.name)
      }
    }
    return readers.sorted { $0.key < $1.key }.map { .init(table: $0.key, reports: $0.value) }
  }
}

/// What the ledger says for a catalogue.
package struct CatalogueFacts: Sendable {
  /// Of every report of the project.
  package var health: [ReportHealth]
  /// By report, newest first.
  package var published: [String: [CatalogueReport.Published]]
  /// By report, newest first.
  package var older: [String: [CatalogueReport.Older]]
  /// By report: what each check found when it last ran.
  package var checks: [String: [CheckCount]]
  /// The primary's clock: `2026-11-23 04:30:12 MSK`.
  package var readAt: String
}

extension LedgerReport {
  /// How many intervals of a report are listed one by one, at least.
  private static let listedIntervals = 31

  /// What a catalogue shows of the reports, in one session.
  ///
  /// - Throws: `RunError`.
  package func catalogueFacts(of graph: DependencyGraph) async throws -> CatalogueFacts {
    try await reading { try await catalogueFacts(of: graph, on: $0) }
  }

  /// What a catalogue shows of the reports, in an open session.
  package func catalogueFacts(of graph: DependencyGraph, on ledger: Ledger) async throws -> CatalogueFacts {
    let reports = graph.reports
    let listed = reports.map { ($0.name, max($0.export.keep, Self.listedIntervals)) }
    let (newest, older, checks, clock) = try await ledger.connection.ask(
      RunHistory.newestIntervals(of: listed), RunHistory.olderIntervals(of: listed),
      RunHistory.lastChecks(of: reports.map(\.name)), RunHistory.clock())
    var facts = CatalogueFacts(
      health: try await health(of: reports, in: graph, on: ledger), published: [:], older: [:],
      checks: checks,
      readAt: clock)
    for report in reports {
      facts.published[report.name] = newest[report.name]?.map { .init($0, of: report) }
      facts.older[report.name] = older[report.name]?.map { span in
        .init(
          first: report.period.name(of: span.first), last: report.period.name(of: span.last),
          count: span.count)
      }
    }
    return facts
  }
}

extension CatalogueReport.Published {
  init(_ interval: ListedInterval, of report: Report) {
    self.init(
      name: interval.interval.map(report.period.name) ?? String(interval.asOf.prefix(10)),
      state: interval.state.rawValue, rows: interval.rowCount, asOf: interval.asOf,
      run: interval.runID.uuidString.lowercased())
  }
}
