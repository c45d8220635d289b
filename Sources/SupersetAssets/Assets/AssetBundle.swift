import ReportModel

/// All assets that a project defines in Superset, in Superset's export format.
///
/// Equal definitions give equal bytes.
package struct AssetBundle: Sendable {
  /// The name of the database connection, which also identifies the project.
  package var databaseName: String
  /// The connection first, then datasets, charts and dashboards, each sorted by name.
  package var assets: [Asset]
  /// As charts use them, sorted by name.
  let datasets: [SupersetDataset]
  let dashboards: [Dashboard]
  /// The most rows that Superset gives a chart.
  package let maxRows: Int
  /// The names of datasets whose definition does not list all columns.
  private let incomplete: Set<String>

  /// - Parameters:
  ///   - databaseName: the name of the database connection.
  ///   - databaseURI: a SQLAlchemy URI without a password.
  ///   - texts: translations of titles and descriptions.
  package init(
    reports: [Report], dashboards: [Dashboard], databaseName: String, databaseURI: String,
    texts: Texts = Texts(), context: AssetContext = AssetContext()
  ) {
    self.databaseName = databaseName
    self.dashboards = dashboards
    maxRows = context.maxRows
    existingTables = Set(context.tables.keys)
    datasets = Self.datasets(reports, dashboards, context)
    incomplete = Set(datasets.filter { !$0.isComplete }.map(\.name))
    let (datasets, writer) = (datasets, AssetWriter(project: databaseName, texts: texts, maxRows: maxRows))
    let charts = datasets.flatMap { dataset in dataset.settings.charts.map { (dataset, $0) } }
    assets = [writer.database(databaseName, uri: databaseURI)]
    assets += datasets.map(writer.dataset)
    assets += charts.map { writer.chart($0.1, of: $0.0) }.sorted { $0.name.name < $1.name.name }
    assets += dashboards.sorted { $0.name < $1.name }.map { writer.dashboard($0, datasets) }
  }

  /// The datasets of reports and of dashboards as charts use them, sorted by name.
  static func datasets(
    _ reports: [Report], _ dashboards: [Dashboard], _ context: AssetContext
  ) -> [SupersetDataset] {
    defined(reports, dashboards, timezone: context.timezone).map {
      $0.typed(by: context.tables[$0.table]).shown()
    }
  }

  /// The same as the definitions have them.
  private static func defined(
    _ reports: [Report], _ dashboards: [Dashboard], timezone: String = "UTC"
  ) -> [SupersetDataset] {
    let own = dashboards.flatMap(\.datasets).map { dataset in
      var dataset = dataset
      dataset.timezone = timezone
      return dataset
    }
    return (reports.compactMap { SupersetDataset($0) } + own).sorted { $0.name < $1.name }
  }

  /// The tables and views that exist by the catalogs.
  let existingTables: Set<QualifiedName>

  /// The tables and views that the datasets are made of.
  package static func tables(_ reports: [Report], _ dashboards: [Dashboard]) -> [QualifiedName] {
    defined(reports, dashboards).map(\.table)
  }

  /// Whether the definition lists all columns of a dataset's table; true for other assets.
  func isComplete(_ asset: Asset) -> Bool {
    asset.name.kind != .dataset || !incomplete.contains(asset.name.name)
  }

  /// nil when the project does not define the asset.
  package subscript(name: AssetName) -> Asset? { assets.first { $0.name == name } }

  /// Paths and contents of the files, `metadata.yaml` first.
  package var files: [(path: String, text: String)] { Self.files(of: assets) }

  static func files(of assets: [Asset]) -> [(path: String, text: String)] {
    // A fixed time, because bundles are compared byte by byte.
    let metadata = OrderedJSON.object([
      ("version", .text(AssetWriter.version)), ("type", .text("assets")),
      ("timestamp", .text("2000-01-01T00:00:00+00:00")),
    ])
    return [("metadata.yaml", metadata.pretty)] + assets.map { ($0.path, $0.content.pretty) }
  }

  /// The files as a ZIP archive, in the top-level folder that Superset requires.
  package var zip: [UInt8] {
    ZIPWriter.archive(files.map { ("reportgen/" + $0.path, Array($0.text.utf8)) })
  }

  /// Every title and description that Superset shows, for translation; sorted, without duplicates.
  package static func texts(reports: [Report], dashboards: [Dashboard]) -> [String] {
    var texts: [String?] = []
    for dataset in defined(reports, dashboards) {
      texts += [dataset.title, dataset.description]
      for column in dataset.columns { texts += [column.title, column.description] }
      for column in dataset.settings.computed { texts += [column.title, column.description] }
      for metric in dataset.settings.metrics { texts += [metric.title, metric.description] }
      for chart in dataset.settings.charts { texts += [chart.title, chart.description] }
    }
    for dashboard in dashboards {
      texts += [dashboard.title, dashboard.description] + dashboard.filters.map(\.title)
      texts += dashboard.rows.map(\.title)
    }
    return Set(texts.compactMap { $0 }).sorted()
  }
}
