import ReportModel

/// The query of a chart, with exactly the keys that the browser sends: all of them are part of Superset's cache key.
struct ChartQuery: Sendable {
  var columns: [OrderedJSON] = []
  /// nil for rows that are not aggregated.
  var metrics: [String]?
  var order: [OrderedJSON] = []
  /// The dataset's time column, which time filters use.
  var timeColumn: String?
  /// A condition in SQL.
  var condition: String?
  var grain: String?
  var rowLimit: Int?
  var seriesColumns: [String]?
  var postProcessing: [OrderedJSON] = []
  /// The metric by which rows or series are sorted.
  var sortMetric: OrderedJSON?
  /// A metric that is not drawn.
  var extraMetric: OrderedJSON?
  var isDescending = true
  /// How many series stand alone; 0 for all.
  var seriesLimit = 0
  /// Whether the other series are summed up.
  var groupsOthers = false

  /// - Parameters:
  ///   - datasetID: Superset's number of the dataset; an import replaces it.
  ///   - chosen: the initial filters of a dashboard.
  ///   - timeRange: of the dataset's time column; nil for all times.
  ///   - isForced: whether Superset queries the database even when the cache has a result.
  func context(
    datasetID: Int = 1, chosen: [OrderedJSON] = [], timeRange: String? = nil, isForced: Bool = false
  ) -> OrderedJSON {
    .object([
      ("datasource", .object([("id", .integer(datasetID)), ("type", .text("table"))])),
      ("force", .boolean(isForced)), ("queries", .list([query(chosen, timeRange)])),
      ("result_format", .text("json")),
      ("result_type", .text("full")),
    ])
  }

  private func query(_ chosen: [OrderedJSON], _ timeRange: String?) -> OrderedJSON {
    var members: [(String, OrderedJSON)] = [
      ("filters", .list(chosen + timeFilter)), ("extras", extras),
      ("applied_time_extras", .object([])),
      ("columns", .list(columns)),
    ]
    if let timeRange { members.append(("time_range", .text(timeRange))) }
    if let metrics {
      members.append(("metrics", .list(metrics.map(OrderedJSON.text) + [extraMetric].compactMap(\.self))))
    }
    if !order.isEmpty { members.append(("orderby", .list(order))) }
    members.append(("annotation_layers", .list([])))
    if let rowLimit { members.append(("row_limit", .integer(rowLimit))) }
    if let seriesColumns { members.append(("series_columns", .list(seriesColumns.map(OrderedJSON.text)))) }
    if let sortMetric { members.append(("series_limit_metric", sortMetric)) }
    return .object(
      members + [
        ("series_limit", .integer(seriesLimit)), ("order_desc", .boolean(isDescending)),
        ("url_params", .object([])),
        ("custom_params", .object([])), ("custom_form_data", .object([])), ("time_offsets", .list([])),
        ("post_processing", .list(postProcessing)),
        ("group_others_when_limit_reached", .boolean(groupsOthers)),
      ])
  }

  private var timeFilter: [OrderedJSON] {
    guard let timeColumn else { return [] }
    return [
      .object([
        ("col", .text(timeColumn)), ("op", .text("TEMPORAL_RANGE")), ("val", .text("No filter")),
      ])
    ]
  }

  private var extras: OrderedJSON {
    let step: [(String, OrderedJSON)] = grain.map { [("time_grain_sqla", .text($0))] } ?? []
    return .object(
      step + [("having", .text("")), ("where", .text(condition.map { "(\($0))" } ?? ""))])
  }
}
