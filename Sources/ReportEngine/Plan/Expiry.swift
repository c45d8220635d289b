import ReportLedger
import ReportModel

extension Report {
  /// The first day that `materialize.retention` keeps, counted back from the end of the last closed interval; nil when
  /// everything is kept.
  func firstKeptDay(today: CalendarDate) -> CalendarDate? {
    guard let retention = materialization.retention else { return nil }
    return period.interval(containing: today).flatMap { retention.firstDay(before: $0.start) }
  }

  /// An interval is expired when not one of its days is kept any more.
  func isExpired(_ interval: Interval, today: CalendarDate) -> Bool {
    firstKeptDay(today: today).map { interval.end <= $0 } ?? false
  }
}

extension DependencyGraph {
  /// The first day of which every summary table that the report reads still has rows; nil when they keep everything.
  ///
  /// What begins before it cannot be computed any more: it would lose rows that were published while they were there.
  package func firstReadableDay(of report: Report, today: CalendarDate) -> CalendarDate? {
    let upstream = direct(upstreamOf: report.name)
    return reports.filter { upstream.contains($0.name) }.compactMap { $0.firstKeptDay(today: today) }.max()
  }
}
