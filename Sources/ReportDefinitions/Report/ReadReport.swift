import ReportModel

/// The result of reading one definition; `report` is nil after an error.
struct ReadReport: Sendable {
  var report: Report?
  var diagnostics: [Diagnostic]
  /// Where the summary table is declared, and where other tables are read: for findings across reports.
  var tablePlace: SourcePlace?
  var readPlaces: [QualifiedName: SourcePlace] = [:]
}
