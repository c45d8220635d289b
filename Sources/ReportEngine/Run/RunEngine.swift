import Foundation
import ReportLedger
import ReportModel

/// One execution of the command: selected reports, level by level, from the plan to the files.
///
/// The state of a run is in its parts: `RunSessions` has the sessions and locks, `RunJournal` what has become of each
/// report. What happened is in the ledger and in the result; nothing else is kept.
package struct RunEngine: Sendable {
  let configuration: RunConfiguration
  let observe: @Sendable (RunEvent) -> Void

  /// - Parameter observe: called from several tasks, in the order of the events of each report.
  package init(
    _ configuration: RunConfiguration, observe: @escaping @Sendable (RunEvent) -> Void = { _ in }
  ) {
    self.configuration = configuration
    self.observe = observe
  }

  /// Never throws: what went wrong is in the result, with its exit status.
  ///
  /// When the task is cancelled, the running statement is cancelled on its server, nothing more is published, and the
  /// status is `interrupted`.
  /// - Parameter graph: of every report of the project.
  package func run(_ selected: [Report], graph: DependencyGraph) async -> RunResult {
    await run(selected, graph: graph) { _ in nil as Never? }.result
  }

  /// Runs, and then asks the ledger in the run's own session, before that is closed.
  ///
  /// - Parameter read: called once the end of the run is recorded; not after an interruption or without a session.
  /// - Returns: the run's result, and what `read` returned.
  package func run<Facts: Sendable>(
    _ selected: [Report], graph: DependencyGraph, reading read: @Sendable (Ledger) async -> Facts?
  ) async -> (result: RunResult, facts: Facts?) {
    let parts = RunParts(RunContext(configuration: configuration, graph: graph, observe: observe))
    var result = RunResult(runID: configuration.run.id)
    var failures: [any Error]
    do {
      try await parts.recorder.begin(selected)
      let plans = try await plan(selected, parts)
      observe(.planned(plans.mapValues(\.count)))
      try await parts.housekeeping.forgetLostRows(of: selected)
      try await parts.housekeeping.emptyStagingTables(
        of: selected.filter { plans[$0.name]?.isEmpty ?? false })
      try await parts.housekeeping.expireIntervals(of: selected)
      failures = await run(graph.levels(of: selected), plans, parts)
      try await warnOfShrunkTables(selected, parts, isOver: failures.isEmpty)
    } catch {
      failures = [error]
    }
    for error in failures {
      var failure = await configuration.servers.explainingRights(
        await parts.journal.failure(error), selected)
      if failure.status == .interrupted, parts.context.publishes,
        let progress = await parts.journal.progress()
      {
        let detail = ["Published: \(progress).", failure.diagnostic.detail].compactMap(\.self)
        failure.diagnostic.detail = detail.joined(separator: " ")
        failure.diagnostic.hint = "\"reportgen run --failed\" continues it."
      }
      result.ownStatus = ExitStatus.combined([result.ownStatus, failure.status])
      let diagnostic = await parts.journal.withEffect(failure.diagnostic)
      if !result.diagnostics.contains(diagnostic) { result.diagnostics.append(diagnostic) }
    }
    result.reports = await parts.journal.outcomes(of: selected, endedBy: result.ownStatus)
    let workbooks = await parts.journal.workbooks
    result.workbooks = workbooks.files
    result.diagnostics += workbooks.warnings
    return (result, await parts.recorder.finish(result, reading: read))
  }

  private func plan(_ selected: [Report], _ parts: RunParts) async throws -> [String: [Portion]] {
    let (sessions, graph) = (parts.sessions, parts.context.graph)
    let planner = try await sessions.retrying {
      try await RunPlanner.read(selected, in: graph, configuration, on: try await sessions.primary())
    }
    var plans: [String: [Portion]] = [:]
    var continuable: [(report: String, intervals: [Interval])] = []
    let names = Set(selected.map(\.name))
    for report in selected {
      do {
        let plan = try planner.plan(report)
        if let lost = planner.lostTable(of: report, plan)
          ?? (plan.portions.isEmpty ? nil : planner.lostUpstream(of: report, selected: names))
        {
          await parts.journal.lost(report, lost)
          continue
        }
        if planner.isContinuable(report, plan) {
          continuable.append((report.name, plan.intervals.intervals))
        }
        plans[report.name] = plan.portions
        await parts.journal.planned(report, plan)
        if let facts = planner.shrunkTable(of: report) { await parts.journal.foundShrunk(report, facts) }
        for warning in planner.warnings(of: report, plan) {
          await parts.journal.noteApart(report, warning)
        }
      } catch {
        await parts.journal.refused(report, error)
      }
    }
    let (id, recorded) = (configuration.run.id, continuable)
    if !recorded.isEmpty { try await sessions.ledger { try await $0.plan(recorded, in: id) } }
    return plans
  }

  /// Tables that have fewer rows than the ledger counts, also after this run: it has perhaps computed what was missing.
  private func warnOfShrunkTables(_ reports: [Report], _ parts: RunParts, isOver: Bool) async throws {
    let planned = await parts.journal.shrunkTables
    let shrunk = reports.filter { planned[$0.name] != nil }
    guard !shrunk.isEmpty else { return }
    let now =
      isOver && parts.context.publishes
      ? try await parts.sessions.ledger { try await $0.tables.facts(of: shrunk) } : planned
    for report in shrunk {
      guard let facts = now[report.name], let loss = facts.loss(of: report), !loss.isWhole else { continue }
      await parts.journal.noteApart(
        report, loss.diagnostic(report, intervals: facts.publishedIntervals, .warning))
    }
  }

  /// A level's locks are held until its files are there.
  ///
  /// - Returns: what stopped the files of single levels, and at the end what stopped the run, if anything did.
  private func run(
    _ levels: [[Report]], _ plans: [String: [Portion]], _ parts: RunParts
  ) async -> [any Error] {
    var failures: [any Error] = []
    do {
      for (number, level) in levels.enumerated() {
        if number > 0 { await parts.recorder.saveOutcomes() }
        try await parts.levels.run(level, plans)
        do {
          try await parts.finishFiles(of: level)
        } catch let error where !(error is CancellationError) {
          // The rows are published, and the files are owed: what reads the rows can go on.
          failures.append(error)
        }
        await parts.journal.done(with: level)
        await parts.sessions.unlock(level)
      }
      failures += try await parts.workbooks.write(having: levels.flatMap { $0 }, always: false)
    } catch {
      failures.append(error)
    }
    return failures
  }
}

