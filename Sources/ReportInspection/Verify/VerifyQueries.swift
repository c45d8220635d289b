import ReportLedger
import ReportModel

/// The two statements whose rows are compared: what the report's query gives now, and what is published. Pure text.
///
/// Both give the same fields in the same order. First come the key's, as text in the order of its bytes, by which the
/// rows are sorted, so that server and client sort alike whatever the key's types and collations are. A report
/// without a key is sorted by all of its fields.
struct VerifyQueries: Hashable, Sendable {
  let report: Report
  /// Of the query, and of the table.
  let columns: [ColumnShape]
  let timezone: String
  /// False when the server's encoding, whose bytes it sorts by, is not the UTF-8 of the client.
  let isUTF8: Bool

  private var key: [ColumnShape] {
    let names = report.materialization.uniqueKey
    return names.isEmpty ? columns : names.compactMap { name in columns.first { $0.name == name } }
  }

  private var values: [ColumnShape] {
    columns.filter { column in !key.contains(column) || isNormalized(column) }
  }

  var keyFields: Int { key.count }

  /// Names in the order of the fields.
  var fields: [String] { (key + values).map(\.name) }

  /// The field that tells intervals apart; the last one of a name is its value.
  var timeField: Int? {
    guard report.isByInterval, let timeColumn = report.materialization.timeColumn else { return nil }
    return fields.firstIndex(of: timeColumn)
  }

  /// What the report's query gives for a span, with its declared casts.
  func computed(_ span: Span) -> (sql: String, prefix: String, query: ReportQuery) {
    let query = ReportQuery(
      report: report, span: span, values: [:], timezone: timezone, columns: columns)
    let prefix = "COPY (\(select) FROM (\n"
    return ("\(prefix)\(query.sql)) t\(mergedOnly(span))\(order)) TO STDOUT", prefix, query)
  }

  /// What is published of a span.
  func published(_ span: Span, in table: QualifiedName) -> String {
    let condition =
      report.isByInterval
      ? ReportQuery.condition(report: report, intervals: span.intervals, timezone: timezone) : nil
    return
      "COPY (\(select) FROM \(table.quoted) t\(condition.map { " WHERE \($0)" } ?? "")\(order)) TO STDOUT"
  }

  /// Published rows that are in none of the intervals.
  func outside(_ intervals: [Interval], in table: QualifiedName) -> String {
    let inside =
      ReportQuery.condition(report: report, intervals: intervals, timezone: timezone) ?? "true"
    return "COPY (\(select) FROM \(table.quoted) t WHERE (\(inside)) IS NOT TRUE\(order)) TO STDOUT"
  }

  /// A merge's query can give rows outside of its interval; these belong to another interval's comparison.
  private func mergedOnly(_ span: Span) -> String {
    guard report.materialization.kind == .merge, report.isByInterval,
      let condition = ReportQuery.condition(
        report: report, intervals: span.intervals, timezone: timezone)
    else { return "" }
    return " WHERE \(condition)"
  }

  private var select: String {
    let list = key.map { keyText($0) + " COLLATE \"C\"" } + values.map { "t." + SQLQuote.identifier($0.name) }
    return "SELECT \(list.joined(separator: ", "))"
  }

  private var order: String {
    let keys = key.enumerated().map { position, column in
      (isUTF8 ? String(position + 1) : "convert_to(\(keyText(column)), 'UTF8')") + " NULLS FIRST"
    }
    return " ORDER BY \(keys.joined(separator: ", "))"
  }

  private func keyText(_ column: ColumnShape) -> String {
    let name = "t." + SQLQuote.identifier(column.name)
    return isNormalized(column) ? "trim_scale(\(name))::text" : "\(name)::text"
  }

  /// 1.0 and 1.00 are one key with two texts: they are paired by the trimmed text, and then compared.
  private func isNormalized(_ column: ColumnShape) -> Bool {
    column.type == "numeric" && report.materialization.uniqueKey.contains(column.name)
  }
}
