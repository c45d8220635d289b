import PostgresClient
import ReportEngine
import ReportLedger
import ReportModel

/// Computes what a run would do. Reads the ledger and the catalogs of the primary, and lets the replica estimate the
/// queries; both sessions are READ ONLY.
package struct PlanEngine: Sendable {
  private let configuration: RunConfiguration

  /// - Parameter configuration: of a run; its options say what would be computed.
  package init(_ configuration: RunConfiguration) { self.configuration = configuration }

  private var servers: Servers { configuration.servers }

  /// Never throws: what went wrong is in the result, with its exit status. Without a replica there is a plan without
  /// estimates.
  package func plan(_ selected: [Report], graph: DependencyGraph) async -> PlanResult {
    var result = PlanResult()
    do {
      let primary = try await servers.openReaderOfPrimary()
      defer { Task { await primary.close() } }
      let facts = try await PlanFacts.read(selected, graph, configuration, on: primary)
      result.today = facts.planner.today
      result.levels = facts.levels(of: selected, graph)
      if let reader = try await costReader(result.reports, primary) {
        defer { Task { await reader.replica.close() } }
        var readiness = Readiness(graph: graph, existing: facts.existing)
        for level in result.levels.indices {
          for index in result.levels[level].indices {
            let planned = readiness.judged(result.levels[level][index])
            result.levels[level][index] = planned
            let estimated = try await estimated(planned, facts, reader, readiness, primary)
            // Again: a table that does not fit its query keeps the reports that read it from running, too.
            result.levels[level][index] = readiness.judged(estimated)
          }
        }
      }
      result.levels = result.levels.map { level in level.map { withOutdatedWarning($0, facts) } }
    } catch {
      let error: any Error = error is CancellationError ? RunError.interruptedAsking : error
      let failure = await servers.explainingRights(RunError.from(error), selected)
      result.ownStatus = failure.status
      result.diagnostics.append(failure.diagnostic)
    }
    return result
  }

  /// - Returns: nil when there is no query to estimate; otherwise with a session that the caller closes.
  private func costReader(_ reports: [PlannedReport], _ primary: Connection) async throws -> CostReader? {
    guard reports.contains(where: { $0.state == .run && $0.reads > 0 }) else { return nil }
    let gate = ReplicaGate(servers: servers, environment: configuration.environment)
    return CostReader(
      replica: try await gate.openAny(primary: primary), options: configuration.options,
      timezone: configuration.project.timezone)
  }

  /// Only for a report that can run: otherwise its errors come first.
  private func withOutdatedWarning(_ planned: PlannedReport, _ facts: PlanFacts) -> PlannedReport {
    guard planned.outdated > 0, [.run, .upToDate].contains(planned.state) else { return planned }
    var planned = planned
    let warning = facts.plans[planned.report.name]?.intervals.outdatedWarning(planned.report)
    planned.diagnostics += [warning].compactMap(\.self)
    return planned
  }

  /// - Throws: when the replica cannot be asked any more; an error of one report's query is that report's warning.
  private func estimated(
    _ planned: PlannedReport, _ facts: PlanFacts, _ reader: CostReader, _ readiness: Readiness,
    _ primary: Connection
  ) async throws -> PlannedReport {
    guard planned.state == .run, planned.reads > 0, var plan = facts.plans[planned.report.name] else {
      return planned
    }
    var planned = planned
    let report = planned.report
    if let upstream = readiness.missing(report).first {
      planned.diagnostics.append(Self.notYet(report, upstream))
      return planned
    }
    do {
      let columns = try await reader.columns(of: report, plan)
      let existing = facts.shapes[report.name]
      do {
        try await reader.requireOwnRows(of: report, plan, columns)
        if try await facts.rebuilds(report, columns, on: primary) {
          plan = try plan.rebuilding(report)
          planned.show(plan, today: facts.planner.today)
          planned.rebuildsTable = true
        }
      } catch let reason as Diagnostic {
        planned.state = .cannotRun
        planned.status = .definition
        planned.diagnostics.append(reason)
        return planned
      } catch let refusal as RunError where refusal.status == .definition {
        planned.state = .cannotRun
        planned.status = refusal.status
        planned.diagnostics += refusal.diagnostics
        return planned
      }
      let compared = try await reader.ways(of: report, plan, columns, facts, primary)
      (planned.ways, planned.temporaryBytes) = (compared.ways, compared.temporaryBytes)
      planned.estimate = try await reader.estimate(
        of: report, plan, columns, existing: existing, isOrdered: planned.way != .difference)
    } catch let error as PostgresError where error.isConnectionLost {
      throw error
    } catch let error as CancellationError {
      throw error
    } catch {
      let failure = await servers.explainingRights(RunError.from(error), [report])
      planned.diagnostics.append(Self.noEstimate(report, failure.diagnostic))
    }
    return planned
  }

  private static func notYet(_ report: Report, _ upstream: Report) -> Diagnostic {
    let table = upstream.materialization.table?.description ?? upstream.name
    return Diagnostic(
      .warning, "no estimate for \"\(report.name)\": \(table) does not exist yet",
      detail: "\"\(upstream.name)\" makes it in the same run.", file: report.sqlFile)
  }

  private static func noEstimate(_ report: Report, _ reason: Diagnostic) -> Diagnostic {
    Diagnostic(
      .warning, "no estimate for \"\(report.name)\": \(reason.message)", hint: reason.hint,
      file: reason.file ?? report.sqlFile, place: reason.place)
  }
}
