import ReportLedger
import ReportModel

extension LedgerReport {
  /// A version of each report's table: a text that changes whenever its rows or columns change.
  ///
  /// Equal versions mean equal rows, also after runs that changed nothing. A report that was never published has none.
  /// - Throws: `RunError`.
  package func versions(of reports: [String]) async throws -> [String: String] {
    try await reading { try await $0.history.versions(of: reports) }
  }
}

extension DependencyGraph {
  /// A version of each summary table and view; that of a view, which has no rows, is made of those of all that it reads.
  ///
  /// - Parameter versions: by report.
  package func tableVersions(_ versions: [String: String]) -> [QualifiedName: String] {
    var tables: [QualifiedName: String] = [:]
    for report in reports {
      guard let table = report.materialization.table, let own = versions[report.name] else { continue }
      guard report.materialization.kind == .view else {
        tables[table] = own
        continue
      }
      let below = upstream(of: report.name).subtracting([report.name]).sorted().compactMap { versions[$0] }
      tables[table] = ([own] + below).joined(separator: ", ")
    }
    return tables
  }
}
