import ReportModel

/// Superset's form data of a chart and the query that belongs to it, computed together so that they agree.
struct ChartDrawing {
  private(set) var visualization = ""
  private(set) var query = ChartQuery()
  private var members: [(String, OrderedJSON)] = []

  private let chart: SupersetChart
  private let dataset: SupersetDataset
  private let texts: Texts

  private static let palette = "supersetColors"

  init(_ chart: SupersetChart, of dataset: SupersetDataset, texts: Texts) {
    self.chart = chart
    self.dataset = dataset
    self.texts = texts
    query.timeColumn = dataset.timeColumn
    query.condition = chart.filter
    switch chart.type {
    case .line: drawSeries("echarts_timeseries_line")
    case .area: drawSeries("echarts_area")
    case .bar: drawSeries("echarts_timeseries_bar")
    case .pie: drawPie()
    case .number: drawNumber()
    case .table: drawTable()
    }
  }

  var params: OrderedJSON {
    .object(
      [("viz_type", .text(visualization))] + members + [
        ("adhoc_filters", .list(filters)), ("annotation_layers", .list([])), ("extra_form_data", .object([])),
      ])
  }

  private var filters: [OrderedJSON] {
    var filters: [OrderedJSON] = []
    if let column = dataset.timeColumn {
      filters.append(
        .object([
          ("clause", .text("WHERE")), ("comparator", .text("No filter")), ("expressionType", .text("SIMPLE")),
          ("operator", .text("TEMPORAL_RANGE")), ("subject", .text(column)),
        ]))
    }
    if let condition = chart.filter {
      filters.append(
        .object([
          ("clause", .text("WHERE")), ("expressionType", .text("SQL")), ("sqlExpression", .text(condition)),
        ]))
    }
    return filters
  }

  // MARK: Lines, areas, bars

  private mutating func drawSeries(_ visualization: String) {
    self.visualization = visualization
    let x = chart.x ?? ""
    let isTime = isTime(x)
    let grain = isTime ? chart.grain ?? .day : nil
    let series = chart.series.map { [$0] } ?? []
    let format = NumberFormat.d3(format(of: chart.y.first)) ?? "SMART_NUMBER"
    let limit = chart.limit ?? 10_000
    members = [("x_axis", .text(x))]
    if let grain { members.append(("time_grain_sqla", .text(Self.period(grain)))) }
    members += [
      ("metrics", names(chart.y)), ("groupby", names(series)), ("order_desc", .boolean(true)),
      ("row_limit", .integer(limit)), ("truncate_metric", .boolean(true)),
      ("show_empty_columns", .boolean(true)), ("comparison_type", .text("values")),
      ("color_scheme", .text(Self.palette)), ("seriesType", .text("line")), ("only_total", .boolean(true)),
      ("opacity", .decimal(0.2)), ("markerSize", .integer(6)),
      ("show_legend", .boolean(!series.isEmpty || chart.y.count > 1)), ("legendType", .text("scroll")),
      ("legendOrientation", .text("top")), ("rich_tooltip", .boolean(true)), ("y_axis_format", .text(format)),
      ("y_axis_bounds", .list([.null, .null])),
      ("x_axis_time_format", .text(DateFormat(locale: texts.locale).axis(grain ?? .day))),
      ("tooltipTimeFormat", .text(DateFormat(locale: texts.locale).axis(grain ?? .day))),
      ("stack", chart.isStacked ? .text("Stack") : .null), ("sort_series_type", .text("sum")),
    ]
    if chart.isLogarithmic { members.append(("logAxis", .boolean(true))) }
    if chart.type == .bar {
      members.append(("orientation", .text(chart.isHorizontal ? "horizontal" : "vertical")))
    }
    // Categories are sorted by value, the largest first; in a horizontal chart that is at the top.
    let isSorted = !isTime && series.isEmpty
    if isSorted {
      members += [
        ("x_axis_sort", .text(chart.y.first ?? "")), ("x_axis_sort_asc", .boolean(chart.isHorizontal)),
      ]
    }
    query.columns = [axis(x, grain)] + series.map(OrderedJSON.text)
    query.metrics = chart.y
    query.order = chart.y.prefix(1).map { .list([.text($0), .boolean(false)]) }
    query.grain = grain.map(Self.period)
    query.rowLimit = limit
    query.seriesColumns = series
    query.postProcessing =
      [pivot(x, series)] + renaming(series) + (isSorted ? [sorting] : []) + [
        .object([("operation", .text("flatten"))])
      ]
  }

  private func axis(_ x: String, _ grain: SupersetChart.Grain?) -> OrderedJSON {
    let step: [(String, OrderedJSON)] = grain.map { [("timeGrain", .text(Self.period($0)))] } ?? []
    return .object(
      step + [
        ("columnType", .text("BASE_AXIS")), ("sqlExpression", .text(x)), ("label", .text(x)),
        ("expressionType", .text("SQL")), ("isColumnReference", .boolean(true)),
      ])
  }

  private func pivot(_ x: String, _ series: [String]) -> OrderedJSON {
    .object([
      ("operation", .text("pivot")),
      (
        "options",
        .object([
          ("index", names([x])), ("columns", names(series)),
          ("aggregates", .object(chart.y.map { ($0, .object([("operator", .text("mean"))])) })),
          ("drop_missing_columns", .boolean(false)),
        ])
      ),
    ])
  }

  /// With one metric and several series, the legend shows the names of the series without the metric.
  private func renaming(_ series: [String]) -> [OrderedJSON] {
    guard chart.y.count == 1, !series.isEmpty else { return [] }
    return [
      .object([
        ("operation", .text("rename")),
        (
          "options",
          .object([
            ("columns", .object([(chart.y[0], .null)])), ("level", .integer(0)), ("inplace", .boolean(true)),
          ])
        ),
      ])
    ]
  }

