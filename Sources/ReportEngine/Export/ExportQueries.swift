import ReportLedger
import ReportModel

/// The statements that read a report's files out of its published rows. Pure text.
struct ExportQueries: Hashable, Sendable {
  let report: Report
  let relation: QualifiedName
  let interval: Interval?
  let timezone: String
  let columns: [ColumnShape]

  /// Rows of the interval for `incremental` and `append`; the whole relation otherwise.
  private var isByInterval: Bool {
    interval != nil && report.materialization.timeColumn != nil
      && [.incremental, .append].contains(report.materialization.kind)
  }

  private var condition: String {
    guard isByInterval, let interval else { return "" }
    return ReportQuery.condition(report: report, intervals: [interval], timezone: timezone)
      .map { " WHERE \($0)" } ?? ""
  }

  private var list: [String] { columns.map { "t." + SQLQuote.identifier($0.name) } }

  private var order: String { ReportQuery.orderBy(report.fileOrder, alias: "t") }

  var rows: String {
    "SELECT \(list.joined(separator: ", ")) FROM \(relation.quoted) t\(condition)\(order)"
  }

  /// COPY of `rows`.
  func copyOut(_ format: CopyFormat) -> String {
    "COPY (\(rows)) TO STDOUT" + (format == .binary ? " (FORMAT binary)" : "")
  }

  /// The rows of a page: at most its limit, and behind the columns a field for each of `sparklines`.
  ///
  /// - Parameter isShortened: whether the fields are those of `shortened`.
  func pageRows(_ settings: HTMLSettings, isShortened: Bool) -> String {
    let sparks = sparklines(settings)
    var fields = isShortened ? shortened.fields : list
    let past = rowHistory(sparks)
    if past != nil { fields.insert(contentsOf: sparks.indices.map { "h.s\($0)" }, at: columns.count) }
    return (past.map { $0.with + " " } ?? "") + "SELECT \(fields.joined(separator: ", ")) "
      + "FROM \(relation.quoted) t\(past.map { " " + $0.join } ?? "")\(condition)\(order) LIMIT \(settings.rows)"
  }

  private var shortened: ShortenedValues { ShortenedValues(relation, columns) }

  /// The columns of the page's table that have small lines, in the order of the table; empty where a page does not show one
  /// interval.
  func sparklines(_ settings: HTMLSettings) -> [String] {
    guard !pastIntervals.isEmpty, !rowKey.isEmpty else { return [] }
    return columns.filter { $0.isNumeric && settings.sparklines.contains($0.name) }.map(\.name)
  }

  /// The columns of the page's table that have bars.
  func bars(_ settings: HTMLSettings) -> [String] {
    // Types with a function abs.
    let types = ["smallint", "integer", "bigint", "numeric", "real", "double precision"]
    return settings.bars.filter { name in
      columns.contains { $0.name == name && types.contains(String($0.type.prefix { $0 != "(" })) }
    }
  }

  private var rowKey: [String] {
    report.materialization.uniqueKey.filter { $0 != report.materialization.timeColumn }
  }

  /// What each key had in the intervals up to the page's own, as `position:value` with blanks between.
  private func rowHistory(_ names: [String]) -> (with: String, join: String)? {
    guard !names.isEmpty, let day = intervalDay else { return nil }
    let condition = ReportQuery.condition(report: report, intervals: pastIntervals, timezone: timezone)
    // An array of texts has an operator = that takes two NULLs for equal, and can be hashed.
    func key(_ alias: String) -> String {
      "ARRAY[" + rowKey.map { "\(alias).\(SQLQuote.identifier($0))::text" }.joined(separator: ", ") + "]"
    }
    let days = pastIntervals.map { "'\($0.start)'" }.joined(separator: ", ")
    let sums = names.indices.map { "sum(t.\(SQLQuote.identifier(names[$0]))) AS v\($0)" }
    let lists = names.indices.map { "string_agg(place || ':' || v\($0), ' ') AS s\($0)" }
    return (
      "WITH past AS (SELECT \(key("t")) AS key, array_position(ARRAY[\(days)]::date[], \(day)) - 1 AS place, "
        + "\(sums.joined(separator: ", ")) FROM \(relation.quoted) t\(condition.map { " WHERE \($0)" } ?? "") "
        + "GROUP BY 1, 2), h AS (SELECT key, \(lists.joined(separator: ", ")) FROM past "
        + "WHERE place IS NOT NULL GROUP BY 1)",
      "LEFT JOIN h ON h.key = \(key("t"))"
    )
  }

