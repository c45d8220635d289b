import Foundation
import ReportLedger
import ReportModel

/// What has become of each report of one run: the only place that changes an outcome.
actor RunJournal {
  private let context: RunContext
  private var outcomes: [String: ReportOutcome] = [:]
  private var notes: [String: ReportNotes] = [:]
  /// Reports of which no further portion is attempted: it would fail for the same reason.
  private var stopped: Set<String> = []
  /// Reports whose table does not have what the ledger calls published.
  private var lostTables: Set<String> = []
  /// Intervals that are published by this run; empty for the whole of a report.
  private var written: [String: Set<Interval>] = [:]
  /// Reports of which nothing is left to do in this run, files included.
  private var doneReports: Set<String> = []
  /// Reports whose files could not be written, since a server failed, and why.
  private var unexported: [String: RunError] = [:]
  /// Attempts whose end is not in the ledger yet, since their session was lost, and why they ended.
  private var unrecordedEnds: [(attempt: Attempt, failure: RunError)] = []
  /// Files of several reports that this run has written, and what Excel cannot show of them.
  /// By report: tables that had fewer rows than the ledger counts when the run began.
  private(set) var shrunkTables: [String: TableFacts] = [:]
  private(set) var workbooks: (files: [String], warnings: [Diagnostic]) = ([], [])
  /// Whether this run is in the ledger: the primary was there.
  private var hasBegun = false

  init(_ context: RunContext) { self.context = context }

  func begun() { hasBegun = true }

  // MARK: Reading

  func plan(of report: Report) -> ReportPlan? { notes[report.name]?.plan }
  func state(of name: String) -> ReportOutcome.State? { outcomes[name]?.state }
  func status(of name: String) -> ExitStatus? { outcomes[name]?.status }
  func isStopped(_ report: Report) -> Bool { stopped.contains(report.name) }
  func failedIntervals(of report: Report) -> [Interval] { outcomes[report.name]?.failedIntervals ?? [] }
  func files(of report: Report) -> [String] { outcomes[report.name]?.files ?? [] }
  func outcome(of report: Report) -> ReportOutcome? { outcomes[report.name] }
  func messages(of report: Report) -> [String] { outcomes[report.name]?.diagnostics.map(\.message) ?? [] }

  /// Intervals that have rows and that this run leaves as they are.
  func othersPublished(of report: Report) -> Int {
    notes[report.name]?.plan.othersPublished(context.options.dates) ?? 0
  }

  /// What an error means to this run. A primary that the run has been on is lost for a while, as in a failover: 75.
  /// 69 is left for one that was not there at all.
  func failure(_ error: any Error, _ what: String? = nil, effect: FailureEffect? = nil) -> RunError {
    var failure = RunError.from(error, what, effect: effect)
    if hasBegun, failure.status == .unavailable { failure.status = .tryAgain }
    return failure
  }

  /// The same failure with what this run has published until now, in place of "nothing was published".
  func withEffect(_ diagnostic: Diagnostic) -> Diagnostic {
    let hasPublished = outcomes.values.contains { !$0.intervals.isEmpty || $0.state.hasPublishedRows }
    guard context.publishes, hasPublished, diagnostic.effect?.deniesChanges ?? false else {
      return diagnostic
    }
    var adjusted = diagnostic
    adjusted.effect = .publishedStays(nil)
    return adjusted
  }

  // MARK: Planning

  func planned(_ report: Report, _ plan: ReportPlan) {
    notes[report.name] = ReportNotes(plan)
    if plan.intervals.isEmpty { upToDate(report) }
  }

  func upToDate(_ report: Report) { change(report, .upToDate) { _ in } }

  /// The definition and the caller's wish contradict each other.
  func refused(_ report: Report, _ diagnostic: Diagnostic) {
    change(report, .failed) { outcome in
      outcome.fail(.usage)
      outcome.diagnostics.append(diagnostic)
    }
  }

  /// Rows that the ledger calls published are gone: nothing is computed, and no file is written from what is left.
  func lost(_ report: Report, _ diagnostic: Diagnostic, _ status: ExitStatus = .failed) {
    change(report, .failed) { outcome in
      outcome.fail(status)
      outcome.diagnostics.append(diagnostic)
    }
    stopped.insert(report.name)
    lostTables.insert(report.name)
  }

  func isLost(_ report: Report) -> Bool { lostTables.contains(report.name) }

  /// A report that this one reads has failed.
  func skipped(_ report: Report, because cause: String) -> ReportOutcome {
    // What can be tried again later makes everything that reads it wait, too.
    let isLater = outcomes[cause]?.status == .tryAgain
    var outcome = ReportOutcome(report: report, state: .skipped, status: isLater ? .tryAgain : .failed)
    let reason = isLater ? "has to wait" : "failed"
    outcome.diagnostics.append(
      Diagnostic(
        "\"\(report.name)\" was skipped: it reads \"\(cause)\", which \(reason)", file: report.sqlFile))
    outcomes[report.name] = outcome
    return outcome
  }

  // MARK: Attempts

  /// The end of a portion that no other attempt can help; of the whole report, unless some rows were the cause.
  func failed(_ planned: PlannedPortion, _ failure: RunError) {
    let publishes = context.publishes
    change(planned.report, .failed) { outcome in
      var diagnostic = publishes ? outcome.adjusting(failure.diagnostic) : failure.diagnostic
      if planned.isPart, let bounds = planned.portion.bounds {
        diagnostic.detail = ["Interval \(bounds).", diagnostic.detail].compactMap(\.self).joined(
          separator: " ")
      }
      outcome.fail(failure.status)
      outcome.failedIntervals += planned.portion.intervals
      outcome.diagnostics.append(diagnostic)
    }
    if !failure.isOfRows { stopped.insert(planned.report.name) }
  }

  /// Adds what the checks of an attempt found; intervals whose check failed are not published.
  func checked(_ staged: StagedReport, _ checks: CheckResult) {
    guard !checks.diagnostics.isEmpty else { return }
    let intervals = staged.attempt.portion.intervals
    change(staged.attempt.report, .published) { outcome in
      outcome.diagnostics += checks.diagnostics
      guard !checks.failed.isEmpty else { return }
      outcome.fail(.failed)
      outcome.failedIntervals += intervals.isEmpty ? [] : checks.failed.keys.sorted().map { intervals[$0] }
      outcome.asOf = staged.asOf
      if checks.failed.count >= max(intervals.count, 1) { outcome.counts.read += staged.rowsRead }
    }
  }

  /// - Parameter reason: why it is not confirmed; nil when the run was interrupted before it could be.
  func published(_ done: PublishedReport, isConfirmed: Bool, because reason: Diagnostic?) {
    change(done.staged.attempt.report, .confirmed) { outcome in
      outcome.intervals += done.intervals
      outcome.openIntervals += done.openIntervals
      outcome.counts += done.counts
      outcome.asOf = done.staged.asOf
      outcome.attempts += done.staged.attempt.number
      for (step, seconds) in done.staged.seconds.seconds { outcome.seconds.add(step, .seconds(seconds)) }
      if outcome.state != .failed { outcome.state = isConfirmed ? .confirmed : .published }
      guard !isConfirmed else { return }
      outcome.status = ExitStatus.combined([outcome.status, .tryAgain])
      if let reason { outcome.diagnostics.append(reason) }
    }
  }

  /// What a publish would change: a dry run, or parameters other than the defaults.
  func rehearsed(_ staged: StagedReport, _ checks: CheckResult, _ change: TableDifference) {
    let intervals = staged.attempt.portion.intervals
    self.change(staged.attempt.report, .dryRun) { outcome in
      if outcome.state != .failed { outcome.state = .dryRun }
      outcome.asOf = staged.asOf
      outcome.intervals += intervals.indices.filter(checks.isPublishable).map { intervals[$0] }
      outcome.counts += change.counts
      outcome.samples += change.samples
    }
  }

  /// A view that is not published: a dry run, or checks that failed.
  func viewEnded(_ staged: StagedReport, _ checks: CheckResult) {
    change(staged.attempt.report, .dryRun) { outcome in
      outcome.state = checks.failed.isEmpty ? .dryRun : .failed
      outcome.status = checks.failed.isEmpty ? .done : .failed
      outcome.counts.read = staged.rowsRead
      outcome.asOf = staged.asOf
      outcome.diagnostics += checks.diagnostics
    }
  }

  func note(_ diagnostics: [Diagnostic], of report: Report) {
    guard !diagnostics.isEmpty else { return }
    change(report, .confirmed) { $0.diagnostics += diagnostics }
  }

  /// Published by an earlier run, which could not confirm it, and not confirmed by this one either.
  func unconfirmed(_ report: Report, because reason: Diagnostic) {
    change(report, .published) { outcome in
      outcome.status = ExitStatus.combined([outcome.status, .tryAgain])
      outcome.diagnostics.append(reason)
    }
  }

  // MARK: Files

  func exported(_ report: Report, files: [String], warnings: [Diagnostic]) {
    change(report, .upToDate) { outcome in
      outcome.files += files
      outcome.diagnostics += warnings
    }
  }

  /// The files of other parameters are the whole result of their run.
  func exportedApart(_ report: Report) {
    guard outcomes[report.name]?.status == .done else { return }
    change(report, .exported) { $0.state = .exported }
  }

  func exportFailed(_ report: Report, _ diagnostic: Diagnostic, _ status: ExitStatus = .failed) {
    change(report, .upToDate) { outcome in
      // A full disk refuses every file for the same reason; the outcome lists the folders that are owed.
      let isSaid = outcome.diagnostics.contains {
        $0 == diagnostic || $0.hint != nil && $0.hint == diagnostic.hint
      }
      if !isSaid { outcome.diagnostics.append(diagnostic) }
      outcome.status = ExitStatus.combined([outcome.status, status])
    }
  }

  /// A server failed while the files were read; nil once they are attempted anew.
  func exportPostponed(_ report: Report, because failure: RunError?) { unexported[report.name] = failure }

  /// Folders that the ledger promises and that are not there at the end.
  ///
  /// A folder is owed or written, not both: another process can have written this one meanwhile.
  func owes(_ report: Report, _ folders: [String]) {
    guard outcomes[report.name] != nil else { return }
    let isPostponed = unexported[report.name] != nil
    change(report, .upToDate) { outcome in
      outcome.owedFiles = folders
      guard !folders.isEmpty else { return }
      outcome.files.removeAll { file in folders.contains { file.hasPrefix($0 + "/") } }
      guard !isPostponed else { return }
      if outcome.diagnostics.contains(where: { $0.severity == .error }) {
        if outcome.status == .done { outcome.status = .failed }
        return
      }
      outcome.status = ExitStatus.combined([outcome.status, .tryAgain])
      outcome.diagnostics.append(Self.foreignFiles(report, folders))
    }
  }

  private static func foreignFiles(_ report: Report, _ folders: [String]) -> Diagnostic {
    Diagnostic(
      "the files of \"\(report.name)\" are not those of its published rows",
      detail:
        "Another run has written \(folders[0])\(folders.count > 1 ? " and \(folders.count - 1) more" : "") "
        + "meanwhile, or has published its rows anew.",
      hint: "The next run writes what is owed.", file: report.metadataFile)
  }

  func wroteWorkbook(_ files: [String], warnings: [Diagnostic]) {
    workbooks.files += files
    workbooks.warnings += warnings
  }

  // MARK: Notes

  func expired(_ report: Report, _ intervals: [Interval], rows: Int) {
    notes[report.name]?.expired = (intervals, rows)
  }

  func removedFolders(_ report: Report, _ folders: [String]) { notes[report.name]?.removedFolders += folders }

  func granted(_ report: Report, _ statements: [String]) { notes[report.name]?.grants += statements }

  func foundShrunk(_ report: Report, _ facts: TableFacts) { shrunkTables[report.name] = facts }

  /// A finding that belongs to no attempt.
  func noteApart(_ report: Report, _ diagnostic: Diagnostic, _ status: ExitStatus = .done) {
    notes[report.name]?.diagnostics.append(diagnostic)
    if status != .done { notes[report.name]?.status = status }
  }

  // MARK: Ends that are not in the ledger

  func keepEnd(of attempt: Attempt, _ failure: RunError) { unrecordedEnds.append((attempt, failure)) }

  func takeUnrecordedEnds() -> [(attempt: Attempt, failure: RunError)] {
    defer { unrecordedEnds = [] }
    return unrecordedEnds
  }

  // MARK: The end

  /// Rows and files of these reports are as far as this run brings them.
  func done(with reports: [Report]) { doneReports.formUnion(reports.map(\.name)) }

  /// Rows that a COMMIT has published, whether they are confirmed or not.
  func wrote(_ report: Report, _ intervals: [Interval]) {
    written[report.name, default: []].formUnion(intervals)
  }

  /// How much of the plan is published: `3 of 31 intervals`; nil when nothing was planned.
  func progress() -> String? {
    let begun = notes.filter { !$0.value.plan.portions.isEmpty }
    let whole = begun.filter { $0.value.plan.intervals.isWhole }
    let planned = begun.values.map(\.plan.intervals.intervals.count).reduce(0, +)
    let done = begun.keys.map { written[$0]?.count ?? 0 }.reduce(0, +)
    let parts = [
      planned > 0 ? "\(done) of \(counted(max(planned, done), "interval"))" : nil,
      whole.isEmpty
        ? nil
        : "\(whole.keys.filter { written[$0] != nil }.count) of"
          + " \(counted(whole.count, planned > 0 ? "whole report" : "report"))",
    ].compactMap(\.self)
    return parts.isEmpty ? nil : parts.joined(separator: " and ")
  }

  func outcomesSoFar() -> [ReportOutcome] { outcomes.values.map { completed($0) } }

  /// - Parameter status: how the run itself ended; also the status of a report that it did not complete, so that
  ///   `run --failed` and the next run continue it. A report that it did not begin was skipped.
  func outcomes(of reports: [Report], endedBy status: ExitStatus) -> [ReportOutcome] {
    for (name, failure) in unexported.sorted(by: { $0.key < $1.key }) {
      // A server that was lost is there again at the next run.
      guard let report = reports.first(where: { $0.name == name }) else { continue }
      exportFailed(report, failure.diagnostic, .tryAgain)
    }
    return reports.map { report in
      var outcome = outcomes[report.name] ?? ReportOutcome(report: report, state: .skipped, status: status)
      if isIncomplete(outcome) { outcome.status = ExitStatus.combined([outcome.status, status]) }
      return completed(outcome)
    }
  }

  private func isIncomplete(_ outcome: ReportOutcome) -> Bool {
    let name = outcome.report.name
    guard let plan = notes[name]?.plan, !plan.portions.isEmpty else { return false }
    return outcome.state != .skipped && !doneReports.contains(name) && !stopped.contains(name)
  }

  private func completed(_ outcome: ReportOutcome) -> ReportOutcome {
    var outcome = outcome
    notes[outcome.report.name]?.complete(&outcome)
    return outcome
  }

  private func change(
    _ report: Report, _ first: ReportOutcome.State, _ body: (inout ReportOutcome) -> Void
  ) {
    var outcome = outcomes[report.name] ?? ReportOutcome(report: report, state: first)
    body(&outcome)
    outcomes[report.name] = outcome
  }
}

extension ReportOutcome {
  fileprivate mutating func fail(_ status: ExitStatus) {
    state = .failed
    self.status = ExitStatus.combined([self.status, status])
  }

  /// What this run has published of the report before a later portion failed, in place of "nothing was published".
  fileprivate func adjusting(_ diagnostic: Diagnostic) -> Diagnostic {
    guard diagnostic.effect?.deniesChanges ?? false, !intervals.isEmpty else { return diagnostic }
    var adjusted = diagnostic
    adjusted.effect = .publishedStays(report.period.names(of: intervals.sorted()))
    return adjusted
  }
}

extension ReportOutcome.State {
  var hasPublishedRows: Bool { self == .published || self == .confirmed }
}
