import ReportModel

extension ReportQuery {
  /// Selects the rows of the intervals on alias `t`, one comparison for adjacent ones; nil without intervals or without a
  /// time column.
  package static func condition(report: Report, intervals: [Interval], timezone: String) -> String? {
    guard let timeColumn = report.materialization.timeColumn, !intervals.isEmpty else { return nil }
    let column = "t." + SQLQuote.identifier(timeColumn)
    let sides = Span.spans(of: intervals.sorted(), batch: .max).compactMap(\.bounds).map { bounds in
      let start = comparedBound(bounds.start, report: report, timezone: timezone)
      let end = comparedBound(bounds.end, report: report, timezone: timezone)
      return "(\(column) >= \(start) AND \(column) < \(end))"
    }
    return sides.count == 1 ? sides[0] : "(" + sides.joined(separator: " OR ") + ")"
  }
}
