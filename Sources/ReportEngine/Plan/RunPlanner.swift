import PostgresClient
import ReportLedger
import ReportModel

/// What a run computes of a report.
package struct ReportPlan: Hashable, Sendable {
  /// Which intervals, and why others are left.
  package var intervals: IntervalPlan
  /// What is read, staged and published together, in this order; empty when the report is up to date.
  package var portions: [Portion]
  /// What has rows in the table by the ledger, open intervals too.
  package var published: Set<Interval>
  /// By `materialize.retention`.
  var firstKeptDay: CalendarDate?
  /// The rows that the ledger called published are gone with the table, and all of them are computed anew.
  package var makesLostTable = false
  /// Published intervals whose rows are gone with the table and that cannot be computed any more.
  package var unrecoverable: [Interval] = []
  /// What the ledger has of the published rows.
  package var history = PublishHistory()

  /// Published intervals that are no longer kept.
  package var expiring: [Interval] {
    firstKeptDay.map { first in published.filter { $0.end <= first }.sorted() } ?? []
  }

  /// Published intervals that are computed again: the lookback, or those that were asked for.
  package var recomputed: [Interval] { intervals.intervals.filter(published.contains) }

  /// What becomes of it when the table's columns change: an `incremental` one brings back every interval that has rows.
  ///
  /// - Throws: `Diagnostic` when it could not.
  package func rebuilding(_ report: Report) throws(Diagnostic) -> ReportPlan {
    guard report.materialization.kind == .incremental else { return self }
    try requireRebuildable(report)
    var plan = self
    let intervals = published.subtracting(expiring).union(intervals.intervals)
    plan.intervals.intervals = intervals.sorted()
    plan.intervals.outdated = []
    plan.portions = [.rebuild(of: report, intervals: intervals)]
    return plan
  }

  /// A rebuild takes every row away: all of them have to come back.
  func requireRebuildable(_ report: Report) throws(Diagnostic) {
    let lost = intervals.unreadable
    guard !lost.isEmpty else { return }
    throw Diagnostic(
      "\(report.materialization.table?.description ?? report.name) cannot be rebuilt:"
        + " \(counted(lost.count, "interval")) could not be computed again",
      detail: "\(report.period.names(of: lost) ?? ""): a summary table that it reads does not keep"
        + " these days.", effect: .nothingPublished,
      hint: "Use \"on_schema_change: add\", raise the retention of what it reads, or change the query back.",
      file: report.metadataFile)
  }

  /// How many queries read it.
  package var reads: Int { portions.map(\.spans.count).reduce(0, +) }

  /// How many intervals have rows that the run leaves as they are.
  package func othersPublished(_ dates: DateSelection) -> Int {
    dates == .fullRefresh ? 0 : published.subtracting(expiring).subtracting(intervals.intervals).count
  }
}

