import ReportEngine
import ReportExport
import ReportInspection
import ReportLedger
import ReportModel
import ReportSettings

/// Writes the catalogue of all reports, with states from the ledger.
package struct CatalogueFollowUp: Sendable {
  private let settings: ProjectSettings
  /// How long the ledger may take.
  private static let ledgerPatience = Duration.seconds(10)

  package init(_ settings: ProjectSettings) {
    self.settings = settings
  }

  /// What the ledger says for the catalogue.
  ///
  /// - Throws: `RunError`.
  package func facts(of graph: DependencyGraph) async throws -> CatalogueFacts {
    try await settings.ledgerReport().catalogueFacts(of: graph)
  }

  /// What the ledger says for the catalogue, in an open session.
  ///
  /// - Returns: nil when it does not say it within 10 s.
  func facts(of graph: DependencyGraph, on ledger: Ledger) async -> CatalogueFacts? {
    try? await withTimeLimit(Self.ledgerPatience) {
      try await settings.ledgerReport().catalogueFacts(of: graph, on: ledger)
    }
  }

  /// Writes the pages that changed.
  ///
  /// - Parameters:
  ///   - graph: of every report of the project.
  ///   - facts: nil: the states are unknown.
  ///   - folder: where to; the output folder by default.
  /// - Returns: what the pages show, and what became of them.
  /// - Throws: `Diagnostic`; `RunError` for a file of the language.
  package func write(
    _ graph: DependencyGraph, _ facts: CatalogueFacts?, to folder: CatalogueFolder? = nil
  ) throws -> (catalogue: Catalogue, pages: CatalogueFolder.Result) {
    let output = settings.output
    let dashboards = settings.loader.loadDashboards(.init(value: graph.reports, diagnostics: []))
    let contents = CatalogueContents(
      graph: graph, dashboards: dashboards.value, timezone: settings.project.timezone,
      generator: output.generator, language: try settings.languages(of: graph.reports).standard)
    let catalogue = contents.catalogue(facts)
    let folder = folder ?? CatalogueFolder(output: output.path, shownAs: output.shown)
    return (catalogue, try folder.write(catalogue))
  }

  /// Writes the catalogue of the output folder after files or states have changed.
  ///
  /// Where the ledger does not answer, the pages stay as they are: they say when their states were read.
  /// - Parameter graph: of every report of the project.
  /// - Returns: warnings.
  package func refresh(_ graph: DependencyGraph) async -> [Diagnostic] {
    refresh(graph, try? await withTimeLimit(Self.ledgerPatience) { try await facts(of: graph) })
  }

  /// - Parameter facts: nil: the ledger did not answer.
  func refresh(_ graph: DependencyGraph, _ facts: CatalogueFacts?) -> [Diagnostic] {
    guard let facts else { return [] }
    do {
      _ = try write(graph, facts)
      return []
    } catch {
      return [.warning(of: error) { "the catalogue is not written: \($0.message)" }]
    }
  }
}
