import Foundation
import PostgresClient
import ReportExport
import ReportLedger
import ReportModel

/// Writes the files of what is published, each from one session that reads them all.
struct ExportRunner: Sendable {
  let context: RunContext
  let sessions: RunSessions
  let journal: RunJournal

  var exporter: ReportExporter { ReportExporter(root: context.output, timezone: context.timezone) }

  // MARK: In the pass of the read

  /// The files of an attempt whose stream is exactly the published rows of one interval; nil otherwise, when they come
  /// from the published rows later.
  func makeStreamedFile(
    _ attempt: Attempt, columns: [ColumnShape], existing: TableShape?, asOf: AsOf
  ) async throws -> (any StreamedFile)? {
    let report = attempt.report
    guard context.publishes,
      attempt.portion.isOneFile(of: report, columns: columns, existing: existing)
    else { return nil }
    let name = attempt.portion.intervals.first.map(report.period.name) ?? asOf.today.description
    let root = context.output
    do {
      let folder = try ExportFolder(
        output: root.path, shownAs: root.shown, report: report.name, interval: name)
      let writer = try folder.begin(writer: root.writer)
      let files = try await RowFiles.make(
        of: report, columns: columns, source: StreamFormat(columns, feedsFile: true).csvSource,
        timezone: context.timezone, language: root.languages.language(of: report), in: writer)
      return StreamedFiles(writer: writer, files: files)
    } catch let diagnostic as Diagnostic {
      // The table is worth publishing without its files; they are owed, and the run says so at its end.
      await journal.exportFailed(report, diagnostic)
      return nil
    }
  }

  // MARK: From the published rows

  /// Files that can be written only now: from the stream that was staged, or from the staging table of `as: none`.
  func exportNow(
    _ done: PublishedReport, _ file: StreamedFiles?, facts: [PublishedInterval], replica: Connection?
  ) async throws {
    let attempt = done.staged.attempt
    guard let facts = facts.first(where: { $0.attemptID == attempt.id }) else {
      await file?.discard()
      return
    }
    if let file, await !file.isWhole { return await file.discard() }
    let isStaged = attempt.report.materialization.kind == .none
    let source = !isStaged && isFromReplica ? replica ?? done.staged.session : done.staged.session
    // A file is streamed only where the table's columns are those of the query, in the same order.
    let job = ReportExporter.Job(
      report: attempt.report, facts: facts,
      relation: attempt.report.materialization.table ?? done.staged.staging.name, values: [:],
      columns: done.staged.staging.columns)
    if let failure = await export(job, from: source, streamed: file) {
      await journal.exportPostponed(attempt.report, because: failure)
    }
  }

  func export(_ jobs: [ReportExporter.Job]) async throws {
    var source = try await openSource()
    do {
      for job in jobs {
        try Task.checkCancellation()
        context.step("export", of: job.report)
        try await export(job, from: &source)
        context.waiting(job.report)
      }
      // The last one does not report that it was interrupted.
      try Task.checkCancellation()
    } catch {
      await close(source)
      throw error
    }
    await close(source)
  }

  private var isFromReplica: Bool { context.environment.confirm == .replica }

  func openSource() async throws -> Connection {
    isFromReplica ? try await sessions.openReplica() : try await sessions.primary()
  }

  func close(_ source: Connection) async {
    if isFromReplica { await uncancelled { await source.close() } }
  }

  /// Tries again where the server was lost, or cancelled the read.
  private func export(_ job: ReportExporter.Job, from source: inout Connection) async throws {
    for tries in 1...context.options.tries {
      do {
        // Another run that has the lock writes these files itself, in the same folder.
        try await sessions.lock(job.report, until: .now)
      } catch let error as RunError {
        return await journal.exportFailed(job.report, error.diagnostic, error.status)
      }
      if await !source.isUsable {
        await close(source)
        source = try await openSource()
      }
      guard let failure = await export(job, from: source, streamed: nil) else { return }
      guard tries < context.options.tries else {
        return await journal.exportPostponed(job.report, because: failure)
      }
      try await Task.sleep(for: .milliseconds(200 << tries))
    }
  }

  /// - Returns: what stopped it where another try can help; any other failure goes to the journal, and nil is returned.
  private func export(
    _ job: ReportExporter.Job, from source: Connection, streamed: StreamedFiles?
  ) async -> RunError? {
    do {
      let (files, warnings) = try await exporter.export(job, from: source, streamed: streamed)
      let (facts, root) = (job.facts, context.output)
      if job.isOfPublishedRows {
        try await sessions.ledger {
          try await $0.exported(
            report: facts.report, host: root.host, folder: root.path,
            entries: [(facts.interval, facts.attemptID)])
        }
      }
      await journal.exported(job.report, files: files, warnings: warnings)
      return nil
    } catch {
      await streamed?.discard()
      guard !(error is CancellationError) else { return nil }
      let failure = await context.servers.explainingRights(
        await journal.failure(error, "could not export \"\(job.report.name)\""), [job.report])
      if failure.isTransient { return failure }
      await journal.exportFailed(job.report, failure.diagnostic)
      return nil
    }
  }

  /// Parameters other than the defaults never publish: their files get a folder that names them.
  func exportParameterized(_ staged: StagedReport) async throws {
    let attempt = staged.attempt
    let report = attempt.report
    guard report.hasFiles else { return }
    let facts = PublishedInterval(unpublished: attempt, rows: staged.rowsRead, asOf: staged.asOf)
    let job = ReportExporter.Job(
      report: report, facts: facts, relation: staged.staging.name, values: attempt.values,
      folderName: ParameterFolder.name(base: facts.folderName(report), report: report, values: attempt.values)
    )
    if let failure = await export(job, from: staged.session, streamed: nil) { throw failure }
    await journal.exportedApart(report)
  }
}
