import HTTPClient
import ReportModel

/// Removes cached results of datasets whose rows were published, so that dashboards show the new rows.
///
/// Superset's response to a cache invalidation does not tell whether it succeeded. The datasets are therefore imported
/// again as well: the time of a dataset's last change is part of the cache key.
package struct SupersetRefresh: Sendable {
  private let api: SupersetAPI
  private let bundle: AssetBundle

  /// - Parameter client: its limits apply to each request.
  package init(_ bundle: AssetBundle, url: String, account: SupersetAccount, client: HTTPClient) {
    self.bundle = bundle
    api = SupersetAPI(url: url, account: account, client: client)
  }

  /// Refreshes columns, definition and cache of some datasets.
  ///
  /// - Parameter names: of datasets. Those that Superset does not have are skipped.
  /// - Throws: `SupersetFailure`.
  package func run(_ names: [String]) async throws {
    var there: [(asset: Asset, number: Int)] = []
    for name in names {
      guard let asset = bundle[AssetName(.dataset, name)] else { continue }
      if let number = try await number(of: asset) { there.append((asset, number)) }
    }
    guard !there.isEmpty else { return }
    try await readColumns(there)
    try await BundleUpload(bundle, datasets: there.map(\.asset), hasPassword: try await keepsPassword())
      .send(to: api)
    for (asset, number) in there where !bundle.isComplete(asset) { try await refresh(number) }
    try await invalidate(there.map(\.asset))
  }

  /// Whether Superset stores a password for the connection: its URI then contains the mask `XXXXXXXXXX`.
  private func keepsPassword() async throws -> Bool {
    guard let database = bundle[AssetName(.database, bundle.databaseName)],
      let number = try await number(of: database)
    else { return false }
    let connection = try await api.get("/api/v1/database/\(number)/connection")["result"]
    return connection?["sqlalchemy_uri"]?.text?.contains(":XXXXXXXXXX@") ?? false
  }

  /// Makes Superset read the columns of tables that have new ones. Their titles come with the import.
  private func readColumns(_ there: [(asset: Asset, number: Int)]) async throws {
    for (asset, number) in there where bundle.isComplete(asset) {
      let found = try await api.get("/api/v1/dataset/\(number)")["result"]?["columns"]?.items ?? []
      let names = Set(found.compactMap { $0["column_name"]?.text })
      let wanted = Set((asset.content["columns"]?.items ?? []).compactMap { $0["column_name"]?.text })
      if names != wanted || found.contains(where: { ($0["type"]?.text ?? "").isEmpty }) {
        try await refresh(number)
      }
    }
  }

  private func refresh(_ number: Int) async throws {
    try await api.send("PUT", "/api/v1/dataset/\(number)/refresh")
  }

  private func invalidate(_ assets: [Asset]) async throws {
    let sources = assets.map { asset in
      OrderedJSON.object([
        ("database_name", .text(bundle.databaseName)),
        ("datasource_name", asset.content["table_name"] ?? .null),
        ("schema", asset.content["schema"] ?? .null),
        ("datasource_type", .text("table")),
      ])
    }
    try await api.send("POST", "/api/v1/cachekey/invalidate", .object([("datasources", .list(sources))]))
  }

  private func number(of asset: Asset) async throws -> Int? {
    try await AssetLookup(api: api, project: bundle.databaseName).number(of: asset)
  }

  // MARK: Warming up

  /// Sends the query of every chart of these datasets as the browser does when a dashboard opens, so that the result is in
  /// the cache.
  ///
  /// - Returns: a warning for each query that Superset refused.
  /// - Throws: `SupersetFailure` when Superset cannot be reached.
  package func warmUp(_ names: [String]) async throws -> [Diagnostic] {
    var warnings: [Diagnostic] = []
    for name in names {
      guard let dataset = bundle.datasets.first(where: { $0.name == name }),
        let asset = bundle[AssetName(.dataset, name)], let number = try await number(of: asset)
      else { continue }
      for query in queries(of: dataset, number: number) {
        do {
          try await api.send("POST", "/api/v1/chart/data", query.body)
        } catch let failure as SupersetFailure where failure.kind == .refused {
          // Its reason has the words of the database, which can quote rows: warnings go to logs and hooks.
          warnings.append(
            Diagnostic(
              .warning, "Superset refused the query of chart \(query.chart)",
              hint: failure.diagnostic.hint ?? "Open the chart in Superset: it shows the reason."))
        }
      }
    }
    return warnings
  }

  private func queries(of dataset: SupersetDataset, number: Int) -> [(
    chart: Dashboard.ChartName, body: OrderedJSON
  )] {
    bundle.dashboards.flatMap { dashboard in
      dashboard.rows.flatMap(\.places).map(\.chart).filter { $0.dataset == dataset.name }.compactMap { name in
        guard let chart = dataset.settings.charts.first(where: { $0.name == name.chart }) else { return nil }
        let query = ChartDrawing(chart, of: dataset, texts: Texts(), maxRows: bundle.maxRows).query
        let initial = DashboardChoice(dashboard, for: name, of: dataset)
        return (
          name,
          query.context(
            datasetID: number, chosen: initial.filters, timeRange: initial.timeRange,
            isForced: true)
        )
      }
    }
  }
}

/// The initial filters of a dashboard that apply to one of its charts.
struct DashboardChoice {
  private(set) var filters: [OrderedJSON] = []
  private(set) var timeRange: String?

  init(_ dashboard: Dashboard, for chart: Dashboard.ChartName, of dataset: SupersetDataset) {
    for filter in dashboard.filters where !filter.initial.isEmpty && !filter.except.contains(chart) {
      switch filter.kind {
      case .time: if dataset.timeColumn != nil { timeRange = filter.initial[0] }
      case .select:
        guard let column = filter.column, dataset.has(column) else { continue }
        filters.append(FilterWriter.choice(column, .list(filter.initial.map(OrderedJSON.text))))
      }
    }
  }
}