  private var sorting: OrderedJSON {
    .object([
      ("operation", .text("sort")),
      (
        "options",
        .object([("by", .text(chart.y.first ?? "")), ("ascending", .boolean(chart.isHorizontal))])
      ),
    ])
  }

  private static func period(_ grain: SupersetChart.Grain) -> String {
    switch grain {
    case .day: "P1D"
    case .week: "P1W"
    case .month: "P1M"
    case .quarter: "P3M"
    case .year: "P1Y"
    }
  }

  // MARK: Pies and numbers

  /// A ring with the total inside. A tooltip shows the values.
  private mutating func drawPie() {
    visualization = "pie"
    let metric = chart.y.first ?? ""
    let limit = chart.limit ?? 100
    members = [
      ("groupby", names([chart.x ?? ""])), ("metric", .text(metric)), ("row_limit", .integer(limit)),
      ("sort_by_metric", .boolean(true)), ("color_scheme", .text(Self.palette)),
      ("show_labels_threshold", .integer(2)), ("show_legend", .boolean(false)),
      ("legendType", .text("scroll")),
      ("legendOrientation", .text("top")), ("label_type", .text("key_percent")),
      ("number_format", .text(NumberFormat.d3(format(of: metric)) ?? "SMART_NUMBER")),
      ("date_format", .text(DateFormat(locale: texts.locale).day)), ("show_labels", .boolean(true)),
      ("labels_outside", .boolean(true)), ("label_line", .boolean(true)), ("outerRadius", .integer(65)),
      ("innerRadius", .integer(50)), ("donut", .boolean(true)), ("show_total", .boolean(true)),
    ]
    query.columns = [.text(chart.x ?? "")]
    query.metrics = [metric]
    query.order = [.list([.text(metric), .boolean(false)])]
    query.rowLimit = limit
    query.postProcessing = [
      .object([
        ("operation", .text("contribution")),
        (
          "options",
          .object([("columns", names([metric])), ("rename_columns", names([metric + "__contribution"]))])
        ),
      ])
    ]
  }

  private mutating func drawNumber() {
    visualization = "big_number_total"
    let metric = chart.y.first ?? ""
    members = [
      ("metric", .text(metric)), ("header_font_size", .decimal(0.4)), ("subtitle_font_size", .decimal(0.15)),
      ("subheader_font_size", .decimal(0.15)),
      ("y_axis_format", .text(NumberFormat.d3(format(of: metric)) ?? "SMART_NUMBER")),
      ("time_format", .text(DateFormat(locale: texts.locale).day)),
    ]
    query.metrics = [metric]
  }

  // MARK: Tables

  private mutating func drawTable() {
    visualization = "table"
    let limit = chart.limit ?? 1000
    let shown = chart.columns + chart.y
    let formats = shown.compactMap { name -> (String, OrderedJSON)? in
      if let format = NumberFormat.d3(format(of: name)) {
        return (name, .object([("d3NumberFormat", .text(format))]))
      }
      guard type(of: name)?.hasClock ?? false else { return nil }
      return (name, .object([("d3TimeFormat", .text(DateFormat(locale: texts.locale).moment))]))
    }
    members = [
      ("query_mode", .text(chart.y.isEmpty ? "raw" : "aggregate")),
      ("all_columns", names(chart.y.isEmpty ? chart.columns : [])),
      ("groupby", names(chart.y.isEmpty ? [] : chart.columns)), ("metrics", names(chart.y)),
      ("order_desc", .boolean(true)), ("row_limit", .integer(limit)), ("server_page_length", .integer(10)),
      ("page_length", .integer(20)),
      ("table_timestamp_format", .text(DateFormat(locale: texts.locale).day)),
      ("show_cell_bars", .boolean(true)), ("color_pn", .boolean(false)), ("include_search", .boolean(false)),
      // Values are text, never markup.
      ("allow_render_html", .boolean(false)),
      ("column_config", .object(formats)),
    ]
    query.columns = chart.columns.map(OrderedJSON.text)
    query.rowLimit = limit
    let order = chart.order.map { OrderedJSON.list([.text($0.column), .boolean(!$0.descending)]) }
    if chart.y.isEmpty {
      members.append(("order_by_cols", .list(order.map { .text($0.compact.replacing(",", with: ", ")) })))
      query.order = order
    } else {
      query.metrics = chart.y
      // Superset sorts an aggregated table by one metric.
      let key =
        chart.order.first { chart.y.contains($0.column) } ?? .init(column: chart.y[0], descending: true)
      members += [("timeseries_limit_metric", .text(key.column))]
      members = members.map { $0.0 == "order_desc" ? ("order_desc", .boolean(key.descending)) : $0 }
      query.order = [.list([.text(key.column), .boolean(!key.descending)])]
      query.sortMetric = key.column
    }
  }

  // MARK: Columns and metrics

  private func names(_ list: [String]) -> OrderedJSON { .list(list.map(OrderedJSON.text)) }

  private func isTime(_ column: String) -> Bool {
    type(of: column)?.isTime ?? false
  }

  private func type(of name: String) -> ColumnType? {
    let column = dataset.column(name) ?? dataset.settings.computed.first { $0.name == name }?.column
    return column.map { ColumnType($0, isTime: name == dataset.timeColumn) }
  }

  /// The format of a metric or a column.
  private func format(of name: String?) -> Column.Format? {
    name.flatMap { dataset.settings.metric($0)?.format ?? dataset.column($0)?.format }
  }
}
