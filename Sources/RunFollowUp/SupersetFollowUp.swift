import Foundation
import HTTPClient
import ReportEngine
import ReportExport
import ReportInspection
import ReportLedger
import ReportModel
import ReportSettings
import SupersetAssets

/// Makes Superset show what a run published. What could not be done is a warning, and is done after the next run.
struct SupersetFollowUp: Sendable {
  private let settings: ProjectSettings
  private let runID: UUID
  private let ledger: LedgerReader
  private static let maxStateBytes = 1 << 20

  init(_ settings: ProjectSettings, run: UUID, ledger: LedgerReader) {
    self.settings = settings
    runID = run
    self.ledger = ledger
  }

  /// - Parameter reports: every report of the project.
  /// - Returns: warnings.
  func run(_ reports: [Report]) async -> [Diagnostic] {
    var patience = 0
    do {
      let superset = try SupersetAccess(settings)
      guard superset.url != nil else { return [] }
      patience = superset.timeoutSeconds.value
      return try await withTimeLimit(.seconds(patience)) { try await refresh(superset, reports) }
    } catch is CancellationError {
      guard !Task.isCancelled else { return [warning(Diagnostic("interrupted"))] }
      return [
        warning(
          Diagnostic("not done within \(patience) s", hint: "Raise superset.timeout in reportgen.yaml."))
      ]
    } catch let error as RunError {
      return error.diagnostics.map(warning)
    } catch {
      return [warning(Diagnostic(of: error))]
    }
  }

  private func warning(_ cause: Diagnostic) -> Diagnostic {
    Diagnostic(
      .warning, "Superset may show older rows: \(cause.message)", detail: cause.detail,
      hint: (cause.hint.map { $0 + " " } ?? "") + "The next run tries again.")
  }

  private func refresh(_ superset: SupersetAccess, _ reports: [Report]) async throws -> [Diagnostic] {
    let dashboards = settings.loader.loadDashboards(.init(value: reports, diagnostics: []))
    // The limit of all requests is that of each: one chart may take the whole of it.
    let limit = Duration.seconds(max(superset.timeoutSeconds.value, 1))
    let connection = try superset.connection(
      limits: HTTPLimits(connect: min(.seconds(5), limit), total: limit + .seconds(1)))
    let current = try await currentVersions(reports, dashboards.value)
    let state = ShownVersions(
      url: connection.url, reading: try WholeFile.read(statePath, limitBytes: Self.maxStateBytes))
    let owed = state.owed(current)
    guard !owed.isEmpty else { return [] }
    let tables = try await ledger.tables(reports, dashboards.value)
    let bundle = try settings.supersetAssets(superset, reports, dashboards.value, tables: tables).value
    let refresh = SupersetRefresh(
      bundle, url: connection.url, account: connection.account, client: connection.client)
    try await refresh.run(owed)
    let warnings = superset.warmsUp ? try await refresh.warmUp(owed) : []
    try remember(ShownVersions(url: connection.url, datasets: current))
    return warnings
  }

  /// By dataset. The ledger's own views change with every run.
  private func currentVersions(_ reports: [Report], _ dashboards: [Dashboard]) async throws -> [String:
    String]
  {
    let tables = DependencyGraph(reports).tableVersions(try await ledger.versions(reports.map(\.name)))
    let datasets = reports.compactMap { SupersetDataset($0) } + dashboards.flatMap(\.datasets)
    let versions = datasets.compactMap { dataset -> (String, String)? in
      if dataset.table.schema == "reportgen" {
        return (dataset.name, runID.uuidString.lowercased())
      }
      return tables[dataset.table].map { (dataset.name, $0) }
    }
    return Dictionary(versions) { first, _ in first }
  }

  // MARK: State

  /// In the output folder, the one place where a run may write.
  private var statePath: String {
    "\(settings.output.path)/superset-\(settings.environmentName.value).json"
  }

  private func remember(_ shown: ShownVersions) throws {
    try FileManager.default.createDirectory(
      atPath: settings.output.path, withIntermediateDirectories: true)
    try WholeFile.replace(statePath, with: shown.text, permissions: 0o644)
  }
}
