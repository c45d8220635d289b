import ReportModel

extension Report {
  /// The SQL with default parameters and the interval's bounds filled in, for psql or SQL Lab.
  package func filledSQL(interval: Interval?, timezone: String) -> String {
    query.filled(ReportQuery.literals(report: self, bounds: interval, values: [:], timezone: timezone)).sql
  }
}
