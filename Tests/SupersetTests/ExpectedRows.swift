import Foundation
import ReportModel

@testable import SupersetAssets

/// The rows that a chart must show, queried from PostgreSQL without Superset.
struct ExpectedRows {
  let chart: SupersetChart
  let dataset: SupersetDataset
  /// Conditions of a dashboard's filters.
  var conditions: [String] = []

  /// Columns of the result in order: those that it is grouped by, then metrics.
  private var groups: [(name: String, sql: String)] {
    switch chart.type {
    case .table: chart.columns.map { ($0, expression($0)) }
    case .number: []
    case .pie: [(chart.x ?? "", expression(chart.x ?? ""))]
    case .line, .area, .bar:
      [(chart.x ?? "", stepped(chart.x ?? ""))] + (chart.series.map { [($0, expression($0))] } ?? [])
    }
  }

  private var isGrouped: Bool { chart.type != .table || !chart.y.isEmpty }

  /// All rows, without the chart's limit, with values in the form of Superset's JSON.
  var sql: String {
    let metrics = chart.y.compactMap { name in dataset.settings.metric(name).map { (name, $0.sql) } }
    let list = groups.map { ($0.name, $0.sql) } + metrics
    let columns = list.map { "\($0.1) as \(SQLQuote.identifier($0.0))" }.joined(separator: ", ")
    let all = conditions + (chart.filter.map { ["(\($0))"] } ?? [])
    let filter = all.isEmpty ? "" : " where " + all.joined(separator: " and ")
    let grouping =
      isGrouped && !groups.isEmpty
      ? " group by " + groups.indices.map { "\($0 + 1)" }.joined(separator: ", ") : ""
    let plain = list.map { Self.plain(SQLQuote.identifier($0.0)) }.joined(separator: ", ")
    return "select \(plain) from (select \(columns) from \(dataset.table.quoted)\(filter)\(grouping)) as q"
  }

  /// Timestamps in milliseconds; other values unchanged.
  private static func plain(_ column: String) -> String {
    """
    case when pg_typeof(\(column)) in ('date'::regtype, 'timestamp'::regtype, 'timestamptz'::regtype)
      then trunc(extract(epoch from \(column)::text::timestamptz) * 1000)::bigint::text else \(column)::text end
      as \(column)
    """
  }

  private func expression(_ column: String) -> String {
    dataset.settings.computed.first { $0.name == column }?.sql ?? SQLQuote.identifier(column)
  }

  private func stepped(_ column: String) -> String {
    guard dataset.type(of: column)?.isTime ?? false else { return expression(column) }
    return "date_trunc('\((chart.grain ?? .day).rawValue)', \(expression(column)))"
  }

  // MARK: As Superset shows them

  /// One line for each value: a chart has a column for each series, which SQL returns as rows.
  func lines(_ rows: [[String: String?]]) -> [String] {
    guard let x = chart.x, [.line, .area, .bar].contains(chart.type) else {
      return rows.map { row in
        (groups.map(\.name) + chart.y).map { shown(row[$0] ?? nil) }.joined(separator: " | ")
      }
    }
    return rows.flatMap { row in
      chart.y.compactMap { metric in
        guard let value = row[metric] ?? nil else { return nil }
        let series = chart.series.map { (row[$0] ?? nil) ?? "<NULL>" } ?? metric
        return "\(shown(row[x] ?? nil)) | \(series) | \(shown(value))"
      }
    }
  }

  /// The lines of Superset's response.
  func lines(_ data: [OrderedJSON]) -> [String] {
    guard let x = chart.x, [.line, .area, .bar].contains(chart.type) else {
      return data.map { row in
        (groups.map(\.name) + chart.y).map { shown(text(row[$0])) }.joined(separator: " | ")
      }
    }
    return data.flatMap { row in
      row.members.compactMap { name, value in
        guard name != x, name != XOrder.label, let text = text(value) else { return nil }
        return "\(shown(self.text(row[x]))) | \(name) | \(shown(text))"
      }
    }
  }

  private func text(_ value: OrderedJSON?) -> String? {
    switch value {
    case .integer(let number): "\(number)"
    case .decimal(let number): "\(number)"
    case .text(let text): text
    case .boolean(let value): "\(value)"
    default: nil
    }
  }

  /// Numbers with twelve digits, because Superset's are floating-point. Timestamps to the second, because Superset
  /// truncates and PostgreSQL rounds.
  private func shown(_ text: String?) -> String {
    guard let text else { return "null" }
    guard var number = Double(text) else { return text }
    if number > 1e12 { number = (number / 1000).rounded(.down) * 1000 }
    return number == 0 ? "0" : String(format: "%.11e", number)
  }
}
