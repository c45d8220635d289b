import PostgresClient
import ReportEngine
import ReportLedger
import ReportModel

extension LedgerReport {
  /// What each report's table holds, in a word that changes when its rows or its columns change.
  ///
  /// Equal words mean equal rows, also after runs that changed nothing. A report that was never published has none.
  /// - Throws: `RunError`.
  package func versions(of reports: [String]) async throws -> [String: String] {
    try await reading { try await $0.versions(of: reports) }
  }
}

extension DependencyGraph {
  /// What each summary table and view shows: a view has no rows of its own, so it is as new as all it reads.
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
