import Foundation
import ReportModel
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

/// Decisions and texts: `make check` runs these suites, which need no server.
@Suite enum WithoutServer {}

/// Reports made by hand, for what is decided about them.
enum Sample {
  static func report(
    _ name: String = "sale", _ kind: Materialization.Kind = .incremental, period: Period = .day,
    start: String? = "2026-01-01", key: [String] = [], table: String? = nil, reads: [String] = [],
    tags: [String] = [], parameters: [Parameter] = [], columns: [Column] = [], checks: [Check] = [],
    export: ExportSettings = ExportSettings(),
    sql: String = "select day from src.sale where day >= :start and day < :end",
    _ change: (inout Materialization) -> Void = { _ in }
  ) -> Report {
    var materialization = Materialization(
      kind: kind, table: kind == .none ? nil : qualified(table ?? name.replacing("-", with: "_")),
      uniqueKey: key)
    if kind == .incremental || kind == .append { materialization.timeColumn = "day" }
    change(&materialization)
    return Report(
      name: name, title: "Sales", tags: tags, parameters: parameters, period: period,
      start: period == .none ? nil : start.flatMap { CalendarDate($0) }, materialization: materialization,
      columns: columns, checks: checks, export: export, query: query(sql), reads: reads.map(qualified),
      fingerprint: "f", sqlFile: "reports/\(name).sql", metadataFile: "reports/\(name).yaml")
  }

  static func qualified(_ name: String) -> QualifiedName { QualifiedName(schema: "reports", name: name) }

  /// Every `:name` of the text is a parameter.
  static func query(_ text: String) -> QueryText {
    var references: [QueryText.Reference] = []
    for match in text.matches(of: #/:([a-z_]+)/#) where !text[..<match.range.lowerBound].hasSuffix(":") {
      let start = text.utf8.distance(from: text.startIndex, to: match.range.lowerBound)
      let end = text.utf8.distance(from: text.startIndex, to: match.range.upperBound)
      references.append(.init(name: String(match.1), utf8Range: start..<end))
    }
    return QueryText(text: text, references: references)
  }

  static func interval(_ start: String, _ end: String) -> Interval {
    guard let interval = Interval(start: Definition.date(start), end: Definition.date(end)) else {
      preconditionFailure("\(start)..\(end) is no interval")
    }
    return interval
  }

  static func days(_ days: String...) -> [Interval] {
    days.compactMap { Period.day.interval(containing: Definition.date($0)) }
  }
}

/// The text of the error that a body has to throw.
func diagnostic(_ body: () throws -> Void, sourceLocation: SourceLocation = #_sourceLocation) -> String {
  do { try body() } catch { return "\(error)" }
  Issue.record("nothing was thrown", sourceLocation: sourceLocation)
  return ""
}

/// As the command prints it.
func jsonText(_ value: some Encodable) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
}
