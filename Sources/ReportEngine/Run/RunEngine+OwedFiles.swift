import Foundation
import PostgresClient
import ReportLedger
import ReportModel

/// At a run's end: files that the ledger promises and that are not there, whichever run published the rows.
extension RunEngine {
  private var owedFiles: OwedFiles { OwedFiles(root: configuration.output) }

  /// Files of confirmed intervals that are not there, or that disagree with manifest or ledger.
  ///
  /// - Parameter all: every report of the project.
  /// - Returns: what is published of all of them.
  func exportOwedFiles(of reports: [Report], among all: [Report]) async throws -> [String:
    [PublishedInterval]]
  {
    guard publishes else { return [:] }
    try Task.checkCancellation()
    var published = try await ledger { try await $0.published(all.map(\.name)) }
    if try await confirmEarlier(reports, published) {
      published = try await ledger { try await $0.published(all.map(\.name)) }
    }
    let indebted = reports.filter { !owed($0, published[$0.name] ?? []).isEmpty }
    let free = try await lockFree(indebted)
    if !free.isEmpty {
      // What another run published and exported before it let the lock go.
      try await published.merge(ledger { try await $0.published(free.map(\.name)) }) { $1 }
    }
    let jobs = free.flatMap { report in
      owed(report, published[report.name] ?? []).compactMap { job(report, $0) }
    }
    // What failed before is owed, and so among the jobs, or is there all the same; a report without a table has no job.
    for report in reports where report.materialization.table != nil { unexported[report.name] = nil }
    if !jobs.isEmpty { try await export(jobs) }
    // Under the locks: what another run publishes from now on owes its files to nobody but itself.
    for report in free { finishOutcome(report, published[report.name] ?? []) }
    await main.unlock(free)
    return published
  }

  /// A report that another run works on is left to that run, with its files.
  ///
  /// - Returns: the others, in the order given.
  private func lockFree(_ reports: [Report]) async throws -> [Report] {
    var free: [Report] = []
    let deadline = lockDeadline
    for report in LockKey.inOrder(reports) {
      do {
        _ = try await main.lock(report, until: deadline)
        free.append(report)
      } catch let error as RunError where error.status == .tryAgain {
        continue
      }
    }
    return reports.filter { report in free.contains { $0.name == report.name } }
  }

  private func job(_ report: Report, _ facts: PublishedInterval) -> ReportExporter.Job? {
    report.materialization.table.map {
      ReportExporter.Job(report: report, facts: facts, relation: $0, values: [:])
    }
  }

  /// What an earlier run published and could not confirm.
  /// - Returns: whether the ledger has changed.
  private func confirmEarlier(_ reports: [Report], _ published: [String: [PublishedInterval]]) async throws
    -> Bool
  {
    let waiting = Set(
      reports.flatMap { published[$0.name] ?? [] }
        .filter { $0.attemptState == "published" && $0.runID != configuration.run.id }
        .map(\.attemptID))
    guard !waiting.isEmpty else { return false }
    let (confirmed, reason) = try await confirm(Array(waiting), replica: nil)
    for report in reports {
      let attempts = Set((published[report.name] ?? []).map(\.attemptID)).intersection(waiting)
      guard !attempts.isSubset(of: confirmed) else { continue }
      var outcome = outcomes[report.name] ?? ReportOutcome(report: report, state: .published)
      outcome.status = ExitStatus.combined([outcome.status, .tryAgain])
      outcome.diagnostics.append(Self.unconfirmed(report, configuration.environment, reason))
      outcomes[report.name] = outcome
    }
    return !confirmed.isEmpty
  }

  private func owed(_ report: Report, _ published: [PublishedInterval]) -> [PublishedInterval] {
    owedFiles.intervals(of: report, published)
  }

  /// A page about files that cannot be written is no reason to fail a run whose files are there.
  func writeIndex(_ reports: [Report], _ published: [String: [PublishedInterval]]) {
    guard publishes else { return }
    try? ExportIndex(servers: configuration.servers, root: configuration.output).write(reports, published)
  }

  private func finishOutcome(_ report: Report, _ published: [PublishedInterval]) {
    guard var outcome = outcomes[report.name] else { return }
    outcome.owedFiles = owedFiles.folders(of: report, published)
    if !outcome.owedFiles.isEmpty, unexported[report.name] == nil {
      outcome.status = ExitStatus.combined([outcome.status, .failed])
    }
    outcomes[report.name] = outcome
  }
}
