import ReportLedger
import ReportModel

/// The statements that read a report's files out of its published rows. Pure text.
struct ExportQueries: Hashable, Sendable {
  /// No chart shows more points; a page stays small.
  static let maxChartPoints = 2000

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

  var rows: String {
    let list = columns.map { "t." + SQLQuote.identifier($0.name) }.joined(separator: ", ")
    return
      "SELECT \(list) FROM \(relation.quoted) t\(condition)\(ReportQuery.orderBy(report.fileOrder, alias: "t"))"
  }

  var count: String { "SELECT count(*) AS rows FROM \(relation.quoted) t\(condition)" }

  /// One row for each value of `by`, those columns first.
  func totals(_ totals: HTMLSettings.Totals) -> String {
    let by = totals.by.map { "t." + SQLQuote.identifier($0) }
    let sums = totals.sum.map { "sum(t.\(SQLQuote.identifier($0)))" }
    let grouping =
      by.isEmpty ? "" : " GROUP BY \(by.joined(separator: ", ")) ORDER BY \(by.joined(separator: ", "))"
    return "SELECT \((by + sums).joined(separator: ", ")) FROM \(relation.quoted) t\(condition)\(grouping)"
  }

  /// x, y and series; over time the chart also shows the intervals before the page's own.
  ///
  /// Rows that share a point are added up: a chart of categories does not repeat one for each of its products.
  func chart(_ chart: HTMLSettings.Chart, history: Int) -> String {
    let x = "t." + SQLQuote.identifier(chart.x)
    let series = chart.series.map { "t.\(SQLQuote.identifier($0))::text" } ?? "NULL::text"
    let isOverTime = isByInterval && chart.x == report.materialization.timeColumn
    let rows = isOverTime ? historyCondition(history) : condition
    let points =
      "SELECT \(x) AS x, sum(t.\(SQLQuote.identifier(chart.y))) AS y, \(series) AS series FROM \(relation.quoted) t\(rows)"
      + " GROUP BY 1, 3"
    let isDate = isOverTime || columns.first { $0.name == chart.x }?.category == "D"
    guard isDate else {
      return "\(points) ORDER BY y DESC NULLS LAST, x, series LIMIT \(Self.maxChartPoints)"
    }
    // The newest points stay when there are too many.
    return
      "SELECT * FROM (\(points) ORDER BY 1 DESC, 3 LIMIT \(Self.maxChartPoints)) p ORDER BY p.x, p.series"
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
