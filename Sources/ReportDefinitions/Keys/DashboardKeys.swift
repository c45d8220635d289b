import ReportModel

/// Every key of a dashboard's file: what the reader takes, and what `docs/dashboard.schema.json` says.
enum DashboardKeys {
  typealias Key = KeyTable.Key

  static let root = KeyTable([
    Key("title", .text, required: true, "The dashboard's name, as people see it."),
    Key("description", .text, "What it is for."), Key("owner", .text, "Who answers questions about it."),
    Key("filters", .list(.map(filter), minimum: 0), "What readers may narrow the charts by."),
    Key("rows", .list(.either([.list(place), .map(row)])), required: true, "Rows of charts, from the top."),
    Key("datasets", .named(.assetName, .map(dataset)), "Tables and views that no report makes."),
  ])

  static let filter = KeyTable([
    Key("type", .words(Dashboard.Filter.Kind.self), required: true, "A span of time, or values."),
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
      Key(
        "columns", .named(.name, .map(ReportKeys.datasetColumn)), required: true,
        "Its columns, in their order."),
    ] + SupersetKeys.settings.keys)
}
