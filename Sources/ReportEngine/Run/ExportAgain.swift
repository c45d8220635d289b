import Foundation
import ReportLedger
import ReportModel

extension RunEngine {
  /// Writes files again from the published rows, also those that are there; nothing is computed or published.
  package func exportAgain(_ selected: [Report], graph: DependencyGraph) async -> RunResult {
    var result = RunResult(runID: configuration.run.id)
    do {
      try await ledger { try await $0.requireCurrent() }
      let deadline = lockDeadline
      for report in LockKey.inOrder(selected) { _ = try await main.lock(report, until: deadline) }
      let published = try await ledger { try await $0.published(graph.reports.map(\.name)) }
      var jobs: [ReportExporter.Job] = []
      for report in selected {
        jobs += try jobsAgain(report, published[report.name] ?? [])
      }
      try await export(jobs)
      writeIndex(graph.reports, published)
    } catch {
      let failure = await configuration.servers.explainingRights(RunError.from(error), selected)
      result.ownStatus = failure.status
      result.diagnostics.append(failure.diagnostic)
    }
    noteUnexported(selected)
    result.reports = selected.compactMap { report in
      guard var outcome = outcomes[report.name] else { return nil }
      if outcome.state == .upToDate { outcome.state = .exported }
      return outcome
    }
    await closeSessions()
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
    let isKept = report.showsWholeRelation || options.dates == .missing
    let chosen = (isKept ? report.exported(of: published) : published)
      .filter { options.dates.chooses($0.interval) && $0.attemptState == "confirmed" }
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