/// Decides what a run computes of each report, from the ledger, today by the primary's clock, and the options.
///
/// A run and `reportgen plan` use the same planner, so the plan shows what the run does.
package struct RunPlanner: Sendable {
  /// What the command line asked for besides the reports.
  package let options: RunOptions
  /// At most this many missing intervals of a report, without `--backfill`.
  package let maxCatchUp: Int
  /// Every interval of the selected reports.
  package let entries: [String: [Ledger.Entry]]
  /// Published intervals of a definition that meant something else, by report.
  package var outdated: [String: Set<Interval>] = [:]
  /// Published intervals that an earlier run was to compute again and did not come to, by report.
  var unfinished: [String: Set<Interval>] = [:]
  /// Intervals whose newest attempt failed, by report; read for `--failed` alone.
  var failed: [String: Set<Interval>] = [:]
  /// First days of what each report's last run was to compute; read for `--failed` alone.
  var lastPlanned: [String: Set<CalendarDate>] = [:]
  /// The newest publishes of the reports that have many rows, by report.
  var lastPublishes: [String: PublishHistory.Last] = [:]
  /// What else the project has: what a report reads can set an end to what can be computed.
  package let graph: DependencyGraph
  /// In the project's time zone.
  package let today: CalendarDate
  /// Looks for files that are missing in the output folder.
  package let owedFiles: OwedFiles
  /// The tables of the selected reports and of what they read, by report.
  package var tables: [String: TableFacts] = [:]

  /// - Throws: `Diagnostic` when the options contradict the definition.
  package func plan(_ report: Report) throws(Diagnostic) -> ReportPlan {
    let makesLostTable = makesLostTable(report)
    let known = entries[report.name] ?? []
    let entries = makesLostTable ? known.filter { $0.state == .expired } : known
    // Files of other parameters repeat nothing that is published.
    let published = options.parameters.isEmpty ? entries.filter(\.isPublished) : []
    let unfinished = (unfinished[report.name] ?? []).union(failed[report.name] ?? [])
    var planner = IntervalPlanner(
      report: report, published: Set(published.compactMap(\.interval)),
      outdated: outdated[report.name] ?? [], unfinished: unfinished,
      filesMissing: owedFiles.toCompute(report, entries),
      today: today, firstReadableDay: graph.firstReadableDay(of: report, today: today),
      maxCatchUp: options.backfill ? nil : maxCatchUp)
    planner.continued = lastPlanned[report.name] ?? []
    let intervals = try planner.plan(dates)
    var history = Ledger.Entry.history(entries)
    history.last = lastPublishes[report.name]
    let lost = makesLostTable ? known.filter(\.isPublished).compactMap(\.interval) : []
    return ReportPlan(
      intervals: intervals,
      portions: Portion.portions(
        of: intervals, report: report, fullRefresh: options.dates == .fullRefresh,
        isApart: !options.parameters.isEmpty),
      published: Set(entries.filter { $0.state != .expired }.compactMap(\.interval)),
      firstKeptDay: report.firstKeptDay(today: today), makesLostTable: makesLostTable,
      unrecoverable: lost.filter { planner.isUnreadable($0) }, history: history)
  }

  /// Whether a run that is stopped has to be continued by a later one: it computes published intervals again that a
  /// later run would not find by itself, as it finds missing ones and the lookback.
  func isContinuable(_ report: Report, _ plan: ReportPlan) -> Bool {
    guard options.publishes else { return false }
    // More than the next run would take by itself.
    if plan.intervals.intervals.count - plan.recomputed.count > maxCatchUp { return true }
    guard !plan.recomputed.isEmpty else { return false }
    return options.dates != .missing || !(unfinished[report.name] ?? []).isEmpty || options.continues
  }

  /// Without dates other parameters show the newest closed interval: there is nothing published to be missing.
  private var dates: DateSelection {
    !options.parameters.isEmpty && options.dates == .missing ? .newest : options.dates
  }
}

extension RunPlanner {
  /// Reads the ledger and the clock; "closed" is judged once a run.
  package static func read(
    _ reports: [Report], in graph: DependencyGraph, _ configuration: RunConfiguration,
    on primary: Connection
  ) async throws -> RunPlanner {
    let ledger = Ledger(connection: primary)
    let names = reports.map(\.name)
    // Tables before the intervals: what another run publishes in between has both.
    let (found, entries, unfinished, today) = try await primary.ask(
      TableRecords.facts(of: graph.withUpstream(of: reports)), Ledger.intervals(of: names),
      Ledger.unfinished(of: names), configuration.servers.today)
    let tables = try await ledger.tables.counted(found)
    let changes = DefinitionChanges(ledger: ledger, fingerprints: configuration.fingerprints)
    let continues = configuration.options.continues
    let many = names.filter {
      Ledger.Entry.history(entries[$0] ?? []).sum >= configuration.project.differenceFrom
    }
    return RunPlanner(
      options: configuration.options, maxCatchUp: configuration.project.maxCatchUp, entries: entries,
      outdated: try await changes.outdated(reports, entries),
      unfinished: unfinished,
      failed: continues
        ? try await primary.ask(RunHistory.failedIntervals(of: names)).mapValues { Set($0) } : [:],
      lastPlanned: continues ? try await primary.ask(Ledger.lastPlanned(of: names)) : [:],
      lastPublishes: configuration.options.publishes ? try await ledger.lastPublishes(of: many) : [:],
      graph: graph, today: today,
      owedFiles: OwedFiles(root: configuration.output), tables: tables)
  }
}
