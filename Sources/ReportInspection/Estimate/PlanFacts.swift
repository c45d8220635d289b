import PostgresClient
import ReportEngine
import ReportLedger
import ReportModel

/// What a plan reads on the primary: the ledger, the clock, and which summary tables exist.
struct PlanFacts: Sendable {
  var planner: RunPlanner
  var published: [String: [PublishedInterval]]
  /// Summary tables and views of the project that exist.
  var existing: Set<QualifiedName>
  /// Of the reports that have something to compute.
  var shapes: [String: TableShape] = [:]
  /// What would change the privileges of the reports' tables.
  var grants: [String: GrantChanges] = [:]
  /// Of the reports whose definition allows the requested intervals.
  var plans: [String: ReportPlan] = [:]
  private var refused: [String: Diagnostic] = [:]
  private let configuration: RunConfiguration

  private init(
    _ configuration: RunConfiguration, planner: RunPlanner, published: [String: [PublishedInterval]],
    existing: Set<QualifiedName>,
    for reports: [Report]
  ) {
    self.configuration = configuration
    self.planner = planner
    self.published = published
    self.existing = existing
    for report in reports {
      do {
        plans[report.name] = try planner.plan(report)
      } catch {
        refused[report.name] = error
      }
    }
  }

  static func read(
    _ selected: [Report], _ graph: DependencyGraph, _ configuration: RunConfiguration,
    on primary: Connection
  ) async throws -> PlanFacts {
    let ledger = Ledger(connection: primary)
    try await ledger.requireCurrent()
    var facts = PlanFacts(
      configuration, planner: try await RunPlanner.read(selected, in: graph, configuration, on: primary),
      published: try await ledger.published(selected.map(\.name)),
      existing: try await existing(graph.reports.compactMap(\.materialization.table), on: primary),
      for: selected)
    let privileges = configuration.options.publishes ? try await ledger.tables.grantFacts(of: selected) : [:]
    for report in selected {
      facts.grants[report.name] = privileges[report.name].flatMap { GrantChanges(report, $0) }
    }
    for report in selected where facts.plans[report.name]?.portions.isEmpty == false {
      guard let table = report.materialization.table, facts.existing.contains(table) else { continue }
      facts.shapes[report.name] = try await TableShape.read(table, on: primary)
    }
    return facts
  }

  private static func existing(_ tables: [QualifiedName], on primary: Connection) async throws
    -> Set<QualifiedName>
  {
    let rows = try await primary.query(
      """
      SELECT n.nspname AS schema, c.relname AS name
      FROM unnest($1::text[], $2::text[]) wanted(schema, name)
      JOIN pg_namespace n ON n.nspname = wanted.schema
      JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = wanted.name
      """, [postgresArray(tables.map(\.schema)), postgresArray(tables.map(\.name))])
    return Set(rows.rows.map { QualifiedName(schema: $0[0] ?? "", name: $0[1] ?? "") })
  }

  /// What would run, before the replica is asked about it.
  func levels(of selected: [Report], _ graph: DependencyGraph) -> [[PlannedReport]] {
    var readiness = Readiness(graph: graph, existing: existing)
    return graph.levels(of: selected).map { level in
      level.map { readiness.judged(planned($0)) }
    }
  }

  private func planned(_ report: Report) -> PlannedReport {
    guard let plan = plans[report.name] else {
      var planned = PlannedReport(report, .cannotRun)
      planned.status = .usage
      planned.diagnostics = [refused[report.name]].compactMap { $0 }
      return planned
    }
    var planned = PlannedReport(report, plan.portions.isEmpty ? .upToDate : .run)
    planned.show(plan, today: planner.today)
    planned.leftForLater = plan.intervals.leftForLater
    planned.expiredIntervals = planner.options.parameters.isEmpty ? plan.expiring : []
    let table = report.materialization.table
    planned.makesTable =
      planner.options.publishes && planned.state == .run && table.map { !existing.contains($0) } ?? false
    planned.owedFiles = planner.owedFiles.folders(of: report, published[report.name] ?? [])
    if let error = planner.lostTable(of: report, plan)
      ?? (plan.portions.isEmpty ? nil : planner.lostUpstream(of: report, selected: selected))
    {
      planned.state = .cannotRun
      planned.status = .failed
      planned.diagnostics.append(error)
    }
    planned.diagnostics += [planner.shrunkWarning(of: report)].compactMap(\.self)
    planned.diagnostics += planner.warnings(of: report, plan)
    planned.makesLostTable = plan.makesLostTable
    if planned.state == .run { planned.ways = plan.portions.map { PublishWay(wayFacts(report, $0, plan)) } }
    if planned.state != .cannotRun, let changes = grants[report.name] {
      planned.grants = changes.statements
      planned.diagnostics += [changes.warning(report), changes.error(report)].compactMap(\.self)
      if changes.error(report) != nil { planned.status = .definition }
    }
    return planned
  }

  /// What decides how a portion's rows reach their table, before the replica is asked.
  func wayFacts(_ report: Report, _ portion: Portion, _ plan: ReportPlan) -> PublishWay.Facts {
    var facts = configuration.wayFacts(of: report, portion, plan)
    facts.exists = report.materialization.table.map(existing.contains)
    return facts
  }

  private var selected: Set<String> { Set(plans.keys).union(refused.keys) }

  /// Whether the existing table would be rebuilt for the query's columns.
  ///
  /// - Throws: `Diagnostic` when it cannot take them.
  func rebuilds(_ report: Report, _ columns: [ColumnShape], on primary: Connection) async throws -> Bool {
    guard planner.options.publishes, let table = report.materialization.table, let shape = shapes[report.name]
    else { return false }
    _ = try SummaryTableChanges(
      report: report, existing: shape, name: table, finalName: table, columns: columns)
    return try await TableDependents.rebuilds(report, shape, columns, on: primary)
  }
}