/// The parts of one run, each over those before it.
struct RunParts: Sendable {
  let context: RunContext
  let sessions: RunSessions
  let journal: RunJournal
  let recorder: RunRecorder
  let exports: ExportRunner
  let owedFiles: OwedFilesRunner
  let workbooks: WorkbookRunner
  let levels: LevelRunner
  let housekeeping: Housekeeping
  let grants: GrantRunner

  init(_ context: RunContext) {
    self.context = context
    sessions = RunSessions(context)
    journal = RunJournal(context)
    recorder = RunRecorder(context: context, sessions: sessions, journal: journal)
    exports = ExportRunner(context: context, sessions: sessions, journal: journal)
    let attempts = AttemptRunner(
      context: context, sessions: sessions, journal: journal, recorder: recorder, exports: exports)
    let confirmer = Confirmer(context: context, sessions: sessions, journal: journal, exports: exports)
    owedFiles = OwedFilesRunner(
      context: context, sessions: sessions, journal: journal, exports: exports, confirmer: confirmer)
    levels = LevelRunner(
      context: context, sessions: sessions, journal: journal, attempts: attempts,
      reader: LevelReader(context: context, sessions: sessions, attempts: attempts),
      views: ViewRunner(
        context: context, sessions: sessions, journal: journal, recorder: recorder, attempts: attempts),
      confirmer: confirmer)
    workbooks = WorkbookRunner(context: context, sessions: sessions, journal: journal, exports: exports)
    housekeeping = Housekeeping(context: context, sessions: sessions, journal: journal)
    grants = GrantRunner(context: context, sessions: sessions, journal: journal)
  }

  /// Writes what the level's reports owe, and removes folders that are no longer kept.
  func finishFiles(of level: [Report]) async throws {
    guard context.publishes else { return }
    try await grants.synchronize(level)
    let published = try await owedFiles.export(level)
    try await housekeeping.removeOldFolders(of: level, published)
  }
}
