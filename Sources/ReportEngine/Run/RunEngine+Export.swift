import Foundation
import PostgresClient
import ReportExport
import ReportModel

extension RunEngine {
  var exporter: ReportExporter { ReportExporter(root: configuration.output, timezone: timezone) }
  private var owedFiles: OwedFiles { OwedFiles(root: configuration.output) }

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

  // MARK: After the publish

  /// Confirms what was published, then writes the files that can be written from this round alone.
  func confirmAndExport(_ published: [PublishedReport], replica: Connection?) async throws {
    guard !published.isEmpty else { return }
    let clock = ContinuousClock()
    let began = clock.now
    for done in published { observe(.step(report: done.staged.attempt.report.name, step: "confirm")) }
    let confirmed: Set<UUID>
    let reason: String?
    do {
      (confirmed, reason) = try await confirm(published.map(\.staged.attempt.id), replica: replica)
    } catch {
      for done in published {
        await done.staged.file?.discard()
        note(done, isConfirmed: false, because: nil)
      }
      throw error
    }
    for var done in published {
      done.staged.seconds.add("confirm", clock.now - began)
      let report = done.staged.attempt.report
      note(
        done, isConfirmed: confirmed.contains(done.staged.attempt.id),
        because: Self.unconfirmed(report, configuration.environment, reason))
    }
    let facts = try await ledger { try await $0.published(published.map(\.staged.attempt.report.name)) }
    for done in published {
      let attempt = done.staged.attempt
      let isFromStaging = attempt.report.materialization.kind == .none
      let file = done.staged.file as? StreamedCSV
      if confirmed.contains(attempt.id), file != nil || (isFromStaging && attempt.report.hasFiles) {
        try await exportNow(done, file, facts: facts[attempt.report.name] ?? [], replica: replica)
      } else {
        await file?.discard()
      }
      if isFromStaging {
        try? await done.staged.staging.empty(on: done.staged.session)
      }
    }
  }

  /// What cannot be confirmed now, for whatever reason, is published all the same: the next run confirms it.
  /// - Returns: the confirmed attempts, and what the servers said where some are not.
  private func confirm(_ attempts: [UUID], replica: Connection?) async throws -> (Set<UUID>, String?) {
    let confirmation = Confirmation(servers: configuration.servers, environment: configuration.environment)
    do {
      let shown = try await confirmation.wait(for: attempts, replica: replica)
      guard !shown.isEmpty else { return ([], nil) }
      return (try await ledger { try await $0.confirm(Array(shown)) }, nil)
    } catch let error as PostgresError {
      return ([], error.description)
    }
  }

  /// Files that can be written only now: from the stream that was staged, or from the staging table of `as: none`.
  private func exportNow(
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

  /// A page about files that cannot be written is no reason to fail a run whose files are there.
  func writeIndex(_ reports: [Report], _ published: [String: [PublishedInterval]]) {
    guard publishes else { return }
    try? ExportIndex(servers: configuration.servers, root: configuration.output).write(reports, published)
  }

  func export(_ jobs: [ReportExporter.Job]) async throws {
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

  private func owed(_ report: Report, _ published: [PublishedInterval]) -> [PublishedInterval] {
    owedFiles.intervals(of: report, published)
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

  // MARK: Outcomes

  /// - Parameter reason: why it is not confirmed; nil when the run was interrupted before it could be.
  private func note(_ done: PublishedReport, isConfirmed: Bool, because reason: Diagnostic?) {
    let report = done.staged.attempt.report
    var outcome = outcomes[report.name] ?? ReportOutcome(report: report, state: .confirmed)
    outcome.intervals += done.intervals
    outcome.openIntervals += done.openIntervals
    outcome.counts += done.counts
    outcome.asOf = done.staged.asOf
    outcome.attempts += done.staged.attempt.number
    for (step, seconds) in done.staged.seconds.seconds { outcome.seconds.add(step, .seconds(seconds)) }
    if outcome.state != .failed { outcome.state = isConfirmed ? .confirmed : .published }
    if !isConfirmed {
      outcome.status = ExitStatus.combined([outcome.status, .tryAgain])
      if let reason { outcome.diagnostics.append(reason) }
    }
    outcomes[report.name] = outcome
  }

  private static func unconfirmed(
    _ report: Report, _ environment: Project.Environment, _ reason: String?
  ) -> Diagnostic {
    Diagnostic(
      "\"\(report.name)\" is published but not confirmed",
      detail: (reason.map { "\($0). A failover could lose it. " }
        ?? "No replica has shown the commit within \(environment.confirmWaitSeconds) s, so a failover could lose it. ")
        + "Its files are owed.",
      hint: "The next run confirms it, or repeats it if it was lost; see docs/runbook.md, \"Unconfirmed\".")
  }

  private func noteExportFailure(
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

  private func finishOutcome(_ report: Report, _ published: [PublishedInterval]) {
    guard var outcome = outcomes[report.name] else { return }
    outcome.owedFiles = owedFiles.folders(of: report, published)
    if !outcome.owedFiles.isEmpty, unexported[report.name] == nil {
      outcome.status = ExitStatus.combined([outcome.status, .failed])
    }
    outcomes[report.name] = outcome
  }
}

extension Report {
  var hasFiles: Bool { export.csv != nil || export.html != nil }

  /// Its files show the relation as it is now, not one interval.
  var showsWholeRelation: Bool { [.table, .merge, .view].contains(materialization.kind) }

  /// The published intervals that have files, newest first.
  ///
  /// Where a file shows the whole relation, that is the newest interval alone, with the run that wrote to the relation
  /// last: an older interval that was run again changes the same file.
  func exported(of published: [PublishedInterval]) -> [PublishedInterval] {
    guard showsWholeRelation else { return Array(published.prefix(export.keep)) }
    guard var facts = published.first(where: \.isLatest) ?? published.first else { return [] }
    facts.interval = published.first?.interval
    return [facts]
  }
}

extension RowCounts {
  static func += (left: inout RowCounts, right: RowCounts) {
    left.read += right.read
    left.inserted += right.inserted
    left.updated += right.updated
    left.deleted += right.deleted
    left.unchanged += right.unchanged
  }
}
