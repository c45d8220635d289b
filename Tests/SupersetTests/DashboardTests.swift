import Foundation
import ReportModel
import Testing

@testable import SupersetAssets

/// Tests with a real Superset, a real PostgreSQL and a real browser.
@Suite(.serialized, WithStore()) struct DashboardTests {
  @Test("a first sync creates every asset; a second one changes and prints nothing")
  func twice() async throws {
    let store = try Store.shared()
    _ = try await store.sync()
    #expect(try await store.sync() == "")
    #expect(try await store.sync("--dry-run") == "")
    #expect(try await store.sync("--prune") == "")
    let (datasets, dashboards) = try await store.definitions()
    for dataset in datasets {
      #expect(try await store.number(.dataset, dataset.name) != nil, "\(dataset.name)")
    }
    #expect(dashboards.count == 4)
    for dashboard in dashboards {
      let number = try #require(try await store.number(.dashboard, dashboard.name))
      let charts = try await store.api.get("/api/v1/dashboard/\(number)/charts")["result"]?.items ?? []
      #expect(charts.count == dashboard.rows.flatMap(\.places).count, "\(dashboard.name)")
    }
  }

  @Test("the API returns for every chart the rows that SQL returns")
  func data() async throws {
    let store = try Store.shared()
    _ = try await store.sync()
    var charts = 0
    for dataset in try await store.definitions().datasets {
      for chart in dataset.settings.charts {
        let answer = try await store.data("\(dataset.name)/\(chart.name)", forced: true)
        try await compare(ExpectedRows(chart: chart, dataset: dataset), answer, store)
        charts += 1
      }
    }
    #expect(charts > 30)
  }

  @Test("with the initial filters of its dashboard, every chart has the rows that SQL returns")
  func filtered() async throws {
    let store = try Store.shared()
    _ = try await store.sync()
    let (datasets, dashboards) = try await store.definitions()
    var filtered = 0
    for dashboard in dashboards {
      for name in dashboard.rows.flatMap(\.places).map(\.chart) {
        let dataset = try #require(datasets.first { $0.name == name.dataset })
        let chart = try #require(dataset.settings.charts.first { $0.name == name.chart })
        let choice = DashboardChoice(dashboard, for: name, of: dataset)
        guard !choice.filters.isEmpty || choice.timeRange != nil else { continue }
        let number = try #require(try await store.number(.dataset, dataset.name))
        let query = ChartDrawing(chart, of: dataset, texts: Texts(), maxRows: 100_000).query
        let body = query.context(
          datasetID: number, chosen: choice.filters, timeRange: choice.timeRange, isForced: true)
        let answer = try await store.api.send("POST", "/api/v1/chart/data", body)["result"]?.items.first
        var expected = ExpectedRows(chart: chart, dataset: dataset)
        expected.conditions = Self.conditions(choice, dataset, try #require(answer))
        try await compare(expected, try #require(answer), store)
        filtered += 1
      }
    }
    #expect(filtered > 10)
  }

  /// The filters in SQL. The bounds of a time range are those that Superset reports.
  private static func conditions(
    _ choice: DashboardChoice, _ dataset: SupersetDataset, _ answer: OrderedJSON
  ) -> [String] {
    var conditions = choice.filters.map { filter in
      let values = (filter["val"]?.items ?? []).compactMap(\.text).map(SQLQuote.literal)
      return "\(SQLQuote.identifier(filter["col"]?.text ?? "")) in (\(values.joined(separator: ", ")))"
    }
    if choice.timeRange != nil, let column = dataset.timeColumn.map(dataset.expression) {
      for (key, sign) in [("from_dttm", ">="), ("to_dttm", "<")] {
        let milliseconds = answer[key]?.integer.map(String.init) ?? answer[key]?.compact ?? "null"
        conditions.append(
          "\(column) \(sign) (to_timestamp(\(milliseconds) / 1000.0) at time zone 'UTC')"
        )
      }
    }
    return conditions
  }

  /// With a limit, Superset may return any of several equal rows; each must be a row that SQL returns.
  func compare(_ expected: ExpectedRows, _ answer: OrderedJSON, _ store: Store) async throws {
    let name = "\(expected.dataset.name)/\(expected.chart.name)"
    #expect(answer["status"]?.text == "success", "\(name)")
    let found = expected.lines(answer["data"]?.items ?? [])
    // An age grows between the two queries.
    guard !expected.chart.y.contains("age_hours") else { return #expect(!found.isEmpty, "\(name)") }
    let all = expected.lines(try await store.rows(expected.sql))
    let limit = expected.chart.limit ?? all.count
    guard all.count > limit else { return #expect(found.sorted() == all.sorted(), "\(name)") }
    // Slices beyond the limit are one more.
    let alone = expected.chart.type == .pie ? found.filter { !$0.hasPrefix("Others | ") } : found
    #expect(found.count == limit + (expected.chart.type == .pie ? 1 : 0), "\(name)")
    #expect(alone.count == limit, "\(name)")
    #expect(Set(alone).isSubset(of: Set(all)), "\(name)")
    guard let metric = expected.chart.y.first, expected.chart.series == nil else { return }
    // The largest first; PostgreSQL sorts nulls as larger than any value. Bars without one are the last, slices zero.
    let null = [.bar: -Double.infinity, .pie: 0][expected.chart.type] ?? .infinity
    func values(_ lines: [String]) -> [Double] {
      lines.map { line in
        let cells = line.components(separatedBy: " | ")
        let cell =
          expected.chart.type == .table ? cells[expected.chart.columns.count] : cells[cells.count - 1]
        return Double(cell) ?? null
      }.sorted(by: >)
    }
    #expect(values(alone) == Array(values(all).prefix(limit)), "\(name): \(metric)")
  }
}
