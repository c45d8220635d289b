import Foundation
import PostgresClient
import ReportExport
import ReportLedger
import ReportModel

/// Step 9: the files of what is published, each from one session that reads them all.
extension RunEngine {
  var exporter: ReportExporter { ReportExporter(root: configuration.output, timezone: timezone) }

  // MARK: In the pass of the read

  /// The CSV file of an attempt whose stream is exactly the published rows of one interval; nil otherwise, when the
  /// file comes from the published rows later.
  func makeStreamedFile(_ attempt: Attempt, columns: [ColumnShape], existing: TableShape?, asOf: AsOf)
    async throws
    -> (any StreamedFile)?
  {
    let report = attempt.report
    guard let settings = report.export.csv, options.publishes,
      attempt.portion.isOneFile(of: report, columns: columns, existing: existing)
    else { return nil }
    let name = attempt.portion.intervals.first.map(report.period.name) ?? asOf.today.description
    do {
      let folder = try ExportFolder(
        output: configuration.output.path, shownAs: configuration.output.shown, report: report.name,
        interval: name)
      let writer = try folder.begin(writer: configuration.output.writer)
      let sink = try CSVFileSink(
        file: writer.makeFile("\(report.name).csv"), settings: settings,
        columns: columns.map(\.inFile), source: StreamFormat(columns, feedsFile: true).csvSource)
      return StreamedCSV(writer: writer, sink: sink)
    } catch let diagnostic as Diagnostic {
      // The table is worth publishing without its files; they are owed, and the run says so at its end.
      noteExportFailure(report, diagnostic)
      return nil
    }
  }

  // MARK: From the published rows

  /// Files that can be written only now: from the stream that was staged, or from the staging table of `as: none`.
  func exportNow(
    _ done: PublishedReport, _ file: StreamedCSV?, facts: [PublishedInterval], replica: Connection?
  ) async throws {
    let attempt = done.staged.attempt
    guard let facts = facts.first(where: { $0.attemptID == attempt.id }) else {
      await file?.discard()
      return
    }
    if let file, await file.sink.result == nil { return await file.discard() }
    let isStaged = attempt.report.materialization.kind == .none
    let relation = attempt.report.materialization.table ?? done.staged.staging.name
    let source: Connection
    if !isStaged, let replica, configuration.environment.confirm == .replica {
      source = replica
    } else {
      source = done.staged.session
    }
    // A file is streamed only where the table's columns are those of the query, in the same order.
    let job = ReportExporter.Job(
      report: attempt.report, facts: facts, relation: relation, values: [:],
      columns: done.staged.staging.columns)
    if let failure = await export(job, from: source, streamed: file) {
      unexported[attempt.report.name] = failure
    }
  }

  package func export(_ jobs: [ReportExporter.Job]) async throws {
    var source = try await openSource()
    do {
      for job in jobs {
        try Task.checkCancellation()
        observe(.step(report: job.report.name, step: "export"))
        try await export(job, from: &source)
        observe(.waiting(report: job.report.name))
      }
      // The last one says nothing of having been interrupted.
      try Task.checkCancellation()
    } catch {
      await close(source)
      throw error
    }
    await close(source)
  }

  private var isFromReplica: Bool { configuration.environment.confirm == .replica }

  private func openSource() async throws -> Connection {
    guard isFromReplica else { return try await primary() }
    return try await replicaAbsence.opening { try await self.configuration.servers.openReplica() }
  }

  private func close(_ source: Connection) async {
    if isFromReplica { await uncancelled { await source.close() } }
  }

  /// Tries again where the server was lost, or cancelled the read.
  private func export(_ job: ReportExporter.Job, from source: inout Connection) async throws {
    for tries in 1...options.tries {
      do {
        // Another run that has the lock writes these files itself, in the same folder.
        _ = try await main.lock(job.report, until: .now)
      } catch let error as RunError {
        return noteExportFailure(job.report, error.diagnostic, error.status)
      }
      if await !source.isUsable {
        await close(source)
        source = try await openSource()
      }
      guard let failure = await export(job, from: source, streamed: nil) else { return }
      guard tries < options.tries else {
        unexported[job.report.name] = failure
        return
      }
      try await Task.sleep(for: .milliseconds(200 << tries))
    }
  }

  /// - Returns: what stopped it where another try can help; any other failure is noted, and nil returned.
  private func export(_ job: ReportExporter.Job, from source: Connection, streamed: StreamedCSV?) async
    -> RunError?
  {
    do {
      let (files, warnings) = try await exporter.export(job, from: source, streamed: streamed)
      let facts = job.facts
      if job.isOfPublishedRows {
        try await ledger {
          try await $0.exported(
            report: facts.report, host: configuration.output.host, folder: configuration.output.path,
            entries: [(facts.interval, facts.attemptID)])
        }
      }
      var outcome = outcomes[job.report.name] ?? ReportOutcome(report: job.report, state: .upToDate)
      outcome.files += files
      outcome.diagnostics += warnings
      outcomes[job.report.name] = outcome
      return nil
    } catch {
      await streamed?.discard()
      guard !(error is CancellationError) else { return nil }
      let failure = await configuration.servers.explainingRights(
        meaning(of: error, "could not export \"\(job.report.name)\""), [job.report])
      if failure.isTransient { return failure }
      noteExportFailure(job.report, failure.diagnostic)
      return nil
    }
  }

  /// Parameters other than the defaults never publish: their files get a folder that names them.
  func exportParameterized(_ staged: StagedReport) async throws {
    let attempt = staged.attempt
    let report = attempt.report
    guard report.hasFiles else { return }
    let facts = PublishedInterval(
      report: report.name, interval: attempt.portion.intervals.first, state: "exported",
      rowCount: staged.rowsRead,
      attemptID: attempt.id, runID: attempt.runID, attempt: attempt.number, fingerprint: report.fingerprint,
      sql: report.query.text, attemptState: "dry_run", position: staged.asOf.position.description,
      asOf: staged.asOf.time,
      timeline: staged.asOf.timeline, snapshot: staged.asOf.snapshot, replica: staged.asOf.replica,
      publishedAt: "")
    let job = ReportExporter.Job(
      report: report, facts: facts, relation: staged.staging.name, values: attempt.values,
      folderName: ParameterFolder.name(base: facts.folderName(report), report: report, values: attempt.values)
    )
    if let failure = await export(job, from: staged.session, streamed: nil) { throw failure }
    if outcomes[report.name]?.status == .done { outcomes[report.name]?.state = .exported }
  }

  // MARK: Failures

  func noteExportFailure(
    _ report: Report, _ diagnostic: Diagnostic, _ status: ExitStatus = .failed
  ) {
    var outcome = outcomes[report.name] ?? ReportOutcome(report: report, state: .upToDate)
    if !outcome.diagnostics.contains(diagnostic) { outcome.diagnostics.append(diagnostic) }
    outcome.status = ExitStatus.combined([outcome.status, status])
    outcomes[report.name] = outcome
  }

  /// At the end: what no further try has written. A server that was lost is there again at the next run.
  func noteUnexported(_ reports: [Report]) {
    for report in reports {
      guard let failure = unexported[report.name] else { continue }
      noteExportFailure(report, failure.diagnostic, .tryAgain)
    }
  }
}
