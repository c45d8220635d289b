import ReportModel

/// Writes the native filters of a dashboard.
struct FilterWriter {
  private let dashboard: Dashboard
  private let datasets: [String: SupersetDataset]
  private let layout: DashboardLayout

  init(_ dashboard: Dashboard, _ datasets: [SupersetDataset], _ layout: DashboardLayout) {
    self.dashboard = dashboard
    self.datasets = Dictionary(datasets.map { ($0.name, $0) }) { first, _ in first }
    self.layout = layout
  }

  func filter(_ filter: Dashboard.Filter, number: Int, writer: AssetWriter) -> OrderedJSON {
    let (kind, target, controls): (String, OrderedJSON, [(String, OrderedJSON)])
    switch filter.kind {
    case .time:
      (kind, target) = ("filter_time", .object([]))
      controls = [("enableEmptyFilter", .boolean(false))]
    case .select:
      kind = "filter_select"
      target = .object([
        ("column", .object([("name", .text(filter.column ?? ""))])),
        ("datasetUuid", .text(writer.id(.dataset, source(of: filter)?.name ?? "").description)),
      ])
      controls = [
        ("enableEmptyFilter", .boolean(filter.isSingle)), ("defaultToFirstItem", .boolean(false)),
        ("multiSelect", .boolean(!filter.isSingle)), ("searchAllOptions", .boolean(false)),
        ("inverseSelection", .boolean(false)),
      ]
    }
    return .object([
      ("id", .text("NATIVE_FILTER-\(number)")), ("type", .text("NATIVE_FILTER")), ("filterType", .text(kind)),
      ("name", .text(writer.texts[filter.title])), ("description", .text("")),
      (
        "scope",
        .object([
          ("rootPath", .list([.text("ROOT_ID")])),
          ("excluded", .list(excluded(filter).map(OrderedJSON.integer))),
        ])
      ), ("targets", .list([target])), ("controlValues", .object(controls)),
      ("defaultDataMask", initial(filter)), ("cascadeParentIds", .list([])),
    ])
  }

  private func source(of filter: Dashboard.Filter) -> SupersetDataset? {
    layout.charts.lazy.compactMap { datasets[$0.name.dataset] }.first { has(filter, $0) }
  }

  private func has(_ filter: Dashboard.Filter, _ dataset: SupersetDataset) -> Bool {
    filter.column.map(dataset.has) ?? (dataset.timeColumn != nil)
  }

  /// The numbers of charts whose dataset does not have the column, and of those that the filter excludes.
  private func excluded(_ filter: Dashboard.Filter) -> [Int] {
    layout.charts.filter { chart in
      filter.except.contains(chart.name) || !(datasets[chart.name.dataset].map { has(filter, $0) } ?? false)
    }
    .map(\.number)
  }

  private func initial(_ filter: Dashboard.Filter) -> OrderedJSON {
    guard !filter.initial.isEmpty else {
      return .object([
        ("extraFormData", .object([])), ("filterState", .object([])), ("ownState", .object([])),
      ])
    }
    let values = OrderedJSON.list(filter.initial.map(OrderedJSON.text))
    let form: [(String, OrderedJSON)]
    let state: [(String, OrderedJSON)]
    switch filter.kind {
    case .time:
      form = [("time_range", .text(filter.initial[0]))]
      state = [("value", .text(filter.initial[0]))]
    case .select:
      form = [("filters", .list([Self.choice(filter.column ?? "", values)]))]
      state = [("label", .text(filter.initial.joined(separator: ", "))), ("value", values)]
    }
    return .object([
      ("extraFormData", .object(form)), ("filterState", .object(state)), ("ownState", .object([])),
    ])
  }

  static func choice(_ column: String, _ values: OrderedJSON) -> OrderedJSON {
    .object([("col", .text(column)), ("op", .text("IN")), ("val", values)])
  }
}
