import ReportModel

/// The result of reading one definition; `report` is nil after an error.
struct ReadReport: Sendable {
  var report: Report?
  var diagnostics: [Diagnostic]
  /// Where the summary table is declared, and where other tables are read: for findings across reports.
  var tablePlace: SourcePlace?
  var readPlaces: [QualifiedName: SourcePlace] = [:]
  /// What a query with `syntax: server` may read; `keepReads` decides.
  var namedPairs: [TableRead] = []

  /// Of the pairs of names in a query that only the server can parse, takes those for tables that are summary tables.
  ///
  /// - Parameter tables: the summary tables of all reports.
  mutating func keepReads(of tables: Set<QualifiedName>) {
    guard let report else { return }
    let found = namedPairs.filter { tables.contains($0.name) }
    for read in found where readPlaces[read.name] == nil { readPlaces[read.name] = read.place }
    self.report?.reads = Set(report.reads + found.map(\.name)).sorted()
  }
}
