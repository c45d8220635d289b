import Foundation
import ReportEngine
import ReportInspection
import ReportLedger
import ReportModel
import ReportSettings

/// The steps after a run: the metrics file, the catalogue, Superset, then the project's hook. None of them changes how the run ended.
package struct FollowUp: Sendable {
  private let settings: ProjectSettings
  private let runID: UUID
  private let isRehearsal: Bool
  private let isSilent: Bool
  private let metrics: MetricsFile?
  private let superset: SupersetFollowUp

  /// - Parameters:
  ///   - metricsFile: `--metrics-file`
  ///   - isRehearsal: Nothing is published, so no step is taken: `--dry-run`, or parameters other than the defaults.
  ///   - began: When the run began.
  package init(
    _ settings: ProjectSettings, run: UUID, metricsFile: String?, isRehearsal: Bool,
    began: Date = .now
  ) {
    self.init(
      settings, run: run, metricsFile: metricsFile, isRehearsal: isRehearsal, began: began,
      ledger: LedgerReader(settings))
  }

  init(
    _ settings: ProjectSettings, run: UUID, metricsFile: String?, isRehearsal: Bool, began: Date,
    ledger: LedgerReader
  ) {
    self.settings = settings
    runID = run
    self.isRehearsal = isRehearsal
    // A run that a hook starts has no hook of its own, and keeps the metrics of the run that the hook reports.
    isSilent = isRehearsal || settings.isInsideHook
    metrics = settings.metricsFile(metricsFile).map { file in
      MetricsFile(
        path: file.value, environment: settings.environmentName.value, began: began,
        health: ledger.health)
    }
    superset = SupersetFollowUp(settings, run: run, ledger: ledger)
  }

  /// What metrics and catalogue show of the ledger, read in the session of the run that has ended.
  ///
  /// - Parameter graph: of every report of the project.
  /// - Returns: nil when there is nothing to show, or no answer within 10 s.
  package func facts(of graph: DependencyGraph, on ledger: Ledger) async -> CatalogueFacts? {
    isRehearsal ? nil : await CatalogueFollowUp(settings).facts(of: graph, on: ledger)
  }

  /// Writes the metrics file.
  ///
  /// - Parameters:
  ///   - reports: every report of the project; nil when they could not be read.
  ///   - facts: nil: the ledger is asked in a session of its own.
  /// - Returns: warnings.
  package func writeMetrics(
    _ result: RunResult, reports: [Report]?, _ facts: CatalogueFacts? = nil
  ) async -> [Diagnostic] {
    guard let metrics, !isSilent else { return [] }
    return await metrics.write(result, reports: reports, health: facts?.health)
  }

  /// Writes the catalogue of the output folder, after a run that could finish.
  ///
  /// - Parameters:
  ///   - graph: of every report of the project.
  ///   - facts: nil: the ledger did not answer, and the catalogue stays as it is.
  /// - Returns: warnings; none after a run with errors, which can be about the same folder and are said already.
  package func refreshCatalogue(
    _ result: RunResult, _ graph: DependencyGraph, _ facts: CatalogueFacts?
  ) -> [Diagnostic] {
    guard !isRehearsal, result.ownStatus == .done else { return [] }
    let warnings = CatalogueFollowUp(settings).refresh(graph, facts)
    return result.status == .done ? warnings : []
  }

  /// Makes Superset show what the run published; ends early when the task is cancelled.
  ///
  /// - Parameter reports: every report of the project; nil when they could not be read.
  /// - Returns: warnings.
  package func refreshSuperset(_ result: RunResult, reports: [Report]?) async -> [Diagnostic] {
    guard let reports, !isSilent, result.hasReachedServers else { return [] }
    return await superset.run(reports)
  }

  /// The hook for the end of the run; nil when there is none to run.
  ///
  /// None after an interruption: whoever interrupted the run knows of it and must not have to wait.
  package func hook(_ status: ExitStatus) -> Hook? {
    guard !isSilent, status != .interrupted else { return nil }
    let project = settings.project
    let command = status == .done ? project.onSuccess : project.onFailure
    let directory = settings.directory.value
    return command.map { command in
      Hook(
        name: status == .done ? "on_success" : "on_failure", command: command, directory: directory,
        environment: [
          "REPORTGEN_RUN": runID.uuidString.lowercased(),
          "REPORTGEN_EXIT_CODE": "\(status.rawValue)",
          "REPORTGEN_PROJECT": directory, "REPORTGEN_ENV": settings.environmentName.value,
        ], timeoutSeconds: project.hookTimeoutSeconds)
    }
  }
}

extension RunResult {
  /// Whether the ledger can be asked: not without a primary, and not after an interruption.
  var hasReachedServers: Bool { ![.unavailable, .interrupted, .usage].contains(ownStatus) }
}

/// What the steps after a run read in the ledger.
struct LedgerReader: Sendable {
  /// How the reports stand.
  var health: @Sendable ([Report], DependencyGraph) async throws -> [ReportHealth]
  /// A text for each report that changes with its published rows.
  var versions: @Sendable ([String]) async throws -> [String: String]
  /// Columns and types of the tables that Superset shows.
  var tables: @Sendable ([Report], [Dashboard]) async throws -> [QualifiedName: [Column]]
}

extension LedgerReader {
  init(_ settings: ProjectSettings) {
    health = { try await settings.ledgerReport().health(of: $0, in: $1) }
    versions = { try await settings.ledgerReport().versions(of: $0) }
    tables = { try await settings.chartFacts().tables($0, $1) }
  }
}
