import Foundation
import HTTPClient
import ReportEngine
import ReportExport
import ReportInspection
import ReportLedger
import ReportModel
import SupersetAssets

/// Lets Superset show what a run published. It is never a reason for a run to fail: what could not be done now is done
/// after the next run.
struct SupersetFollowUp {
  private let context: ProjectContext
  private let runID: UUID

  /// For one request; a chart can take its time.
  private static let limits = HTTPLimits(connect: .seconds(5), total: .seconds(60))
  /// For everything, so that a Superset that hangs holds up no night.
  private static let patience = Duration.seconds(300)
  private static let maxStateBytes = 1 << 20

  init(_ context: ProjectContext, run: UUID) {
    self.context = context
    runID = run
  }

  /// - Parameter reports: every report of the project.
  /// - Returns: warnings.
  func run(_ reports: [Report]) async -> [Diagnostic] {
    do {
      let superset = try SupersetContext(context)
      guard superset.server.url != nil else { return [] }
      return try await withInterruption {
        do {
          return try await withTimeLimit(Self.patience) { try await refresh(superset, reports) }
        } catch is CancellationError {
          let seconds = Self.patience.components.seconds
          throw Diagnostic(Task.isCancelled ? "interrupted" : "no answer for \(seconds) s")
        }
      }
    } catch let failure as SupersetFailure {
      return [warning(failure.diagnostic)]
    } catch let ending as Ending {
      return ending.diagnostics.map(warning)
    } catch let error as RunError {
      return [warning(error.diagnostic)]
    } catch {
      return [warning(error as? Diagnostic ?? Diagnostic("\(error)"))]
    }
  }

  private func warning(_ cause: Diagnostic) -> Diagnostic {
    Diagnostic(
      .warning, "Superset may show older rows: \(cause.message)", detail: cause.detail,
      hint: (cause.hint.map { $0 + " " } ?? "") + "The next run tries again.")
  }

  private func refresh(_ superset: SupersetContext, _ reports: [Report]) async throws -> [Diagnostic] {
    let dashboards = context.loader.loadDashboards(.init(value: reports, diagnostics: []))
    let connection = try superset.connection(limits: Self.limits)
    let current = try await versions(reports, dashboards.value)
    let state = ShownVersions(
      url: connection.url, reading: try WholeFile.read(statePath, limitBytes: Self.maxStateBytes))
    let owed = state.owed(current)
    guard !owed.isEmpty else { return [] }
    let bundle = try superset.bundle(reports, dashboards.value, isSilent: true)
    let refresh = SupersetRefresh(
      bundle, reports: reports, dashboards: dashboards.value, url: connection.url,
      account: connection.account,
      client: connection.client)
    try await refresh.run(owed)
    let warnings = superset.server.warmsUp ? try await refresh.warmUp(owed) : []
    try remember(ShownVersions(url: connection.url, datasets: current))
    return warnings
  }

  /// By dataset. The ledger's views change with every run.
  private func versions(_ reports: [Report], _ dashboards: [Dashboard]) async throws -> [String: String] {
    let graph = DependencyGraph(reports)
    let tables = graph.tableVersions(try await context.ledgerReport().versions(of: reports.map(\.name)))
    let datasets = reports.compactMap { SupersetDataset($0) } + dashboards.flatMap(\.datasets)
    let versions = datasets.compactMap { dataset -> (String, String)? in
      if dataset.table.schema == "reportgen" { return (dataset.name, runID.uuidString.lowercased()) }
      return tables[dataset.table].map { (dataset.name, $0) }
    }
    return Dictionary(versions) { first, _ in first }
  }

  // MARK: What was done

  /// In the output folder, the one place where a run may write.
  private var statePath: String { "\(context.output.path)/superset-\(context.environmentName).json" }

  private func remember(_ shown: ShownVersions) throws {
    try FileManager.default.createDirectory(atPath: context.output.path, withIntermediateDirectories: true)
    try WholeFile.replace(statePath, with: shown.text, permissions: 0o644)
  }
}