  /// The number of rows, then the greatest distance from 0 of each column with bars, then, where the types allow it, whether
  /// there can be values that are too long for a page.
  func count(_ settings: HTMLSettings) -> String {
    let scales = bars(settings).enumerated()
      .map { ", max(abs(t.\(SQLQuote.identifier($1)))) AS scale\($0)" }.joined()
    let question = shortened.question.map { ", \($0) AS has_long_values" } ?? ""
    return "SELECT count(*) AS rows\(scales)\(question) FROM \(relation.quoted) t\(condition)"
  }

  /// One row for each value of `by`, those columns first.
  func totals(_ totals: HTMLSettings.Totals) -> String {
    TotalsQuery(totals: totals, relation: relation.quoted, condition: condition).groups
  }

  /// The interval that the sums are compared with; nil for none.
  func comparison(_ totals: HTMLSettings.Totals) -> Interval? {
    guard isByInterval, let interval else { return nil }
    return Comparison.interval(totals.compare, of: interval, period: report.period)
  }

  /// The intervals of the small lines beside the sums; empty where a page does not show one interval.
  var pastIntervals: [Interval] {
    guard isByInterval, let interval else { return [] }
    return Comparison.history(of: interval, period: report.period, length: TotalsQuery.historyLength)
  }

  /// SQL for the first day of a row's interval; the session's time zone is the project's. Nil without a time column.
  private var intervalDay: String? {
    guard let column = report.materialization.timeColumn else { return nil }
    let time = "t." + SQLQuote.identifier(column)
    return report.period == .day
      ? "\(time)::date" : "date_trunc('\(report.period.rawValue)', \(time))::date"
  }

  /// The sums of those intervals and of the one to compare with; nil where a page does not show one interval.
  func pastTotals(_ totals: HTMLSettings.Totals) -> String? {
    guard let day = intervalDay, !pastIntervals.isEmpty else { return nil }
    let intervals = Set(pastIntervals + [comparison(totals)].compactMap { $0 })
    let condition = ReportQuery.condition(report: report, intervals: Array(intervals), timezone: timezone)
    return TotalsQuery(totals: totals, relation: relation.quoted, condition: self.condition)
      .history(day: day, condition: condition.map { " WHERE \($0)" } ?? "")
  }

  /// The points of a chart; over time the chart also shows the intervals before the page's own.
  func chart(_ chart: HTMLSettings.Chart, history: Int) -> String {
    let isLine = chart.type != .bar
    let axis: ChartQuery.Axis =
      switch columns.first(where: { $0.name == chart.x })?.category {
      case "D": .time
      case "N": isLine ? .number : .name
      default: isOverTime(chart) ? .time : .name
      }
    let y = columns.first { $0.name == chart.y }
    return ChartQuery(
      chart: chart, relation: relation.quoted,
      condition: isOverTime(chart) ? historyCondition(history) : condition,
      order: ReportQuery.orderBy(report.fileOrder, alias: "t"), axis: axis,
      hasSizes: y?.category == "N" && y?.type != "money"
    ).sql
  }

  /// Whether the chart shows the history of the intervals.
  func isOverTime(_ chart: HTMLSettings.Chart) -> Bool {
    isByInterval && chart.x == report.materialization.timeColumn
  }

  private func historyCondition(_ history: Int) -> String {
    guard let interval else { return "" }
    var first = interval
    for _ in 1..<max(history, 1) {
      guard let day = first.start.adding(days: -1), let before = report.period.interval(containing: day)
      else { break }
      first = before
    }
    guard let all = Interval(start: first.start, end: interval.end) else { return condition }
    return ReportQuery.condition(report: report, intervals: [all], timezone: timezone).map {
      " WHERE \($0)"
    } ?? ""
  }
}
