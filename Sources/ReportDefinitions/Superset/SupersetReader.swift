import ReportModel

/// Reads the metrics, computed columns and charts of a report (under `superset`) or of a dashboard's dataset.
struct SupersetReader {
  private let lines: YAMLLines
  private(set) var findings: Findings
  /// The columns of the table that are used; the caller knows which ones the table has.
  private(set) var columnUses: [ColumnUse] = []
  private var computed: Set<String> = []

  /// - Parameter lines: of the file that the settings stand in.
  init(lines: YAMLLines, findings: Findings) {
    self.lines = lines
    self.findings = findings
  }

  mutating func read(_ node: YAMLNode) -> SupersetSettings {
    var settings = SupersetSettings()
    computed = Set((node["computed"]?.entries ?? []).map(\.key))
    for entry in node["computed"]?.entries ?? [] {
      let value = entry.value
      guard let sql = readSQL(value["sql"]) else { continue }
      settings.computed.append(
        .init(
          name: entry.key, title: value["title"]?.text, description: value["description"]?.text, sql: sql,
          format: value["format"]?.word()))
    }
    for entry in node["metrics"]?.entries ?? [] {
      let value = entry.value
      guard let sql = readSQL(value["sql"]) else { continue }
      settings.metrics.append(
        .init(
          name: entry.key, title: value["title"]?.text, description: value["description"]?.text, sql: sql,
          format: value["format"]?.word()))
    }
    let metrics = (node["metrics"]?.entries ?? []).map(\.key)
    for entry in node["charts"]?.entries ?? [] {
      if let chart = readChart(entry, metrics: metrics) { settings.charts.append(chart) }
    }
    return settings
  }

  // MARK: Charts

  private mutating func readChart(_ entry: YAMLEntry, metrics: [String]) -> SupersetChart? {
    let node = entry.value
    guard let type: SupersetChart.Mark = node["type"]?.word(), let title = node["title"]?.text else {
      return nil
    }
    var chart = SupersetChart(
      name: entry.key, title: title, description: node["description"]?.text, type: type,
      x: column(node["x"]), grain: node["grain"]?.word(), series: column(node["series"]),
      limit: node["limit"]?.integer, sort: node["sort"]?.word(), filter: readSQL(node["filter"]),
      isStacked: node["stacked"]?.text == "true", isHorizontal: node["horizontal"]?.text == "true",
      isLogarithmic: node["logarithmic"]?.text == "true")
    for item in node["y"]?.items ?? [node["y"]].compactMap({ $0 }) {
      if let metric = metric(item, metrics) { chart.y.append(metric) }
    }
    chart.columns = (node["columns"]?.items ?? []).compactMap { column($0) }
    for item in node["order_by"]?.items ?? [] {
      guard let text = item.text else { continue }
      let key = ExportSettings.SortKey(written: text)
      if !metrics.contains(key.column) { note(key.column, item.place) }
      chart.order.append(key)
    }
    ChartRules(node: node, place: entry.keyPlace).check(&findings)
    return chart
  }

  private mutating func metric(_ node: YAMLNode, _ metrics: [String]) -> String? {
    guard let name = node.text else { return nil }
    if !metrics.contains(name) {
      findings.add(
        .error, "metric \"\(excerpt(name))\" is not defined",
        hint: Suggestion.hint(for: name, among: metrics)
          ?? (metrics.isEmpty ? "Add it under \"metrics\"." : "Metrics are \(quotedList(metrics))."),
        at: node.place)
    }
    return name
  }

  private mutating func column(_ node: YAMLNode?) -> String? {
    guard let node, let name = node.text else { return nil }
    note(name, node.place)
    return name
  }

  private mutating func note(_ name: String, _ place: SourcePlace) {
    if !computed.contains(name) { columnUses.append(.init(name: name, place: place)) }
  }

  // MARK: SQL

  private mutating func readSQL(_ node: YAMLNode?) -> String? {
    guard let node, let sql = node.text, !sql.isEmpty else { return nil }
    let places = EmbeddedText(node, in: lines)
    do throws(PgQuery.Failure) {
      for use in try SQLExpression(sql).columns { note(use.name, places.place(use.utf8Offset)) }
      return sql
    } catch {
      let characters = error.characterOffset ?? 0
      let offset = sql.unicodeScalars.prefix(characters).reduce(0) { $0 + UTF8.width($1) }
      findings.add(
        .error, excerpt(error.message, limit: 120),
        hint: "Write one expression, as it stands behind SELECT.", at: places.place(offset))
      return nil
    }
  }
}
