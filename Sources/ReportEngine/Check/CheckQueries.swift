import ReportLedger
import ReportModel

/// The statements that find staged rows which break a check; each shows keys, never whole rows, and at most ten of them.
package enum CheckQueries {
  /// One more than is shown, to know whether there are others.
  package static let limit = 11

  /// Keys of rows that break a condition; the key is the report's, or the checked column without one.
  static func offenders(_ condition: StagedScan.Condition, report: Report, staging: QualifiedName) -> String?
  {
    let key = report.materialization.uniqueKey
    let shown = key.isEmpty ? condition.shown : key + condition.shown.filter { !key.contains($0) }
    guard !shown.isEmpty else { return nil }
    let list = shown.map { "s." + SQLQuote.identifier($0) }.joined(separator: ", ")
    let positions = (1...shown.count).map(String.init).joined(separator: ", ")
    return
      "SELECT DISTINCT \(list) FROM \(staging.quoted) s WHERE \(condition.violated) ORDER BY \(positions)"
      + " LIMIT \(limit)"
  }

  /// Groups of rows that are equal in `columns`, nulls being one value.
  package static func duplicates(_ columns: [String], staging: QualifiedName) -> String {
    let list = columns.map { "s." + SQLQuote.identifier($0) }.joined(separator: ", ")
    return "SELECT \(list) FROM \(staging.quoted) s GROUP BY \(list) HAVING count(*) > 1 ORDER BY \(list)"
      + " LIMIT \(limit)"
  }

  /// Values that `to` does not have.
  static func orphans(column: String, to: QualifiedName, field: String, staging: QualifiedName) -> String {
    let name = "s." + SQLQuote.identifier(column)
    return "SELECT DISTINCT \(name) FROM \(staging.quoted) s WHERE \(name) IS NOT NULL AND NOT EXISTS"
      + " (SELECT FROM \(to.quoted) t WHERE t.\(SQLQuote.identifier(field)) = \(name)) ORDER BY 1 LIMIT \(limit)"
  }

  /// A check's own SELECT over the staged rows of one span, at most `limit` of its rows.
  ///
  /// `:staging` becomes the staging table, or a name for those of its rows that belong to the span: a name, unlike a
  /// subquery, stands in any place where the author can write a table.
  static func overStaging(
    _ query: QueryText, report: Report, span: Span, isOnlySpan: Bool, values: [String: Parameter.Value],
    staging: QualifiedName, timezone: String, limit: Int
  ) -> String {
    var literals = ReportQuery.literals(
      report: report, bounds: span.bounds, values: values, timezone: timezone)
    var prefix = ""
    literals["staging"] = .init(staging.quoted)
    if !isOnlySpan, let bounds = span.bounds, let timeColumn = report.materialization.timeColumn {
      let column = SQLQuote.identifier(timeColumn)
      let start = ReportQuery.comparedBound(bounds.start, report: report, timezone: timezone)
      let end = ReportQuery.comparedBound(bounds.end, report: report, timezone: timezone)
      literals["staging"] = "reportgen_span"
      prefix =
        "WITH reportgen_span AS (SELECT * FROM \(staging.quoted) WHERE \(column) >= \(start)"
        + " AND \(column) < \(end))\n"
    }
    return "\(prefix)SELECT * FROM (\n\(query.filled(literals).sql)\n) q LIMIT \(limit)"
  }
}
