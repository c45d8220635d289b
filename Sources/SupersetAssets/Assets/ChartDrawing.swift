import ReportModel

/// Superset's form data of a chart and the query that belongs to it, computed together so that they agree.
struct ChartDrawing {
  private(set) var visualization = ""
  private(set) var query = ChartQuery()
  private var members: [(String, OrderedJSON)] = []

  private let chart: SupersetChart
  private let dataset: SupersetDataset
  private let texts: Texts
  private let maxRows: Int

  private static let palette = "supersetColors"

  /// - Parameters:
  ///   - dataset: as `shown()` returns it.
  ///   - maxRows: what a chart without a limit asks for.
  init(_ chart: SupersetChart, of dataset: SupersetDataset, texts: Texts, maxRows: Int) {
    self.chart = chart
    self.dataset = dataset
    self.texts = texts
    self.maxRows = maxRows
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
    let format = NumberFormat.axis(format(of: chart.y.first)) ?? "SMART_NUMBER"
    let rowLimit = series.isEmpty ? chart.limit ?? maxRows : maxRows
    members = [("x_axis", .text(x))]
    if let grain { members.append(("time_grain_sqla", .text(Self.period(grain)))) }
    members += [
      ("metrics", names(chart.y)), ("groupby", names(series)),
      ("row_limit", .integer(rowLimit)), ("truncate_metric", .boolean(true)),
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
    if self.format(of: chart.y.first) == .integer { members.append(("echart_options", wholeSteps)) }
    if chart.isLogarithmic { members.append(("logAxis", .boolean(true))) }
    if chart.type == .bar {
      members.append(("orientation", .text(chart.isHorizontal ? "horizontal" : "vertical")))
    }
    query.columns = [axis(x, grain)] + series.map(OrderedJSON.text)
    query.metrics = chart.y
    query.order = chart.y.prefix(1).map { .list([.text($0), .boolean(false)]) }
    query.grain = grain.map(Self.period)
    query.rowLimit = rowLimit
    query.seriesColumns = series
    let sorting = isRanked(x) ? sort(x) : []
    query.postProcessing =
      [pivot(x, series)] + renaming(series) + sorting + [.object([("operation", .text("flatten"))])]
    if !series.isEmpty, let limit = chart.limit { limitSeries(to: limit) }
    members.append(("order_desc", .boolean(query.isDescending)))
  }

  /// No ticks between whole numbers. Superset 6.1 and later know it; a horizontal chart has its values along x.
  private var wholeSteps: OrderedJSON {
    let axis = chart.isHorizontal ? "xAxis" : "yAxis"
    return .text(OrderedJSON.object([(axis, .object([("minInterval", .integer(1))]))]).compact)
  }

  // MARK: Limits and order

  /// The largest series stand alone. Superset 6 and later sum up the others, earlier ones leave them out; `LimitNote` says
  /// so.
  private mutating func limitSeries(to limit: Int) {
    guard let metric = chart.y.first.flatMap({ dataset.settings.metric($0) }) else { return }
    // Superset sorts in descending order, where PostgreSQL puts nulls first.
    let largest = XOrder.metric("coalesce(\(metric.sql), 0)", label: "size of series")
    members += [
      ("limit", .integer(limit)), ("timeseries_limit_metric", largest),
      ("group_others_when_limit_reached", .boolean(true)),
    ]
    query.seriesLimit = limit
    query.groupsOthers = true
    query.sortMetric = largest
    query.order = [.list([largest, .boolean(false)])]
  }

  /// Whether the values of x are sorted by a metric that is not drawn. Superset cannot do it with series.
  private func isRanked(_ x: String) -> Bool { chart.series == nil && !isTime(x) }

  private mutating func sort(_ x: String) -> [OrderedJSON] {
    let column = dataset.expression(x)
    let metric = chart.y.first.flatMap { dataset.settings.metric($0)?.sql } ?? "0"
    let sql =
      switch chart.sort {
      case .x: XOrder.rank(column)
      // Ascending, so that bars without a value are the last.
      case .value: "-(\(metric))"
      case nil: chart.type == .bar ? XOrder.rankOrValue(column, metric) : XOrder.rank(column)
      }
    let order = XOrder.metric(sql, label: XOrder.label)
    // A horizontal chart begins at the bottom.
    members += [
      ("timeseries_limit_metric", order), ("x_axis_sort", .text(XOrder.label)),
      ("x_axis_sort_asc", .boolean(!chart.isHorizontal)),
    ]
    query.extraMetric = order
    query.sortMetric = order
    query.isDescending = false
    query.order = [.list([order, .boolean(true)])]
    return [sorting(by: XOrder.label, ascending: !chart.isHorizontal)]
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
    let drawn = chart.y + (isRanked(x) ? [XOrder.label] : [])
    return .object([
      ("operation", .text("pivot")),
      (
        "options",
        .object([
          ("index", names([x])), ("columns", names(series)),
          ("aggregates", .object(drawn.map { ($0, .object([("operator", .text("mean"))])) })),
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

  private func sorting(by label: String, ascending: Bool) -> OrderedJSON {
    .object([
      ("operation", .text("sort")),
      ("options", .object([("by", .text(label)), ("ascending", .boolean(ascending))])),
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
    members = [
      ("groupby", names([chart.x ?? ""])), ("metric", .text(metric)), ("row_limit", .integer(maxRows)),
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
    query.rowLimit = maxRows
    if let limit = chart.limit {
      // Slices are series here, so that the total counts the others, too.
      members.append(("series_columns", names([chart.x ?? ""])))
      query.seriesColumns = [chart.x ?? ""]
      limitSeries(to: limit)
    }
    query.order = [.list([.text(metric), .boolean(false)])]
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
    let limit = chart.limit ?? maxRows
    let columns = chart.columns.map { ($0, cellFormat(ofColumn: $0)) }
    let metrics = chart.y.map { ($0, NumberFormat.d3(format(of: $0)).map(Self.cell)) }
    let formats = (columns + metrics).compactMap { name, format in format.map { (name, $0) } }
    members = [
      ("query_mode", .text(chart.y.isEmpty ? "raw" : "aggregate")),
      ("all_columns", names(chart.y.isEmpty ? chart.columns : [])),
      ("groupby", names(chart.y.isEmpty ? [] : chart.columns)), ("metrics", names(chart.y)),
      ("row_limit", .integer(limit)), ("server_page_length", .integer(10)),
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
      query.isDescending = key.descending
      query.order = [.list([.text(key.column), .boolean(!key.descending)])]
      query.sortMetric = .text(key.column)
    }
    members.append(("order_desc", .boolean(query.isDescending)))
  }

  /// Numbers that name things, and numbers without a format, are written as they are, without a bar behind them.
  private func cellFormat(ofColumn name: String) -> OrderedJSON? {
    func plain(_ format: String) -> OrderedJSON {
      .object([("d3NumberFormat", .text(format)), ("showCellBars", .boolean(false))])
    }
    if dataset.isIdentifier(name) { return plain("d") }
    if let format = NumberFormat.d3(dataset.format(ofColumn: name)) { return Self.cell(format) }
    guard let type = dataset.type(of: name) else { return nil }
    if type.kind == .number { return plain("~f") }
    guard type.hasClock else { return nil }
    return .object([("d3TimeFormat", .text(DateFormat(locale: texts.locale).moment))])
  }

  private static func cell(_ format: String) -> OrderedJSON {
    .object([("d3NumberFormat", .text(format))])
  }

  // MARK: Columns and metrics

  private func names(_ list: [String]) -> OrderedJSON { .list(list.map(OrderedJSON.text)) }

  private func isTime(_ column: String) -> Bool { dataset.type(of: column)?.isTime ?? false }

  private func format(of metric: String?) -> Column.Format? {
    metric.flatMap { dataset.settings.metric($0)?.format }
  }
}
