import ReportModel

/// The key `superset` of a report, and the same keys of a dashboard's datasets.
enum SupersetKeys {
  typealias Key = KeyTable.Key

  /// Of a report; a dashboard's dataset has its own `time_column`.
  static let report = KeyTable(
    [Key("time_column", .format(.name), "What filters of time go by (default materialize.time_column).")]
      + settings.keys)

  static let settings = KeyTable([
    Key("metrics", .named(.name, .map(metric)), "Named aggregates, such as {units: {sql: sum(quantity)}}."),
    Key("computed", .named(.name, .map(computed)), "Columns that Superset computes when it asks for rows."),
    Key("charts", .named(.assetName, .map(chart)), "Charts for dashboards, by name."),
  ])

  static let metric = KeyTable([
    Key("sql", .text, required: true, "An aggregate over the table's columns, such as sum(total_amount)."),
    Key("title", .text, "What people see."), Key("description", .text, "What the number means."),
    Key("format", .words(Column.Format.self), "How the values are shown."),
  ])

  static let computed = KeyTable([
    Key("sql", .text, required: true, "An expression over the table's columns."),
    Key("title", .text, "What people see."), Key("description", .text, "What the column means."),
    Key("format", .words(Column.Format.self), "What the values are (default text)."),
  ])

  static let chart = KeyTable([
    Key("type", .words(SupersetChart.Mark.self), required: true, "How the values are drawn."),
    Key("title", .text, required: true, "The line above the chart."),
    Key("description", .text, "What the chart shows."),
    Key("x", .format(.name), "The column along the bottom, or of which each value is a slice."),
    Key(
      "grain", .words(SupersetChart.Grain.self), "The step of an x that is a time (default day)."),
    Key("y", .either([.format(.name), names]), "A metric, or a list of metrics."),
    Key("series", .format(.name), "One line or colour for each value of this column."),
    Key("columns", names, "The columns of a table; with y those it is grouped by."),
    Key(
      "order_by", .list(.format(.sortKey)), "Columns and metrics that sort a table, such as [\"day desc\"]."),
    Key(
      "limit", .integer(1...50_000),
      "How many rows, bars or slices there are at most, or how many series stand alone (default all)."),
    Key(
      "sort", .words(SupersetChart.Sort.self),
      "The order along an x that is not a time (default value for bars whose x has no order of its own)."),
    Key("filter", .text, "A condition in SQL, such as valid_to is null."),
    Key("stacked", .boolean, "Whether series are stacked (default false)."),
    Key("horizontal", .boolean, "Whether bars are horizontal (default false)."),
    Key("logarithmic", .boolean, "Whether the scale of the values is logarithmic (default false)."),
  ])

  private static let names = Shape.list(.format(.name))
}
