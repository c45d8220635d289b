import ReportModel

/// Every key of a report's metadata file: what the reader takes, and what `docs/report.schema.json` says.
enum ReportKeys {
  typealias Key = KeyTable.Key

  static let root = KeyTable([
    Key("title", .text, required: true, "The line that people see above the rows."),
    Key("description", .text, "What the numbers mean and which rows are left out."),
    Key("owner", .text, "Who answers questions about the report."),
    Key("tags", .list(.text, minimum: 0), "Words by which runs choose reports."),
    Key("parameters", .named(.parameterName, .map(parameter)), "Typed values that the SQL uses as :name."),
    Key(
      "period", .words(Period.self), "The step of the intervals, in the project's time zone (default none)."),
    Key("start", .format(.date), "The first day that has data, such as 2024-01-01; needed with a period."),
    Key(
      "catch_up", .word(["all", "none"]),
      "Whether runs compute missing intervals, or the newest one alone (default none where it records the state)."
    ),
    Key(
      "expect_within", .either([.format(.age), .word(["none"])]),
      "How long after an interval's end the report is late, such as 26h; none for never."),
    Key(
      "allow_foreign", .boolean,
      "Read rows of foreign tables and other servers, for which no as-of holds (default false)."),
    Key("materialize", .map(materialize), required: true, "How the rows get into the summary table."),
    Key(
      "syntax", .words(QuerySyntax.self),
      "Who parses the SQL: parser, PostgreSQL 15's, without a server (default), or server, for newer syntax."),
    Key("columns", .named(.name, .map(column)), "Titles, types and formats of output columns."),
    Key("checks", .list(.map(check), minimum: 0), "What staged rows must satisfy before they are published."),
    Key("export", .map(export), "The files of each interval (default: a CSV and a page; {} means none)."),
    Key(
      "locale", .format(.locale),
      "The language of its files, such as ru (default: that of the environment or the project)."),
    Key("superset", .map(SupersetKeys.report), "Metrics, computed columns and charts in Superset."),
  ])

  static let parameterTypes = Parameter.ScalarType.allCases.flatMap { [$0.rawValue, $0.rawValue + "[]"] }

  static let parameter = KeyTable([
    Key("type", .word(parameterTypes), required: true, "The type; with [] it is a list, such as text[]."),
    Key(
      "default", .either([.scalar, .null, .list(.scalar, minimum: 0, unique: false)]),
      "The value where --param gives none."),
    Key("description", .text, "What the parameter is for."),
  ])

  static let materialize = KeyTable([
    Key(
      "as", .words(Materialization.Kind.self), required: true,
      "What a run does with the rows that are there: one of the materializations."),
    Key(
      "table", .format(.table), "The summary table or view, as schema.name; quote names that SQL would fold."),
    Key("time_column", .format(.name), "The column by which a row belongs to an interval."),
    Key("unique_key", names, "The columns that make a row unique; nulls are one value."),
    Key(
      "lookback", .integer(0...10_000), "Published intervals to compute again at every run, for late rows."),
    Key("batch", .integer(1...10_000), "How many neighbouring intervals one read may compute at once."),
    Key("delete", .word(["interval"]), "Delete rows of the interval that the source no longer has."),
    Key(
      "on_schema_change", .words(Materialization.SchemaChange.self),
      "What to do when the query gains, loses or retypes a column (default fail)."),
    Key(
      "on_change", .words(Materialization.DefinitionChange.self),
      "What to do with published intervals when the definition means something else (default keep)."),
    Key("retention", .format(.retention), "How far back intervals are kept, such as 3 years."),
    Key("indexes", .list(names, minimum: 0), "Lists of columns, such as [[purchase_date], [currency]]."),
    Key("grants", .map(grants), "Roles by privilege, such as {select: [superset]}."),
  ])

  static let grants = KeyTable(
    Materialization.Grant.Privilege.allCases.map {
      Key($0.rawValue, names, "Roles that may \($0.rawValue); a list such as [superset].")
    })

  static let column = KeyTable(
    datasetColumn.keys + [
      Key("unit", .text, "What stands behind a value where pages show it large, such as pcs.")
    ])

  /// Of a table or view that no report makes.
  static let datasetColumn = KeyTable([
    Key("title", .text, "The heading that people see."),
    Key("description", .text, "What the column means; becomes the column's comment."),
    Key("type", .text, "A PostgreSQL type such as \"numeric(14,2)\"; the query casts to it."),
    Key("format", .words(Column.Format.self), "How pages show the values."),
  ])

  static let severity = Key(
    "severity", .words(Check.Severity.self), "Whether it stops the publish (default error).")
  private static let columnKey = Key("column", .format(.name), required: true, "The column that is checked.")

