import ReportModel

/// The key `superset` of a report, and every key of a dashboard's file: what the readers take, and what
/// `docs/report.schema.json` and `docs/dashboard.schema.json` say.
enum SupersetKeys {
  typealias Key = KeyTable.Key

  // MARK: Beside a report's columns

  static let settings = KeyTable([
    Key("metrics", .named(.name, .map(metric)), "Named aggregates, such as {units: {sql: sum(quantity)}}."),
    Key("computed", .named(.name, .map(computed)), "Columns that Superset computes when it asks for rows."),
    Key("charts", .named(.assetName, .map(chart)), "Charts for dashboards, by names that stay."),
  ])

  static let metric = KeyTable([
    Key("sql", .text, required: true, "An aggregate over the table's columns, such as sum(total_amount)."),
    Key("title", .text, "What people see."), Key("description", .text, "What the number means."),
    Key("format", ReportKeys.words(Column.Format.self), "How the values are shown."),
  ])

  static let computed = KeyTable([
    Key("sql", .text, required: true, "An expression over the table's columns."),
    Key("title", .text, "What people see."), Key("description", .text, "What the column means."),
    Key("format", ReportKeys.words(Column.Format.self), "What the values are (default text)."),
  ])

  static let chart = KeyTable([
    Key("type", ReportKeys.words(SupersetChart.Mark.self), required: true, "How the values are drawn."),
    Key("title", .text, required: true, "The line above the chart."),
    Key("description", .text, "What the chart shows."),
    Key("x", .format(.name), "The column along the bottom, or of which each value is a slice."),
    Key(
      "grain", ReportKeys.words(SupersetChart.Grain.self), "The step of an x that is a time (default day)."),
    Key("y", .either([.format(.name), names]), "A metric, or a list of metrics."),
    Key("series", .format(.name), "One line or colour for each value of this column."),
    Key("columns", names, "The columns of a table; with y those it is grouped by."),
    Key(
      "order_by", .list(.format(.sortKey)), "Columns and metrics that sort a table, such as [\"day desc\"]."),
    Key("limit", .integer(1...50_000), "How many rows, bars or slices there are at most."),
    Key("filter", .text, "A condition in SQL, such as valid_to is null."),
    Key("stacked", .boolean, "Whether series stand on each other (default false)."),
    Key("horizontal", .boolean, "Whether bars lie (default false)."),
    Key("logarithmic", .boolean, "Whether the scale of the values is logarithmic (default false)."),
  ])

  // MARK: Dashboards

  static let dashboard = KeyTable([
    Key("title", .text, required: true, "The dashboard's name, as people see it."),
    Key("description", .text, "What it is for."), Key("owner", .text, "Who answers questions about it."),
    Key("filters", .list(.map(filter), minimum: 0), "What readers may narrow the charts by."),
    Key("rows", .list(.either([.list(place), .map(row)])), required: true, "Rows of charts, from the top."),
    Key("datasets", .named(.assetName, .map(dataset)), "Tables and views that no report makes."),
  ])

  static let filter = KeyTable([
    Key("type", ReportKeys.words(Dashboard.Filter.Kind.self), required: true, "A span of time, or values."),
    Key("title", .text, required: true, "What people see."),
    Key("column", .format(.name), "The column whose values are chosen; charts without it are not filtered."),
    Key(
      "default", .either([.text, .list(.text)]), "The span or the values at first, such as Last quarter."),
    Key("single", .boolean, "Whether one value is always chosen (default false)."),
    Key("except", .list(.format(.chartName)), "Charts of the dashboard that it leaves alone."),
  ])

  static let row = KeyTable([
    Key("charts", .list(place), required: true, "The charts beside each other."),
    Key("title", .text, "A line above them."),
    Key("height", .integer(10...200), "In steps of 8 pixels (default 50)."),
  ])

  private static let place = Shape.either([.format(.chartName), .map(placed)])

  static let placed = KeyTable([
    Key("chart", .format(.chartName), required: true, "The chart, as REPORT/CHART."),
    Key("width", .integer(1...12), "In twelfths of the row (default what the others leave)."),
  ])

  static let dataset = KeyTable(
    [
      Key("table", .format(.table), required: true, "The table or view, as schema.name."),
      Key("title", .text, required: true, "What people see."),
      Key("description", .text, "What its rows are."),
      Key("owner", .text, "Who answers questions about it."),
      Key("time_column", .format(.name), "The column that filters of time go by."),
      Key("columns", .named(.name, .map(ReportKeys.column)), required: true, "Its columns, in their order."),
    ] + settings.keys)

  private static let names = Shape.list(.format(.name))
}

extension Shape.Format {
  static let assetName = Self(
    says: "a name of lower-case letters, digits and hyphens, at most 60 bytes",
    pattern: "^[a-z0-9][a-z0-9-]{0,59}$", isValid: DefinitionSearch.isReportName)

  static let chartName = Self(
    says: "a chart as REPORT/CHART, such as sales-daily/revenue",
    pattern: "^[a-z0-9][a-z0-9-]*/[a-z0-9][a-z0-9-]*$",
    isValid: { Dashboard.ChartName(written: $0) != nil })
}

extension Dashboard.ChartName {
  init?(written text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, parts.allSatisfy(DefinitionSearch.isReportName) else { return nil }
    self.init(dataset: parts[0], chart: parts[1])
  }
}
