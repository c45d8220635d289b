import Foundation
import PostgresClient
import ReportEngine
import ReportLedger
import ReportModel

/// Computes reports again on the replica and compares them with what is published there, in one snapshot. Writes
/// nothing.
package struct VerifyEngine: Sendable {
  private static let tries = 3

  private let configuration: RunConfiguration
  private let choice: VerifyChoice
  private let observe: @Sendable (RunEvent) -> Void

  /// - Parameter observe: called when each report begins, on any thread.
  package init(
    _ configuration: RunConfiguration, choice: VerifyChoice,
    observe: @escaping @Sendable (RunEvent) -> Void = { _ in }
  ) {
    self.configuration = configuration
    self.choice = choice
    self.observe = observe
  }

  private var servers: Servers { configuration.servers }

  /// Never throws: what went wrong is in the result, with its exit status. Each report has a snapshot of its own, so
  /// that none is held for longer than its report takes.
  package func verify(_ selected: [Report], graph: DependencyGraph) async -> VerifyResult {
    var result = VerifyResult()
    let replicas = ReplicaHolder(gate: gate)
    do {
      for report in selected {
        result.reports.append(try await verify(report, graph, replicas))
      }
    } catch {
      let error: any Error = error is CancellationError ? RunError.interruptedAsking : error
      let failure = await servers.explainingRights(RunError.from(error, "could not verify"), [])
      result.ownStatus = failure.status
      result.diagnostics.append(failure.diagnostic)
    }
    await uncancelled { await replicas.close() }
    result.reports += selected.dropFirst(result.reports.count).map { VerifiedReport($0, .skipped) }
    return result
  }

  /// - Throws: when no other report can be verified either.
  private func verify(
    _ report: Report, _ graph: DependencyGraph, _ replicas: ReplicaHolder
  ) async throws -> VerifiedReport {
    if let obstacle = VerifyPlan.obstacle(report) { return Self.notVerifiable(report, obstacle) }
    observe(.step(report: report.name, step: "verify"))
    var tries = 0
    while true {
      guard let replica = try await replicas.usable() else {
        return VerifiedReport(report, .nothingToCompare)
      }
      do {
        let timezone = configuration.project.timezone
        return try await replica.inSnapshot(servers) { source, table in
          try await ReportVerifier(
            source: source, table: table.connection, report: report, choice: choice, timezone: timezone,
            fingerprints: configuration.fingerprints,
            firstReadableDay: graph.firstReadableDay(of: report, today: replica.asOf.today)
          ).verify()
        }
      } catch let error as CancellationError {
        throw error
      } catch {
        let failure = RunError.from(
          error, "could not verify \"\(report.name)\"", detail: "The report was not verified.")
        tries += 1
        guard failure.isTransient, tries < Self.tries else { return await failed(report, failure) }
      }
    }
  }

  private var gate: ReplicaGate {
    ReplicaGate(servers: servers, environment: configuration.environment)
  }

  private static func notVerifiable(_ report: Report, _ obstacle: String) -> VerifiedReport {
    var verified = VerifiedReport(report, .notVerifiable)
    verified.reason = obstacle
    return verified
  }

  private func failed(_ report: Report, _ failure: RunError) async -> VerifiedReport {
    let failure = await servers.explainingRights(failure, [report])
    var verified = VerifiedReport(report, .failed)
    verified.status = failure.status
    verified.diagnostics = [failure.diagnostic]
    return verified
  }
}

/// One gated replica for all reports; a lost one is replaced for the next try.
private actor ReplicaHolder {
  private let gate: ReplicaGate
  private var replica: GatedReplica?

  init(gate: ReplicaGate) { self.gate = gate }

  /// - Returns: nil when no run has ever been recorded.
  /// - Throws: `RunError` when the gate does not open.
  func usable() async throws -> GatedReplica? {
    if let replica, await replica.session.isUsable { return replica }
    replica = try await GatedReplica.open(gate)
    return replica
  }

  func close() async { await replica?.session.close() }
}
