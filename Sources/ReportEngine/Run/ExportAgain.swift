import Foundation
import ReportLedger
import ReportModel

extension RunEngine {
  /// Writes files again from the published rows, also those that are there; nothing is computed or published.
  package func exportAgain(_ selected: [Report], graph: DependencyGraph) async -> RunResult {
    let parts = RunParts(RunContext(configuration: configuration, graph: graph, observe: observe))
    var result = RunResult(runID: configuration.run.id)
    do {
      try await parts.sessions.ledger { try await $0.requireCurrent() }
      let deadline = parts.sessions.lockDeadline
      for report in LockKey.inOrder(selected) { try await parts.sessions.lock(report, until: deadline) }
      let published = try await parts.sessions.ledger { try await $0.published(selected.map(\.name)) }
      let tables = try await parts.sessions.ledger { try await $0.tables.facts(of: selected) }
      for report in selected {
        guard let facts = tables[report.name], let loss = facts.loss(of: report), loss.isWhole else {
          continue
        }
        // The files that are there show more than the table.
        throw RunError(
          .failed,
          loss.diagnostic(report, intervals: facts.publishedIntervals, .error, effect: .nothingChanged))
      }
      var jobs: [ReportExporter.Job] = []
      for report in selected { jobs += try jobsAgain(report, published[report.name] ?? []) }
      try await parts.exports.export(jobs)
      for error in try await parts.workbooks.write(having: selected, always: true) {
        let failure = await configuration.servers.explainingRights(RunError.from(error), selected)
        result.ownStatus = ExitStatus.combined([result.ownStatus, failure.status])
        result.diagnostics.append(failure.diagnostic)
      }
    } catch {
      let failure = await configuration.servers.explainingRights(RunError.from(error), selected)
      result.ownStatus = failure.status
      result.diagnostics.append(failure.diagnostic)
    }
    for var outcome in await parts.journal.outcomes(of: selected, endedBy: result.ownStatus) {
      if outcome.state == .skipped { continue }
      if outcome.state == .upToDate { outcome.state = .exported }
      result.reports.append(outcome)
    }
    let workbooks = await parts.journal.workbooks
    result.workbooks = workbooks.files
    result.diagnostics += workbooks.warnings
    await parts.sessions.close()
    return result
  }

  /// The chosen intervals, or the newest that are kept.
  private func jobsAgain(_ report: Report, _ published: [PublishedInterval]) throws -> [ReportExporter.Job] {
    guard let relation = report.materialization.table else {
      throw RunError(
        .usage,
        Diagnostic(
          "\"\(report.name)\" has no published rows to export: it is \"as: none\"",
          hint: "\"reportgen run \(report.name) --date …\" computes its files again.",
          file: report.metadataFile))
    }
    let isKept = report.showsWholeRelation || configuration.options.dates == .missing
    let chosen = (isKept ? report.exported(of: published) : published)
      .filter { configuration.options.dates.chooses($0.interval) && $0.attemptState == .confirmed }
    guard !chosen.isEmpty else {
      throw RunError(
        .usage,
        Diagnostic(
          "nothing of \"\(report.name)\" is published for these days",
          hint: "\"reportgen status\" shows what is; only confirmed rows are exported."))
    }
    return chosen.map { ReportExporter.Job(report: report, facts: $0, relation: relation, values: [:]) }
  }
}
