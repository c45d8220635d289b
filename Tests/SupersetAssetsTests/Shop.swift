import Foundation
import ReportDefinitions
import ReportModel
import TestSupport
import Testing

@testable import SupersetAssets

/// A small project with every kind of chart.
enum Shop {
  static let sql = "select day, currency, amount, units from s.sales where day >= :start and day < :end"

  static let yaml = """
    title: Sales
    description: Day by day.
    owner: sales@shop.example
    period: day
    start: 2024-01-01
    materialize: {as: incremental, table: reports.sales, time_column: day}
    columns:
      day: {title: Day}
      currency: {title: Currency, description: "Of the price, \\"as is\\"."}
      amount: {title: Revenue, type: "numeric(16,2)", format: money}
    superset:
      metrics:
        revenue: {title: Revenue, description: In one currency., sql: sum(amount), format: money}
        units: {title: Units, sql: sum(units), format: integer}
      computed: {month: {title: Month, sql: "to_char(day, 'YYYY-MM')"}}
      charts:
        total: {type: number, title: Total, y: revenue}
        line: {type: line, title: By week, x: day, grain: week, y: revenue, series: currency, logarithmic: true}
        area: {type: area, title: Both, x: day, y: [revenue, units], stacked: true}
        bar: {type: bar, title: By currency, x: currency, y: units, horizontal: true, limit: 5}
        pie: {type: pie, title: By month, x: month, y: revenue, filter: amount > 0}
        rows: {type: table, title: Rows, columns: [day, amount], order_by: [day desc, currency], limit: 50}
        sums: {type: table, title: Sums, columns: [currency], y: [revenue, units], order_by: [units]}
    """

  static let dashboard = """
    title: Shop
    description: Everything.
    owner: owner@shop.example
    filters:
      - {type: time, title: Days, default: Last year}
      - {type: select, title: Currency, column: currency, default: RUB, single: true, except: [sales/line]}
      - {type: select, title: State, column: state}
    rows:
      - [sales/total, sales/bar]
      - {title: Over time, charts: [{chart: sales/line, width: 7}, sales/area, sales/pie], height: 60}
      - [runs/runs]
    datasets:
      runs:
        title: Runs
        table: reportgen.run_health
        time_column: started_at
        columns: {started_at: {title: Started, type: timestamptz}, state: {title: State, type: text}}
        metrics: {runs: {title: Runs, sql: count(*)}}
        charts: {runs: {type: bar, title: Runs, x: started_at, grain: day, y: runs, series: state}}
    """

  static func definitions(
    sql: String = sql, yaml: String = yaml, dashboard: String? = dashboard
  ) async throws -> (reports: [Report], dashboards: [Dashboard]) {
    try await temporaryDirectory { folder in
      var files = ["reports/sales.sql": sql, "reports/sales.yaml": yaml]
      if let dashboard { files["reports/dashboards/shop.yaml"] = dashboard }
      for (path, text) in files { try write(text, to: folder + "/" + path) }
      let loader = ProjectLoader(directory: folder)
      let reports = loader.loadReports(Project())
      let dashboards = loader.loadDashboards(reports)
      try #require(
        (reports.diagnostics + dashboards.diagnostics).isEmpty,
        "\(reports.diagnostics + dashboards.diagnostics)")
      return (reports.value, dashboards.value)
    }
  }

  static func bundle(
    sql: String = sql, yaml: String = yaml, dashboard: String? = dashboard, name: String = "reportgen",
    texts: Texts = Texts(), context: AssetContext = AssetContext(), timezone: String = "UTC"
  ) async throws -> AssetBundle {
    var (reports, dashboards) = try await definitions(sql: sql, yaml: yaml, dashboard: dashboard)
    for index in reports.indices { reports[index].timezone = timezone }
    return AssetBundle(
      reports: reports, dashboards: dashboards, databaseName: name,
      databaseURI: "postgresql+psycopg2://superset@db/shop", texts: texts, context: context)
  }
}

private func write(_ text: String, to path: String) throws {
  let url = URL(filePath: path)
  try FileManager.default.createDirectory(
    at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
  try Data(text.utf8).write(to: url)
}
