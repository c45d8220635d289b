import PostgresClient
import ReportLedger
import ReportModel

/// Writes the workbooks that have a report of the run, once the reports' own files are there.
struct WorkbookRunner: Sendable {
  /// How long another run may be writing the same file.
  private static let lockWait = Duration.seconds(60)

  let context: RunContext
  let sessions: RunSessions
  let journal: RunJournal
  let exports: ExportRunner

  /// - Parameter always: also those that show what is published.
  /// - Returns: what stopped single workbooks; the next run writes them.
  func write(having selected: [Report], always: Bool) async throws -> [any Error] {
    guard context.publishes else { return [] }
    let names = Set(selected.map(\.name))
    var failures: [any Error] = []
    for workbook in context.configuration.project.workbooks
    where !names.isDisjoint(with: workbook.reports) {
      do {
        try await sessions.lock(
          workbook: workbook.name, until: .now + max(Self.lockWait, context.options.lockWait))
        try await write(workbook, always: always)
      } catch let error where !(error is CancellationError) {
        // A file that cannot be written is a failed export, as of a report.
        var failure =
          (error as? Diagnostic).map { RunError(.failed, $0) }
          ?? RunError.from(error, "could not write the workbook \"\(workbook.name)\"")
        failure.diagnostic.hint = failure.diagnostic.hint ?? "The next run of one of its reports writes it."
        failures.append(failure)
      }
      await sessions.unlock(workbook: workbook.name)
    }
    return failures
  }

  private func write(_ workbook: Project.Workbook, always: Bool) async throws {
    let exporter = WorkbookExporter(exporter: exports.exporter)
    let reports = context.graph.reports
    let content = try await sessions.ledger {
      WorkbookExporter.Content(workbook, reports, try await $0.published(workbook.reports))
    }
    guard always || exporter.isOwed(content) else { return }
    try await requireTables(of: content)
    let (files, warnings) = try await export(content, by: exporter)
    await journal.wroteWorkbook(files, warnings: warnings)
    try exporter.removeOldFolders(of: workbook)
  }

  /// What is left of a lost table belongs into no file.
  private func requireTables(of content: WorkbookExporter.Content) async throws {
    let reports = content.jobs.map(\.report)
    let tables = try await sessions.ledger { try await $0.tables.facts(of: reports) }
    for report in reports {
      guard let facts = tables[report.name], let loss = facts.loss(of: report), loss.isWhole else { continue }
      throw RunError(
        .failed, loss.diagnostic(report, intervals: facts.publishedIntervals, .error, effect: .nothingChanged)
      )
    }
  }

  /// Tries again where the server was lost, or cancelled the read.
  private func export(
    _ content: WorkbookExporter.Content, by exporter: WorkbookExporter
  ) async throws -> ([String], [Diagnostic]) {
    var tries = 1
    while true {
      let source = try await exports.openSource()
      do {
        let result = try await exporter.export(
          content, run: context.runID.uuidString.lowercased(), from: source)
        await exports.close(source)
        return result
      } catch {
        await exports.close(source)
        guard RunError.from(error).isTransient, tries < context.options.tries else { throw error }
      }
      try await Task.sleep(for: .milliseconds(200 << tries))
      tries += 1
    }
  }
}
