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

  var rows: String {
    let list = columns.map { "t." + SQLQuote.identifier($0.name) }.joined(separator: ", ")
    return
      "SELECT \(list) FROM \(relation.quoted) t\(condition)\(ReportQuery.orderBy(report.fileOrder, alias: "t"))"
  }

  var count: String { "SELECT count(*) AS rows FROM \(relation.quoted) t\(condition)" }

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

  /// The sums of those intervals and of the one to compare with; nil where a page does not show one interval.
  func pastTotals(_ totals: HTMLSettings.Totals) -> String? {
    guard let column = report.materialization.timeColumn, !pastIntervals.isEmpty else { return nil }
    let intervals = Set(pastIntervals + [comparison(totals)].compactMap { $0 })
    let condition = ReportQuery.condition(report: report, intervals: Array(intervals), timezone: timezone)
    let time = "t." + SQLQuote.identifier(column)
    // The session's time zone is the project's.
    let day =
      report.period == .day ? "\(time)::date" : "date_trunc('\(report.period.rawValue)', \(time))::date"
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
