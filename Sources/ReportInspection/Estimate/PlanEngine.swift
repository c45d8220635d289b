import PostgresClient
import ReportEngine
import ReportLedger
import ReportModel

/// Says what a run would do. Reads the ledger and the catalogs of the primary, and lets the replica estimate the
/// queries; both sessions are READ ONLY.
package struct PlanEngine: Sendable {
  private let configuration: RunConfiguration

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
      try await estimate(&result.levels, facts, graph, primary)
      warnOfOutdated(&result.levels, facts)
    } catch {
      let error: any Error = error is CancellationError ? RunError.interruptedAsking : error
      let failure = await servers.explainingRights(RunError.from(error), selected)
      result.ownStatus = failure.status
      result.diagnostics.append(failure.diagnostic)
    }
    return result
  }

  /// - Throws: when the replica cannot be asked any more; what one report's query lacks is that report's warning.
  private func estimate(
    _ levels: inout [[PlannedReport]], _ facts: PlanFacts, _ graph: DependencyGraph, _ primary: Connection
  ) async throws {
    let runs = levels.flatMap(\.self).contains { $0.state == .run && $0.reads > 0 }
    guard runs else { return }
    let gate = ReplicaGate(servers: servers, environment: configuration.environment)
    let replica = try await gate.openAny(primary: primary)
    defer { Task { await replica.close() } }
    let reader = CostReader(
      replica: replica, options: configuration.options, timezone: configuration.project.timezone)
    var readiness = Readiness(graph: graph, existing: facts.existing)
    for level in levels.indices {
      for index in levels[level].indices {
        // Again: a table that turned out not to fit keeps its readers from running, too.
        readiness.judge(&levels[level][index])
        try await estimate(&levels[level][index], facts, reader, readiness, primary)
        readiness.judge(&levels[level][index])
      }
    }
  }

  /// Of a definition that does not run there are other things to say.
  private func warnOfOutdated(_ levels: inout [[PlannedReport]], _ facts: PlanFacts) {
    for level in levels.indices {
      for index in levels[level].indices where levels[level][index].outdated > 0 {
        let planned = levels[level][index]
        guard [.run, .upToDate].contains(planned.state) else { continue }
        let warning = facts.plans[planned.report.name]?.intervals.outdatedWarning(planned.report)
        levels[level][index].diagnostics += [warning].compactMap(\.self)
      }
    }
  }

  private func estimate(
    _ planned: inout PlannedReport, _ facts: PlanFacts, _ reader: CostReader, _ readiness: Readiness,
    _ primary: Connection
  ) async throws {
    guard planned.state == .run, planned.reads > 0, var plan = facts.plans[planned.report.name] else {
      return
    }
    let report = planned.report
    if let upstream = readiness.missing(report).first {
      return planned.diagnostics.append(Self.notYet(report, upstream))
    }
    do {
      let columns = try await reader.columns(of: report, plan)
      let existing = facts.shapes[report.name]
      do {
        if try await facts.rebuilds(report, columns, on: primary) {
          plan = try plan.rebuilding(report)
          planned.show(plan, today: facts.planner.today)
          planned.rebuildsTable = true
        }
      } catch let reason as Diagnostic {
        planned.state = .cannotRun
        planned.status = .definition
        return planned.diagnostics.append(reason)
      }
      planned.estimate = try await reader.estimate(of: report, plan, columns, existing: existing)
    } catch let error as PostgresError where error.isConnectionLost {
      throw error
    } catch let error as CancellationError {
      throw error
    } catch {
      let failure = await servers.explainingRights(RunError.from(error), [report])
      planned.diagnostics.append(Self.noEstimate(report, failure.diagnostic))
    }
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
