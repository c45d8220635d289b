import Foundation
import ReportEngine
import ReportExport
import ReportInspection
import ReportLedger
import ReportModel
import ReportSettings

/// The file with the metrics of a run and of all reports, which Prometheus reads by way of a collector.
struct MetricsFile: Sendable {
  /// Absolute.
  var path: String
  var environment: String
  /// When the run began.
  var began: Date
  /// Asks the ledger how the reports stand.
  var health: @Sendable ([Report], DependencyGraph) async throws -> [ReportHealth]
  /// How long the ledger may take.
  var ledgerPatience = Duration.seconds(10)

  private static let maxBytes = 64 << 20

  /// Replaces the file. What the run does not know, because the ledger cannot be read, stays as the file has it.
  ///
  /// - Parameters:
  ///   - reports: every report of the project; nil when they could not be read.
  ///   - known: how the reports stand; nil: the ledger is asked.
  /// - Returns: warnings.
  func write(
    _ result: RunResult, reports: [Report]?, health known: [ReportHealth]? = nil
  ) async -> [Diagnostic] {
    var metrics = RunMetrics(
      environment: environment, version: Version.number, began: began.timeIntervalSince1970,
      ended: Date.now.timeIntervalSince1970, status: result.status)
    metrics.outcomes = result.reports
    metrics.reports = reports
    var warnings: [Diagnostic] = []
    do {
      if let known { metrics.health = known } else { metrics.health = try await readHealth(result, reports) }
    } catch {
      // A run that failed itself has already said why.
      if result.ownStatus == .done { warnings.append(unreadLedger(error)) }
    }
    do {
      let earlier = try? WholeFile.read(path, limitBytes: Self.maxBytes)
      try WholeFile.replace(path, with: metrics.text(after: earlier), permissions: 0o644)
    } catch {
      warnings.append(
        .warning(
          of: error,
          hint: "metrics_file has to lie in a folder that exists and that this user may write in."
        ) { "the metrics are not written: \($0.message)" })
    }
    return warnings
  }

  private func readHealth(_ result: RunResult, _ reports: [Report]?) async throws -> [ReportHealth]? {
    guard let reports, result.hasReachedServers else { return nil }
    return try await withTimeLimit(ledgerPatience) { [health] in
      try await health(reports, DependencyGraph(reports))
    }
  }

  private func unreadLedger(_ error: any Error) -> Diagnostic {
    let reason =
      error is CancellationError
      ? "no answer for \(ledgerPatience.components.seconds) s" : Diagnostic(of: error).message
    return Diagnostic(
      .warning, "could not read the ledger for the metrics: \(reason)",
      detail: "\"\(path)\" keeps the metrics of the ledger that it had.")
  }
}
