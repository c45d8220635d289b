import ReportModel

/// Compares a dashboard's charts, filters and datasets with the project's reports.
struct DashboardRules {
  private let datasets: [String: SupersetDataset]
  private let hasAllReports: Bool
  private let reportNames: Set<String>

  /// - Parameter hasAllReports: false after errors in reports; charts that are not found are then not reported.
  init(_ reports: [Report], hasAllReports: Bool) {
    let found = reports.compactMap { SupersetDataset($0) }
    datasets = Dictionary(found.map { ($0.name, $0) }) { first, _ in first }
    reportNames = Set(reports.map(\.name))
    self.hasAllReports = hasAllReports
  }

  func check(_ reader: DashboardReader, _ findings: inout Findings) {
    let dashboard = reader.dashboard
    for dataset in dashboard.datasets where reportNames.contains(dataset.name) {
      findings.add(
        .error, "there is a report \"\(dataset.name)\" already",
        hint: "Its charts are defined in its own file, under \"superset\".",
        at: reader.datasetPlaces[dataset.name])
    }
    let known = datasets.merging(dashboard.datasets.map { ($0.name, $0) }) { first, _ in first }
    var seen = Set<Dashboard.ChartName>()
    for (chart, place) in reader.chartPlaces {
      if !seen.insert(chart).inserted {
        findings.add(
          .error, "\"\(chart)\" is twice on the dashboard", hint: "Superset shows a chart once.", at: place)
      }
      check(chart, place, known, &findings)
    }
    for (chart, place) in reader.exceptPlaces where !seen.contains(chart) {
      findings.add(
        .error, "\"\(chart)\" is not on the dashboard",
        hint: Suggestion.hint(for: chart.description, among: seen.map(\.description).sorted()), at: place)
    }
    let shown = Set(reader.chartPlaces.map(\.chart.dataset)).compactMap { known[$0] }
    for (column, place) in reader.filterPlaces
    where hasAllReports && !shown.contains(where: { $0.has(column) }) {
      let columns = Set(shown.flatMap(\.columns).map(\.name)).sorted()
      findings.add(
        .error, "no chart of the dashboard has a column \"\(excerpt(column))\"",
        hint: Suggestion.hint(for: column, among: columns), at: place)
    }
  }

  private func check(
    _ chart: Dashboard.ChartName, _ place: SourcePlace, _ known: [String: SupersetDataset],
    _ findings: inout Findings
  ) {
    guard let dataset = known[chart.dataset] else {
      guard hasAllReports else { return }
      let hint = Suggestion.hint(for: chart.dataset, among: known.keys.sorted())
      if reportNames.contains(chart.dataset) {
        findings.add(
          .error, "report \"\(chart.dataset)\" has no table", hint: "Superset reads tables and views.",
          at: place)
      } else {
        findings.add(.error, "there is no report \"\(chart.dataset)\"", hint: hint, at: place)
      }
      return
    }
    let names = dataset.settings.charts.map(\.name)
    guard !names.contains(chart.chart) else { return }
    findings.add(
      .error, "\"\(chart.dataset)\" has no chart \"\(chart.chart)\"",
      hint: Suggestion.hint(for: chart.chart, among: names)
        ?? (names.isEmpty
          ? "Add it under \"superset.charts\" of the report." : "Its charts are \(quotedList(names))."),
      at: place)
  }
}