  static let check = KeyTable(
    [
      Key("not_null", namesOr("columns"), "Columns without nulls: a list such as [purchase_date]."),
      Key("unique", namesOr("columns"), "Columns that make a row unique: a list such as [day, currency]."),
      Key(
        "range",
        .map(
          KeyTable(
            [
              columnKey, Key("min", .scalar, "The least value."), Key("max", .scalar, "The greatest value."),
              severity,
            ], rule: .needsOne(["min", "max"]))), "Bounds, such as {column: amount, min: 0}."),
      Key(
        "accepted_values",
        .map(
          KeyTable([
            columnKey, Key("values", .list(.scalar), required: true, "The values that may occur."), severity,
          ])), "The values that may occur, such as {column: currency, values: [RUB, USD]}."),
      Key(
        "rows",
        .map(
          KeyTable(
            [
              Key("min", .integer(0...Int.max), "The least number of rows."),
              Key("max", .integer(0...Int.max), "The greatest number of rows."), severity,
            ], rule: .needsOne(["min", "max"]))), "How many rows an interval has, such as {min: 1}."),
      Key(
        "relationships",
        .map(
          KeyTable([
            columnKey, Key("to", .format(.table), required: true, "The table that holds the values."),
            Key("field", .format(.name), required: true, "The column of that table."), severity,
          ])), "Each value is in another table, such as {column: c, to: s.t, field: id}."),
      Key(
        "sql",
        .either([
          .text, .map(KeyTable([Key("query", .text, required: true, "A SELECT over :staging."), severity])),
        ]), "A SELECT over :staging that returns the rows that are wrong."),
      Key(
        "reconcile",
        .map(
          KeyTable([
            Key("staging", .text, required: true, "A SELECT over :staging."),
            Key("source", .text, required: true, "A SELECT over the source that must give the same rows."),
            severity,
          ])), "Two SELECTs that must give the same rows, such as totals here and in the source."),
    ], rule: .exactlyOne)

  static let export = KeyTable([
    Key("csv", .either([.map(csv), .no]), "A CSV file; {} for the defaults, false for none."),
    Key("html", .either([.map(html), .no]), "A page; {} for the defaults, false for none."),
    Key("xlsx", .either([.map(xlsx), .no]), "A workbook for Excel; {} for the defaults, false for none."),
    Key(
      "order_by", .either([.list(.format(.sortKey)), .word(["none"])]),
      "Columns such as [purchase_date, \"amount desc\"], or none; the unique key otherwise."),
    Key("keep", .integer(1...1_000_000), "How many of the newest intervals have files."),
  ])

  static let csv = KeyTable([
    Key(
      "excel", .word(CSVSettings.excel.map(\.key)),
      "Settings for a double click in Excel of this region; other keys override them."),
    Key("delimiter", .format(.delimiter), "What stands between two fields (default a comma)."),
    Key("bom", .boolean, "A byte order mark in front, for spreadsheets (default false)."),
    Key("line_ending", .words(CSVSettings.LineEnding.self), "How a row ends (default lf)."),
    Key("null", .anyText, "What stands for NULL (default nothing)."),
    Key("decimal", .words(CSVSettings.DecimalSign.self), "Before the fraction of a number (default point)."),
    Key("guard_formulas", .boolean, "Keep spreadsheets from computing texts that look like formulas."),
  ])

  static let html = KeyTable([
    Key("history", .integer(1...10_000), "How many intervals the charts show."),
    Key("rows", .integer(1...1_000_000), "How many rows the page shows at most."),
    Key("charts", .list(.map(chart), minimum: 0), "Charts such as [{type: line, x: day, y: amount}]."),
    Key("totals", .map(totals), "Sums such as {sum: [amount], by: [currency]}."),
    Key("bars", names, "Numeric columns of the table whose values have a bar, such as [amount]."),
    Key(
      "sparklines", names,
      "Numeric columns of the table with a small line of the last 30 intervals of the row's key."),
  ])

  static let chart = KeyTable([
    Key("type", .words(HTMLSettings.Chart.Mark.self), required: true, "How the values are drawn."),
    Key("x", .format(.name), required: true, "The column along the bottom."),
    Key("y", .format(.name), required: true, "The column of the values."),
    Key("series", .format(.name), "One line or colour for each value of this column."),
    Key("title", .text, "The line above the chart."),
    Key(
      "sort", .words(HTMLSettings.Chart.Sort.self),
      "The order of bars (default x where it has an order of its own, otherwise value)."),
    Key(
      "missing", .words(HTMLSettings.Chart.Missing.self),
      "What is drawn where a line or an area has no row (default gap)."),
    Key("logarithmic", .boolean, "Whether the scale of the values is logarithmic (default false)."),
    Key("limit", .integer(1...40), "How many slices or bars there are besides other (default 7 or 10)."),
    Key(
      "table", .boolean,
      "Whether a table of the values is open below the chart (default closed, unless it is long)."),
  ])

  static let totals = KeyTable(
    sums.keys + [
      Key(
        "compare", .words(HTMLSettings.Totals.Compare.self),
        "The earlier interval that the sums are compared with (default previous).")
    ])

  static let sums = KeyTable([
    Key("sum", names, required: true, "The columns to add up."),
    Key("by", .list(.format(.name), minimum: 0), "Sums apart for each value of these columns."),
  ])

  static let xlsx = KeyTable([
    Key(
      "totals", .map(sums),
      "Sums below the rows such as {sum: [amount], by: [currency]} (default: the page's).")
  ])

  private static let names = Shape.list(.format(.name))

  private static func namesOr(_ key: String) -> Shape {
    .either([names, .map(KeyTable([Key(key, names, required: true, "A list of columns."), severity]))])
  }
}
