import HTTPClient
import ReportModel

/// Lets dashboards show the rows that were just published: for the datasets concerned, and for no others.
///
/// Superset's answer to an invalidation is the same whether it found anything or could not look, so the datasets are
/// imported again besides, unchanged: entries of the cache belong to the moment a dataset changed.
package struct SupersetRefresh: Sendable {
  private let api: SupersetAPI
  private let bundle: AssetBundle
  private let dashboards: [Dashboard]
  private let datasets: [SupersetDataset]

  /// - Parameter client: its limits hold for each request.
  package init(
    _ bundle: AssetBundle, reports: [Report], dashboards: [Dashboard], url: String, account: SupersetAccount,
    client: HTTPClient
  ) {
    self.bundle = bundle
    self.dashboards = dashboards
    datasets = AssetBundle.datasets(reports, dashboards)
    api = SupersetAPI(url: url, account: account, client: client)
  }

  /// - Parameter names: of datasets; those that no sync has made yet are passed over.
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

  /// Superset shows a password that it keeps as ten letters.
  private func keepsPassword() async throws -> Bool {
    guard let database = bundle[AssetName(.database, bundle.databaseName)],
      let number = try await number(of: database)
    else { return false }
    let connection = try await api.get("/api/v1/database/\(number)/connection")["result"]
    return connection?["sqlalchemy_uri"]?.text?.contains(":XXXXXXXXXX@") ?? false
  }

  /// Superset reads the types of columns that it does not know yet; titles come with the import.
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

  /// Asks for every chart of these datasets as the browser will when a dashboard opens, so that it finds the answer.
  ///
  /// - Returns: warnings: what one chart says is no reason not to ask for the next.
  /// - Throws: `SupersetFailure` when Superset cannot be reached any more.
  package func warmUp(_ names: [String]) async throws -> [Diagnostic] {
    var warnings: [Diagnostic] = []
    for name in names {
      guard let dataset = datasets.first(where: { $0.name == name }),
        let asset = bundle[AssetName(.dataset, name)], let number = try await number(of: asset)
      else { continue }
      for query in queries(of: dataset, number: number) {
        do {
          try await api.send("POST", "/api/v1/chart/data", query.body)
        } catch let failure as SupersetFailure where failure.kind == .refused {
          warnings.append(
            Diagnostic(
              .warning, "Superset cannot draw chart \(query.chart)", detail: failure.diagnostic.detail,
              hint: failure.diagnostic.hint))
        }
      }
    }
    return warnings
  }

  private func queries(of dataset: SupersetDataset, number: Int) -> [(
    chart: Dashboard.ChartName, body: OrderedJSON
  )] {
    dashboards.flatMap { dashboard in
      dashboard.rows.flatMap(\.places).map(\.chart).filter { $0.dataset == dataset.name }.compactMap { name in
        guard let chart = dataset.settings.charts.first(where: { $0.name == name.chart }) else { return nil }
        let query = ChartDrawing(chart, of: dataset, texts: Texts()).query
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

/// What a dashboard's filters choose for one of its charts when it opens.
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
