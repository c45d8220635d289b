import ReportLedger
import ReportModel

/// The intervals that one run computes of one report.
package struct IntervalPlan: Hashable, Sendable {
  /// In the order of time; empty and `isWhole` false when the report is up to date.
  package var intervals: [Interval]
  /// The report has no period: the whole of it is computed.
  package var isWhole: Bool
  /// Missing intervals that this run leaves for the next, since it keeps to the catch-up limit.
  package var leftForLater: Int
  /// Published intervals that another definition made and that this run leaves as they are.
  package var outdated: [Interval] = []
  /// Published intervals that cannot be computed any more: a full refresh leaves them as they are.
  package var unreadable: [Interval] = []

  /// Intervals between the newest published one and the one that runs, which this run does not compute: `catch_up: none`.
  package var missed: [Interval] = []

  /// Of a report without a period.
  package static let whole = IntervalPlan(intervals: [], isWhole: true, leftForLater: 0)

  /// The report is up to date.
  package var isEmpty: Bool { intervals.isEmpty && !isWhole }
}

/// Decides which intervals a run computes of one report, from the ledger's intervals, today and the options. Pure.
package struct IntervalPlanner: Sendable {
  package var report: Report
  /// Closed intervals whose rows are published, by the ledger.
  package var published: Set<Interval>
  /// Those of them whose definition meant something else than the report's does now.
  package var outdated: Set<Interval>
  /// Published intervals that an earlier run was to compute again and did not come to.
  var unfinished: Set<Interval>
  /// Missing intervals that begin on these days are computed beyond the limit of one run: an earlier one was to.
  var continued: Set<CalendarDate> = []
  /// Published intervals whose files have to be computed again (`as: none` has no table to read them from).
  var filesMissing: Set<Interval>
  /// Today in the project's time zone, by the primary's clock.
  package var today: CalendarDate
  /// Intervals that begin before it are not computed: the tables that the report reads have expired rows there.
  package var firstReadableDay: CalendarDate?
  /// At most this many missing intervals, except for a report that has none published yet; nil for no limit.
  package var maxCatchUp: Int?

  /// - Parameters: as the properties of the same names.
  package init(
    report: Report, published: Set<Interval>, outdated: Set<Interval> = [],
    unfinished: Set<Interval> = [], filesMissing: Set<Interval> = [], today: CalendarDate,
    firstReadableDay: CalendarDate? = nil,
    maxCatchUp: Int?
  ) {
    self.report = report
    self.published = published
    self.outdated = outdated
    self.unfinished = unfinished
    self.filesMissing = filesMissing
    self.today = today
    self.firstReadableDay = firstReadableDay
    self.maxCatchUp = maxCatchUp
  }

  /// - Throws: `Diagnostic` when the chosen days contradict the definition.
  package func plan(_ dates: DateSelection) throws(Diagnostic) -> IntervalPlan {
    guard report.period != .none, let start = report.start else {
      switch dates {
      case .missing, .fullRefresh, .newest, .restate: return .whole
      case .day, .range:
        throw Diagnostic(
          "report \"\(report.name)\" has no intervals to choose from",
          hint: "Its period is \"none\": run it without --date and --from.", file: report.metadataFile)
      }
    }
    let closed = report.period.intervals(from: firstDay(start), to: today).filter(isReadable)
    var plan = try plan(dates, start: start, closed: closed)
    plan.missed = missed(closed)
    plan.unreadable = published.filter { !isReadable($0) }.sorted()
    plan.outdated = outdated.intersection(newest(closed)).subtracting(plan.intervals).sorted()
    return plan
  }

  private func plan(_ dates: DateSelection, start: CalendarDate, closed: [Interval]) throws(Diagnostic)
    -> IntervalPlan
  {
    switch dates {
    case .missing: return missing(closed, restates: report.materialization.onChange == .restate)
    case .restate: return missing(closed, restates: try canRestate(closed))
    case .fullRefresh: return try refusingAgain(newest(closed))
    case .newest: return IntervalPlan(intervals: closed.suffix(1), isWhole: false, leftForLater: 0)
    case .day(let day):
      guard let interval = report.period.interval(containing: day) else { return none }
      return try refusingAgain([try known(interval, start: start)])
    case .range(let from, let to):
      let end = to ?? closed.last?.end ?? from
      let asked = report.period.intervals(from: max(from, start), to: endOfPeriod(containing: end))
        .filter { $0.start < end && $0.start <= today }
      let wanted = asked.filter { interval in
        !report.isExpired(interval, today: today) && isReadable(interval)
          && !(report.catchUp == .state && interval.end < lastClosedEnd)
      }
      if wanted.isEmpty, let last = asked.last { _ = try known(last, start: start) }
      guard report.materialization.kind == .table, let newest = wanted.last else {
        return try refusingAgain(wanted)
      }
      return try refusingAgain([try known(newest, start: start)])
    }
  }

  private var none: IntervalPlan { IntervalPlan(intervals: [], isWhole: false, leftForLater: 0) }

  private func firstDay(_ start: CalendarDate) -> CalendarDate {
    report.firstKeptDay(today: today).map { max($0, start) } ?? start
  }

  private func missing(_ closed: [Interval], restates: Bool) -> IntervalPlan {
    let candidates = newest(closed)
    let missing = candidates.filter { !published.contains($0) || filesMissing.contains($0) }
    let isFirstRun = published.isEmpty
    let limited = missing.prefix(maxCatchUp ?? missing.count)
    let continued = missing.dropFirst(limited.count).filter { self.continued.contains($0.start) }
    let taken = isFirstRun ? missing : limited + continued
    let again = closed.filter { published.contains($0) }.suffix(report.materialization.lookback)
    let restated = (restates ? outdated : []).union(canRunAgain ? unfinished : []).intersection(candidates)
    return IntervalPlan(
      intervals: restated.union(taken + again).sorted(), isWhole: false,
      leftForLater: missing.count - taken.count)
  }

  private var canRunAgain: Bool { report.materialization.kind != .append }

  /// What came and went since the newest published interval.
  private func missed(_ closed: [Interval]) -> [Interval] {
    guard report.catchUp != .all, let last = published.max() else { return [] }
    return closed.dropLast().filter { $0 > last }
  }

  /// What a run can usefully compute: the newest interval alone without catching up; `table` shows its newest interval only, and files alone go back as far as they are kept.
  private func newest(_ closed: [Interval]) -> [Interval] {
    if report.catchUp != .all { return closed.suffix(1) }
    return switch report.materialization.kind {
    case .table: closed.suffix(1)
    case .none: closed.suffix(report.export.keep)
    case .incremental, .merge, .append, .view: closed
    }
  }

  private func known(_ interval: Interval, start: CalendarDate) throws(Diagnostic) -> Interval {
    guard interval.end > start else {
      throw Diagnostic(
        "interval \(interval) is before the start of \"\(report.name)\"",
        hint: "\(report.metadataFile) says that the data begin on \(start).", file: report.metadataFile)
    }
    guard interval.start <= today else {
      throw Diagnostic(
        "interval \(interval) has not begun", hint: "Today is \(today) by the primary's clock.",
        file: report.metadataFile)
    }
    if report.isExpired(interval, today: today) { throw expired(interval) }
    if report.catchUp == .state, interval.end < lastClosedEnd { throw past(interval) }
    if !isReadable(interval) { throw unreadable(interval) }
    if report.materialization.kind == .table, let newest = published.max(), interval < newest {
      throw Diagnostic(
        "interval \(interval) of \"\(report.name)\" is older than the published \(newest)",
        hint: "A \"table\" shows its newest interval only; \"incremental\" keeps each of them.",
        file: report.metadataFile)
    }
    return interval
  }

  private var lastClosedEnd: CalendarDate {
    report.period.interval(containing: today)?.start ?? today
  }

  private func past(_ interval: Interval) -> Diagnostic {
    Diagnostic(
      "interval \(interval) of \"\(report.name)\" cannot be computed any more",
      detail: "Its query has neither :start nor :end: it would record the state of today.",
      hint: "Only the newest closed interval can be recorded; with :start and :end any of them can.",
      file: report.sqlFile)
  }

  private func expired(_ interval: Interval) -> Diagnostic {
    Diagnostic(
      "interval \(interval) of \"\(report.name)\" is expired",
      detail: report.firstKeptDay(today: today).map { "Days before \($0) are not kept." },
      hint: "Raise materialize.retention, which is \(report.materialization.retention?.description ?? ""), "
        + "and run again.", file: report.metadataFile)
  }

  func isUnreadable(_ interval: Interval) -> Bool { !isReadable(interval) }

  private func isReadable(_ interval: Interval) -> Bool {
    firstReadableDay.map { interval.start >= $0 } ?? true
  }

  private func unreadable(_ interval: Interval) -> Diagnostic {
    Diagnostic(
      "interval \(interval) of \"\(report.name)\" cannot be computed any more",
      detail: firstReadableDay.map {
        "A summary table that it reads does not keep days before \($0). What is published of it stays."
      }, file: report.metadataFile)
  }

  private func canRestate(_ closed: [Interval]) throws(Diagnostic) -> Bool {
    if report.materialization.kind == .append { _ = try refusingAgain(closed.filter(outdated.contains)) }
    return true
  }

  /// `append` cannot take back what it added.
  private func refusingAgain(_ intervals: [Interval]) throws(Diagnostic) -> IntervalPlan {
    if report.materialization.kind == .append, let again = intervals.first(where: published.contains) {
      throw Diagnostic(
        "interval \(again) of \"\(report.name)\" is published and cannot be appended twice",
        hint: "Choose dates that are missing, or use \"as: incremental\", which replaces an interval's rows.",
        file: report.metadataFile)
    }
    if report.materialization.kind == .append, let open = intervals.first(where: { $0.end > today }) {
      throw Diagnostic(
        "interval \(open) of \"\(report.name)\" is not over and cannot be appended yet",
        hint:
          "Rows that come later could never be added. Run it once it is over, or use \"as: incremental\".",
        file: report.metadataFile)
    }
    return IntervalPlan(intervals: intervals, isWhole: false, leftForLater: 0)
  }

  private func endOfPeriod(containing end: CalendarDate) -> CalendarDate {
    guard let last = end.adding(days: -1), let interval = report.period.interval(containing: last) else {
      return end
    }
    return interval.end
  }
}
