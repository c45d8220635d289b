import Foundation
import ReportEngine
import ReportExport
import ReportInspection
import ReportLedger
import ReportModel

/// What comes after a run: the metrics file, Superset, then the project's hook. None of them changes how the run ended.
struct FollowUp {
  private let context: ProjectContext
  private let runID: UUID
  private let metricsFile: String?
  private let isSilent: Bool
  private let began = Date.now

  private static let ledgerPatience = Duration.seconds(10)
  private static let maxMetricsBytes = 64 << 20

  /// - Parameters:
  ///   - metricsFile: as the option names it, from the current folder.
  ///   - isRehearsal: nothing is published, so nobody is told: `--dry-run`, or parameters other than the defaults.
  init(_ context: ProjectContext, run: UUID, metricsFile: String?, isRehearsal: Bool) {
    self.context = context
    runID = run
    isSilent = isRehearsal || Self.isInsideHook
    self.metricsFile = Self.path(of: metricsFile, context)
  }

  /// A run that a hook starts has no hook of its own, and leaves the metrics of the run that is being reported.
  private static var isInsideHook: Bool { ProcessInfo.processInfo.environment["REPORTGEN_RUN"] != nil }

  /// Option over `REPORTGEN_METRICS_FILE` over file.
  private static func path(of option: String?, _ context: ProjectContext) -> String? {
    let current = FileManager.default.currentDirectoryPath
    let variable = ProcessInfo.processInfo.environment["REPORTGEN_METRICS_FILE"]
    let (written, base) =
      (option ?? variable).map { ($0, current) } ?? (context.project.metricsFile ?? "", context.directory)
    guard !written.isEmpty else { return nil }
    return URL(filePath: written, relativeTo: URL(filePath: base + "/")).standardizedFileURL.path
  }

  // MARK: Metrics

  /// - Parameter reports: every report of the project; nil when they could not be read.
  /// - Returns: warnings.
  func writeMetrics(_ result: RunResult, reports: [Report]?) async -> [Diagnostic] {
    guard let metricsFile, !isSilent else { return [] }
    var metrics = RunMetrics(
      environment: context.environmentName, version: Version.number, began: began.timeIntervalSince1970,
      ended: Date.now.timeIntervalSince1970, status: result.status)
    metrics.outcomes = result.reports
    metrics.reports = reports
    var warnings: [Diagnostic] = []
    do {
      metrics.health = try await health(result, reports)
    } catch  where result.ownStatus == .done {
      warnings.append(
        Diagnostic(
          .warning, "could not read the ledger for the metrics: \(Self.reason(error))",
          detail: "\"\(metricsFile)\" keeps what it had of it."))
    } catch {
      // The run has said why.
    }
    do {
      let earlier = try? WholeFile.read(metricsFile, limitBytes: Self.maxMetricsBytes)
      try WholeFile.replace(metricsFile, with: metrics.text(after: earlier), permissions: 0o644)
    } catch {
      warnings.append(
        Diagnostic(
          .warning, "the metrics are not written: \(Self.reason(error))",
          hint: "metrics_file has to lie in a folder that exists and that this user may write in."))
    }
    return warnings
  }

  /// Nil where nobody would wait for it: without a primary, and after an interruption.
  private func health(_ result: RunResult, _ reports: [Report]?) async throws -> [ReportHealth]? {
    guard let reports, ![.unavailable, .interrupted, .usage].contains(result.ownStatus) else { return nil }
    let (ledger, graph) = (try context.ledgerReport(), DependencyGraph(reports))
    return try await withTimeLimit(Self.ledgerPatience) { try await ledger.health(of: reports, in: graph) }
  }

  private static func reason(_ error: any Error) -> String {
    switch error {
    case let error as RunError: error.diagnostic.message
    case let diagnostic as Diagnostic: diagnostic.message
    case is CancellationError: "no answer for \(ledgerPatience.components.seconds) s"
    default: "\(error)"
    }
  }

  // MARK: Superset

  /// - Returns: warnings.
  func refreshSuperset(_ result: RunResult, reports: [Report]?) async -> [Diagnostic] {
    guard let reports, !isSilent, ![.unavailable, .interrupted, .usage].contains(result.ownStatus) else {
      return []
    }
    return await SupersetFollowUp(context, run: runID).run(reports)
  }

  // MARK: Hooks

  func runHook(_ result: RunResult) async {
    guard !isSilent, let hook = hook(result.status) else { return }
    do {
      Console.report(await hook.run(try Console.json(RunDocument(result))))
    } catch {
      Console.report([Diagnostic(.warning, "could not run \(hook.name): \(error)")])
    }
  }

  /// None after an interruption: whoever stopped the run knows, and what stops it may not wait.
  private func hook(_ status: ExitStatus) -> Hook? {
    guard status != .interrupted else { return nil }
    let project = context.project
    let command = status == .done ? project.onSuccess : project.onFailure
    return command.map { command in
      Hook(
        name: status == .done ? "on_success" : "on_failure", command: command, directory: context.directory,
        environment: [
          "REPORTGEN_RUN": runID.uuidString.lowercased(), "REPORTGEN_EXIT_CODE": "\(status.rawValue)",
          "REPORTGEN_PROJECT": context.directory, "REPORTGEN_ENV": context.environmentName,
        ], timeoutSeconds: project.hookTimeoutSeconds)
    }
  }
}

/// - Throws: `CancellationError` when the time is over; the body is cancelled and waited for.
func withTimeLimit<Value: Sendable>(
  _ limit: Duration, _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
  try await withThrowingTaskGroup(of: Value.self) { group in
    group.addTask { try await body() }
    group.addTask {
      try await Task.sleep(for: limit)
      throw CancellationError()
    }
    defer { group.cancelAll() }
    guard let first = try await group.next() else { throw CancellationError() }
    return first
  }
}
