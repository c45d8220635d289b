import PostgresClient
import ReportLedger
import ReportModel

/// One pass over the staging table: rows of each interval, rows outside of all, and how many rows break each simple
/// check.
///
/// Pure text and arithmetic; the caller runs the statement.
struct StagedScan: Hashable, Sendable {
  /// A check that one condition on a single row decides.
  struct Condition: Hashable, Sendable {
    var check: Check
    /// True for rows that break the check.
    var violated: String
    /// Columns whose values name the offending rows.
    var shown: [String]
  }

  let conditions: [Condition]
  private let timeColumn: String?
  private let bounds: [String]
  private let intervals: [Interval]
  private let starts: [Int]

  /// - Parameter timeColumn: nil when the rows belong to one interval, or to none.
  init(report: Report, intervals: [Interval], timezone: String) {
    self.intervals = intervals
    self.timeColumn = intervals.isEmpty ? nil : report.materialization.timeColumn
    let edges = Set(intervals.flatMap { [$0.start, $0.end] }).sorted()
    bounds = ReportQuery.bucketBounds(edges, report: report, timezone: timezone)
    starts = intervals.map { edges.firstIndex(of: $0.start) ?? 0 }
    conditions = report.checks.flatMap(Self.conditions)
  }

  var needsScan: Bool { timeColumn != nil || !conditions.isEmpty }

  /// A number for the interval of a row `s`; null for a row without a time.
  var bucket: String {
    guard let timeColumn else { return "1" }
    return "width_bucket(s.\(SQLQuote.identifier(timeColumn)), ARRAY[\(bounds.joined(separator: ", "))])"
  }

  func sql(_ staging: QualifiedName) -> String {
    let counts = conditions.map { ", count(*) FILTER (WHERE \($0.violated))" }.joined()
    return "SELECT \(bucket) AS bucket, count(*)\(counts) FROM \(staging.quoted) s GROUP BY 1"
  }

  /// What the scan found; rows are those of the statement's result.
  struct Finding: Hashable, Sendable {
    /// In the order of the intervals; one number for a report without time column.
    var rowCounts: [Int]
    /// Rows whose time column is null or outside of every interval.
    var outside: Int
    /// For each condition the interval indexes that have offending rows, with their number; index 0 without intervals.
    var violations: [[Int: Int]]
  }

  /// Of rows that break nothing.
  func finding(ofCounts rowCounts: [Int]) -> Finding {
    Finding(rowCounts: rowCounts, outside: 0, violations: conditions.map { _ in [:] })
  }

  /// - Parameter rows: the bucket, the number of rows and for each condition that of offending rows; what follows is left.
  func finding(_ rows: [RowValues]) -> Finding {
    let count = max(intervals.count, 1)
    var finding = Finding(
      rowCounts: Array(repeating: 0, count: count), outside: 0, violations: conditions.map { _ in [:] })
    for row in rows {
      let total = Int(row[1] ?? "") ?? 0
      guard let index = index(ofBucket: row[0]) else {
        finding.outside &+= total
        continue
      }
      finding.rowCounts[index] &+= total
      for condition in conditions.indices {
        let broken = Int(row[2 + condition] ?? "") ?? 0
        if broken > 0 { finding.violations[condition][index, default: 0] &+= broken }
      }
    }
    return finding
  }

  private func index(ofBucket text: String?) -> Int? {
    guard timeColumn != nil else { return 0 }
    guard let text, let bucket = Int(text) else { return nil }
    return starts.firstIndex(of: bucket - 1)
  }

  private static func conditions(_ check: Check) -> [Condition] {
    switch check.rule {
    case .notNull(let columns):
      return columns.map { column in
        Condition(
          check: Check(rule: .notNull(columns: [column]), severity: check.severity, place: check.place),
          violated: "s.\(SQLQuote.identifier(column)) IS NULL", shown: [])
      }
    case .range(let column, let min, let max):
      let name = "s." + SQLQuote.identifier(column)
      let sides =
        [min.map { "\(name) < \(SQLQuote.literal($0))" }, max.map { "\(name) > \(SQLQuote.literal($0))" }]
        .compactMap { $0 }
      return [Condition(check: check, violated: sides.joined(separator: " OR "), shown: [column])]
    case .acceptedValues(let column, let values):
      let list = values.map(SQLQuote.literal).joined(separator: ", ")
      return [
        Condition(
          check: check, violated: "s.\(SQLQuote.identifier(column)) NOT IN (\(list))", shown: [column])
      ]
    case .rows, .unique, .relationships, .sql, .reconcile:
      return []
    }
  }
}
