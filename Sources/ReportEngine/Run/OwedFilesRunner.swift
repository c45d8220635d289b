import ReportLedger
import ReportModel

/// Writes files that the ledger promises and that are not there, or that disagree with manifest or ledger, whichever run
/// published the rows.
///
/// Used once a level, under the locks of its reports: what another run publishes from the unlock on owes its files to
/// that run.
actor OwedFilesRunner {
  private let context: RunContext
  private let sessions: RunSessions
  private let journal: RunJournal
  private let exports: ExportRunner
  private let confirmer: Confirmer
  /// What is published of each report, by the ledger when its level ended.
  private var published: [String: [PublishedInterval]] = [:]

  init(
    context: RunContext, sessions: RunSessions, journal: RunJournal, exports: ExportRunner,
    confirmer: Confirmer
  ) {
    self.context = context
    self.sessions = sessions
    self.journal = journal
    self.exports = exports
    self.confirmer = confirmer
  }

  private var owedFiles: OwedFiles { OwedFiles(root: context.output) }

  /// Confirms what earlier runs left unconfirmed, and writes what the reports owe.
  ///
  /// - Returns: what is published of these reports.
  func export(_ reports: [Report]) async throws -> [String: [PublishedInterval]] {
    try Task.checkCancellation()
    try await read(reports)
    if try await confirmer.confirmEarlier(reports, published) { try await read(reports) }
    var owing: [Report] = []
    // What is left of a lost table belongs into no file.
    for report in reports where await !journal.isLost(report) && !owed(report).isEmpty {
      owing.append(report)
    }
    let free = try await lock(owing)
    // What another run published and exported before this one got the lock.
    if !free.isEmpty { try await read(free) }
    let jobs = free.flatMap { report in owed(report).compactMap { job(report, $0) } }
    for report in reports where report.materialization.table != nil {
      // What failed before is owed, and so among the jobs, or is there; a report without a table has no job.
      await journal.exportPostponed(report, because: nil)
    }
    if !jobs.isEmpty { try await exports.export(jobs) }
    // What another run has published meanwhile is judged by the ledger as it is now.
    if free.contains(where: { !owed($0).isEmpty }) { try await read(free) }
    for report in free {
      await journal.owes(report, owedFiles.folders(of: report, published[report.name] ?? []))
    }
    return published
  }

  private func read(_ reports: [Report]) async throws {
    let names = reports.map(\.name)
    let found = try await sessions.ledger { try await $0.published(names) }
    for name in names { published[name] = found[name] }
  }

  private func owed(_ report: Report) -> [PublishedInterval] {
    owedFiles.intervals(of: report, published[report.name] ?? [])
  }

  private func job(_ report: Report, _ facts: PublishedInterval) -> ReportExporter.Job? {
    report.materialization.table.map {
      ReportExporter.Job(report: report, facts: facts, relation: $0, values: [:])
    }
  }

  /// A report that another run works on is left to that run, with its files.
  ///
  /// - Returns: the others, in the order given.
  private func lock(_ reports: [Report]) async throws -> [Report] {
    var free: Set<String> = []
    let deadline = sessions.lockDeadline
    for report in LockKey.inOrder(reports) {
      do {
        try await sessions.lock(report, until: deadline)
        free.insert(report.name)
      } catch let error as RunError where error.status == .tryAgain {
        continue
      }
    }
    return reports.filter { free.contains($0.name) }
  }
}
