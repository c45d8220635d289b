import ReportModel

/// What a report's plan says besides its portions: for the engine, and for the outcome at the run's end.
struct PlanNotes: Sendable {
  let plan: IntervalPlan
  /// What the ledger had when the run was planned, open intervals too.
  private let published: Set<Interval>
  /// Published intervals that are no longer kept.
  let expiring: [Interval]
  /// What the expiry deleted, or would.
  var expired: (intervals: [Interval], rows: Int) = ([], 0)
  let firstKeptDay: CalendarDate?
  private let outdated: Diagnostic?
  var removedFolders: [String] = []
  /// Findings that do not belong to an attempt.
  var diagnostics: [Diagnostic] = []
  var status = ExitStatus.done

  init(_ report: Report, _ plan: IntervalPlan, _ entries: [Ledger.Entry], today: CalendarDate) {
    self.plan = plan
    firstKeptDay = report.firstKeptDay(today: today)
    published = Set(entries.filter { $0.state != "expired" }.compactMap(\.interval))
    expiring = published.filter { report.isExpired($0, today: today) }.sorted()
    outdated = Self.outdated(report, plan.outdated)
  }

  /// How many intervals have rows in the table that this run does not compute.
  var othersPublished: Int { published.subtracting(expiring).subtracting(plan.intervals).count }

  static func outdated(_ report: Report, _ intervals: [Interval]) -> Diagnostic? {
    guard let first = intervals.first, let last = intervals.last else { return nil }
    let names = Set([first, last].map(report.period.name)).sorted().joined(separator: "..")
    let isAppend = report.materialization.kind == .append
    return Diagnostic(
      .warning,
      "the definition of \"\(report.name)\" means something else than when \(counted(intervals.count)) published",
      detail: "\(names): the rows stay as they are.",
      hint: isAppend
        ? "\"append\" runs no published interval again; \"as: incremental\" could."
        : "\"reportgen run \(report.name) --restate\" computes them again; so does every run with "
          + "\"on_change: restate\" under \"materialize\".", file: report.metadataFile)
  }

  private static func counted(_ intervals: Int) -> String {
    intervals == 1 ? "1 interval was" : "\(intervals) intervals were"
  }

  /// Adds to an outcome what its attempts do not know.
  func complete(_ outcome: inout ReportOutcome) {
    outcome.leftForLater = plan.leftForLater
    outcome.outdated = plan.outdated.count
    outcome.expiredIntervals = expired.intervals
    outcome.expiredRows = expired.rows
    outcome.removedFolders = removedFolders
    // Of a definition that does not run there are other things to say.
    let isRunning = ![.failed, .skipped].contains(outcome.state)
    outcome.diagnostics = (isRunning ? [outdated].compactMap(\.self) : []) + diagnostics + outcome.diagnostics
    outcome.status = ExitStatus.combined([outcome.status, status])
  }
}

extension RunEngine {
  /// The last word on a report; one that the run did not come to was skipped.
  func outcome(of report: Report, endedBy status: ExitStatus) -> ReportOutcome {
    var outcome = outcomes[report.name] ?? ReportOutcome(report: report, state: .skipped, status: status)
    notes[report.name]?.complete(&outcome)
    return outcome
  }

  /// A run that dies later has still said what was done. What cannot be said now is said at the end.
  func recordOutcomes() async {
    guard publishes else { return }
    let done = outcomes.values.map { outcome(of: $0.report, endedBy: .done) }
    try? await ledger { try await $0.record(done, in: configuration.run.id) }
  }
}
