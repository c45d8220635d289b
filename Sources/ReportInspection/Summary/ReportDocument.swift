import ReportLedger
import ReportModel

/// A definition as `reportgen show` prints it; the JSON form is stable.
package struct ReportDocument: Codable, Sendable, Hashable {
  struct ColumnDocument: Codable, Sendable, Hashable {
    var name: String
    var title: String?
    var type: String?
    var description: String?
  }

  var name: String
  var title: String
  var description: String?
  var owner: String?
  var tags: [String]
  var period: String
  var start: CalendarDate?
  var materialization: String
  var table: String?
  var timeColumn: String?
  var uniqueKey: [String]
  var lookback: Int
  var retention: String?
  var onChange: String
  var parameters: [String]
  var reads: [String]
  var readsReports: [String]
  var readByReports: [String]
  var columns: [ColumnDocument]
  var checks: Int
  var fingerprint: String
  var files: [String]

  /// - Parameter graph: of all reports of the project.
  package init(_ report: Report, graph: DependencyGraph) {
    name = report.name
    title = report.title
    description = report.description
    owner = report.owner
    tags = report.tags
    period = report.period.rawValue
    start = report.start
    materialization = report.materialization.kind.rawValue
    table = report.materialization.table?.description
    timeColumn = report.materialization.timeColumn
    uniqueKey = report.materialization.uniqueKey
    lookback = report.materialization.lookback
    retention = report.materialization.retention?.description
    onChange = report.materialization.onChange.rawValue
    parameters = report.parameters.map { "\($0.name) \($0.type.rawValue)\($0.isList ? "[]" : "")" }
    reads = report.reads.map(\.description)
    readsReports = graph.upstream(of: report.name).sorted()
    readByReports = graph.downstream(of: report.name).sorted()
    let names = report.outputColumns ?? report.columns.map(\.name)
    columns = names.map { name in
      let column = report.column(name)
      return ColumnDocument(
        name: name, title: column?.title, type: column?.type, description: column?.description)
    }
    checks = report.checks.count
    fingerprint = report.fingerprint
    files = [report.sqlFile, report.metadataFile]
  }

  /// The same for people: several lines, without a line feed at the end.
  package var text: String {
    var lines = ["\(name): \(title)"]
    if let description {
      lines += description.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }
    lines.append("")
    func add(_ label: String, _ value: String?) {
      guard let value, !value.isEmpty else { return }
      lines.append(label.padding(to: 14) + value)
    }
    add("owner", owner)
    add("tags", tags.joined(separator: ", "))
    add("period", start.map { "\(period), since \($0)" } ?? period)
    add("as", table.map { "\(materialization) \($0)" } ?? materialization)
    add("time column", timeColumn)
    add("unique key", uniqueKey.joined(separator: ", "))
    add("lookback", lookback > 0 ? String(lookback) : nil)
    add("retention", retention)
    add("on change", onChange == "keep" ? nil : onChange)
    add("parameters", parameters.joined(separator: ", "))
    add("reads", reads.joined(separator: ", "))
    add("after", readsReports.joined(separator: ", "))
    add("read by", readByReports.joined(separator: ", "))
    add("checks", String(checks))
    add("files", files.joined(separator: ", "))
    add("fingerprint", String(fingerprint.prefix(12)))
    if !columns.isEmpty { lines.append("columns") }
    let width = (columns.map(\.name.count).max() ?? 0) + 2
    for column in columns {
      let words = [column.type, column.description ?? column.title].compactMap { $0 }.joined(separator: "  ")
      lines.append("  " + (words.isEmpty ? column.name : column.name.padding(to: width) + words))
    }
    return lines.map { $0.visible() }.joined(separator: "\n")
  }
}

extension String {
  func padding(to width: Int) -> String { self + String(repeating: " ", count: max(1, width - count)) }
}
