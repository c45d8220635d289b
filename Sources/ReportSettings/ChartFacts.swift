import ReportInspection
import ReportModel
import SupersetAssets

/// What the primary's catalogs say of the tables that Superset shows.
package struct ChartFacts: Sendable {
  let catalog: SummaryCatalog

  /// Columns and types of the tables that Superset shows.
  ///
  /// - Throws: `RunError`.
  package func tables(_ reports: [Report], _ dashboards: [Dashboard]) async throws -> [QualifiedName:
    [Column]]
  {
    try await catalog.columns(of: AssetBundle.tables(reports, dashboards))
  }

  /// The summary tables that have more rows than a chart can show.
  ///
  /// - Throws: `RunError`.
  package func largeTables(_ bundle: AssetBundle) async throws -> Set<QualifiedName> {
    try await catalog.larger(than: bundle.maxRows, bundle.countedTables.sorted())
  }
}
