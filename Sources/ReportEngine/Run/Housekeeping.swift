import Foundation
import ReportExport
import ReportLedger
import ReportModel

/// What a run tidies besides its reports: rows that are no longer kept, staged rows of a process that died, folders of
/// intervals that have no files any more. One that fails stops nothing else; the next run does it.
struct Housekeeping: Sendable {
  let context: RunContext
  let sessions: RunSessions
  let journal: RunJournal

  // MARK: Retention

  /// Deletes what `materialize.retention` no longer keeps, each report's rows and ledger in one transaction.
  ///
  /// Comes before the reports run, so that no publish meets these rows.
  func expireIntervals(of reports: [Report]) async throws {
    guard context.options.parameters.isEmpty else { return }
    for report in reports {
      guard let plan = await journal.plan(of: report), !plan.expiring.isEmpty else { continue }
      do {
        try await expire(plan.expiring, of: report)
      } catch let error where error is CancellationError {
        throw error
      } catch let error as RunError where error.status == .tryAgain && !error.isTransient {
        // Another run works on the report; the next run expires what is left.
      } catch {
        let failure = await context.servers.explainingRights(
          await journal.failure(error, "could not expire intervals of \"\(report.name)\""), [report])
        var diagnostic = failure.diagnostic
        diagnostic.detail = diagnostic.detail ?? "Their rows are unchanged."
        await journal.noteApart(report, diagnostic, failure.status)
      }
      await sessions.unlock([report])
    }
  }

  private func expire(_ intervals: [Interval], of report: Report) async throws {
    guard let table = report.materialization.table,
      let condition = ReportQuery.condition(
        report: report, intervals: intervals, timezone: context.timezone)
    else { return }
    if context.options.dryRun {
      let rows = try await sessions.ledger { try await $0.rowCount(in: table, where: condition) }
      return await journal.expired(report, intervals, rows: rows)
    }
    let lane = try await sessions.lane(sessions.lock(report, until: sessions.lockDeadline))
    let attempt = Attempt(
      id: UUID(), runID: context.runID, report: report,
      portion: Portion(spans: Span.spans(of: intervals, batch: .max), replacesAll: false), number: 1,
      values: [:])
    let rows = try await Ledger(connection: lane.session(holding: report))
      .expire(attempt, from: table, where: condition)
    await journal.expired(report, intervals, rows: rows)
  }

  // MARK: Lost tables

  /// Deletes what the ledger has of rows that are gone with their table, so that the run computes them as missing ones.
  ///
  /// The loss is made sure of under the report's lock: another run may have made the table meanwhile.
  func forgetLostRows(of reports: [Report]) async throws {
    guard context.publishes else { return }
    for report in reports {
      guard await journal.plan(of: report)?.makesLostTable ?? false else { continue }
      do {
        let lane = try await sessions.lane(sessions.lock(report, until: sessions.lockDeadline))
        let ledger = Ledger(connection: try await lane.session(holding: report))
        if try await ledger.tables.facts(of: [report])[report.name]?.loss(of: report)?.isWhole ?? false {
          try await ledger.tables.forgetIntervals(of: report.name)
        }
      } catch let error where error is CancellationError {
        throw error
      } catch {
        let failure = await context.servers.explainingRights(
          await journal.failure(
            error, "could not compute the lost rows of \"\(report.name)\" again", effect: .nothingPublished),
          [report])
        await journal.lost(report, failure.diagnostic, failure.status)
      }
      await sessions.unlock([report])
    }
  }

  // MARK: Staging tables

  /// Empties the staging tables of reports that are up to date: a process that died right after its COMMIT leaves rows
  /// there, and this run makes no attempt that would empty them.
  func emptyStagingTables(of reports: [Report]) async throws {
    guard context.publishes, !reports.isEmpty else { return }
    let names = reports.flatMap { [$0.name, LedgerSchema.changesTable(of: $0.name)] }
    let left = Set((try? await sessions.ledger { try await $0.filledStagingTables(among: names) }) ?? [])
    try Task.checkCancellation()
    for report in reports {
      let tables = [report.name, LedgerSchema.changesTable(of: report.name)].filter(left.contains)
      guard !tables.isEmpty, let lane = try? await sessions.lock(report, until: .now) else { continue }
      if let session = try? await sessions.lane(lane).session(holding: report) {
        for name in tables.map({ QualifiedName(schema: LedgerSchema.staging, name: $0) }) {
          try? await StagingTable(name: name, isNew: false, columns: []).empty(on: session)
        }
      }
      await sessions.unlock([report])
    }
  }

  // MARK: Folders

  /// Removes the folders of intervals that have no files any more; never one that this run wrote, nor that of `latest`.
  ///
  /// A folder that cannot be removed is worth a warning: the files that are promised are there.
  func removeOldFolders(of reports: [Report], _ published: [String: [PublishedInterval]]) async throws {
    guard context.publishes else { return }
    for report in reports where report.hasFiles {
      do {
        try await removeOldFolders(of: report, published[report.name] ?? [])
      } catch let error where error is CancellationError {
        throw error
      } catch {
        var warning = RunError.from(error, "could not remove old files of \"\(report.name)\"").diagnostic
        warning.severity = .warning
        if await !journal.messages(of: report).contains(warning.message) {
          await journal.noteApart(report, warning)
        }
      }
    }
  }

  private func removeOldFolders(of report: Report, _ published: [PublishedInterval]) async throws {
    let root = context.output
    guard let plan = await journal.plan(of: report),
      let folder = try ReportFolder(output: root.path, shownAs: root.shown, report: report.name)
    else { return }
    let keep = KeptFolders(report: report, published: published, firstKeptDay: plan.firstKeptDay)
    let written = await journal.files(of: report).map { $0.split(separator: "/").dropLast().last ?? "" }
    let current = [folder.latest, report.exported(of: published).first?.folderName(report)]
    let spared = Set(written.map(String.init) + current.compactMap(\.self))
    let stale = keep.stale(among: try folder.names()).filter { !spared.contains($0) }
    // Another run that works on the report writes its files, and takes away the old ones.
    guard !stale.isEmpty, (try? await sessions.lock(report, until: sessions.lockDeadline)) != nil else {
      return
    }
    try await remove(stale, from: folder, of: report)
  }

  private func remove(_ names: [String], from folder: ReportFolder, of report: Report) async throws {
    var removed: [ReportFolder.Entry] = []
    for name in names {
      guard let entry = try folder.entry(name) else {
        try folder.removeLeftovers(of: name)
        continue
      }
      if try folder.remove(name) { removed.append(entry) }
    }
    await journal.removedFolders(report, removed.map(\.shown))
    let (starts, root) = (removed.compactMap(\.start), context.output)
    try await sessions.ledger {
      try await $0.forgetExports(of: report.name, starts, host: root.host, folder: root.path)
    }
  }
}
