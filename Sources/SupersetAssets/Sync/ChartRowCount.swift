import ReportModel

/// How many rows a chart asks for, as an aggregate that Superset computes with the rights of its own role.
struct ChartRowCount {
  var chart: Dashboard.ChartName
  var table: QualifiedName
  /// One number.
  var sql: String
  /// The chart's condition in SQL.
  var filter: String?
}

extension AssetBundle {
  /// The tables of reports whose charts show all of their rows.
  package var countedTables: Set<QualifiedName> { Set(rowCounts.map(\.table)) }

  /// Of the charts that show all of their rows, over tables of reports that exist.
  var rowCounts: [ChartRowCount] {
    datasets.filter { $0.isOwnTable && existingTables.contains($0.table) }.flatMap { dataset in
      dataset.settings.charts.compactMap { chart in
        guard chart.limit == nil || chart.series != nil, chart.type != .number else { return nil }
        return ChartRowCount(
          chart: .init(dataset: dataset.name, chart: chart.name), table: dataset.table,
          sql: Self.count(chart, dataset), filter: chart.filter)
      }
    }
  }

  private static func count(_ chart: SupersetChart, _ dataset: SupersetDataset) -> String {
    if chart.type == .table, chart.y.isEmpty { return "count(*)" }
    var groups: [String] = chart.type == .table ? chart.columns.map(dataset.expression) : []
    if let x = chart.x { groups.append(step(x, chart, dataset)) }
    if let series = chart.series, chart.limit == nil { groups.append(dataset.expression(series)) }
    // An array has a place for nulls, and all types have a text.
    let count = "count(distinct array[\(groups.map { "(\($0))::text" }.joined(separator: ", "))])"
    // Beyond a limit the series are one.
    return chart.series != nil ? chart.limit.map { "\($0 + 1) * \(count)" } ?? count : count
  }

  private static func step(_ x: String, _ chart: SupersetChart, _ dataset: SupersetDataset) -> String {
    guard chart.type != .pie, dataset.type(of: x)?.isTime ?? false else { return dataset.expression(x) }
    return "date_trunc('\((chart.grain ?? .day).rawValue)', \(dataset.expression(x)))"
  }

  /// - Returns: nil when Superset shows all of the rows.
  func warning(_ count: ChartRowCount, rows: Int) -> Diagnostic? {
    guard rows > maxRows else { return nil }
    return Diagnostic(
      .warning, "chart \(count.chart) has \(rows) rows, and Superset shows \(maxRows) of them",
      hint: "Give it a coarser \"grain\", a \"filter\" or a \"limit\"; or raise SQL_MAX_ROW there and"
        + " superset.max_rows here.")
  }
}

extension SupersetSync {
  /// Counts the rows of charts.
  ///
  /// - Parameter tables: those that have more rows than a chart can show.
  /// - Returns: a warning for each chart that Superset cannot show all of.
  /// - Throws: `SupersetFailure`.
  package func rowWarnings(in tables: Set<QualifiedName>) async throws -> [Diagnostic] {
    let lookup = AssetLookup(api: api, project: bundle.databaseName)
    var numbers: [String: Int] = [:]
    var warnings: [Diagnostic] = []
    for count in bundle.rowCounts where tables.contains(count.table) {
      let name = count.chart.dataset
      if numbers[name] == nil, let asset = bundle[AssetName(.dataset, name)] {
        numbers[name] = try await lookup.number(of: asset)
      }
      guard let number = numbers[name] else { continue }
      let answer = try await api.send("POST", "/api/v1/chart/data", Self.query(count, dataset: number))
      let row = answer["result"]?.items.first?["data"]?.items.first
      if let rows = row?[Self.label]?.integer, let warning = bundle.warning(count, rows: rows) {
        warnings.append(warning)
      }
    }
    return warnings
  }

  private static let label = "rows of the chart"

  private static func query(_ count: ChartRowCount, dataset: Int) -> OrderedJSON {
    let query = OrderedJSON.object([
      ("metrics", .list([XOrder.metric(count.sql, label: label)])), ("columns", .list([])),
      ("filters", .list([])), ("orderby", .list([])),
      ("extras", .object([("having", .text("")), ("where", .text(count.filter.map { "(\($0))" } ?? ""))])),
    ])
    return .object([
      ("datasource", .object([("id", .integer(dataset)), ("type", .text("table"))])),
      ("force", .boolean(true)), ("queries", .list([query])), ("result_format", .text("json")),
      ("result_type", .text("full")),
    ])
  }
}
