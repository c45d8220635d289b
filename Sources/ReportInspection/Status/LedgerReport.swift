import Foundation
import PostgresClient
import ReportEngine
import ReportLedger
import ReportModel

/// One report in `reportgen status`.
package struct ReportStatus: Sendable, Codable, Hashable {
  package var report: String
  /// Newest published interval, `2026-11-22`; the day of the as-of without a period.
  package var newest: String?
  /// `open`, `published` or `confirmed`, of the newest interval; nil when nothing is published.
  package var state: String?
  /// Rows of the newest published interval.
  package var rows: Int?
  /// Of the newest published interval: `2026-11-23 04:30:12 MSK`.
  package var asOf: String?
  /// What was read of other servers, for which the as-of does not hold; nil: nothing.
  package var asOfUnproven: [String]?
  /// When the last run that chose the report started.
  package var lastRun: String?
  /// Raw value of `LastRunState`; nil when no run has chosen it.
  package var lastState: String?
  var lastError: String?
  /// Closed intervals that are not published.
  package var missing: Int
  /// The first missing interval, `2026-11-23`.
  package var nextMissing: String?
  /// Intervals whose newest attempt failed, `2026-11-23`; what was published of them before stays.
  package var failedIntervals: [String] = []
  /// `missing`, `replaced`, `emptied`, `shrunk`: the summary table does not have what is published; nil when it has.
  package var table: String?
  /// Intervals that came and went without a run, and that no run catches up: `catch_up: none`.
  package var missed = 0
  /// Published intervals of an older definition with another meaning.
  package var outdated = 0
  /// Intervals whose rows are deleted, since they are no longer kept.
  package var expired = 0
  /// `state`, or that of the table where the rows are gone: `table missing`; nil when nothing is published.
  package var stateText: String? { state ?? table.map { "table \($0)" } }
  /// How long ago the as-of was.
  var freshnessSeconds: Int?
  var expectWithinSeconds: Int?
  /// Nil when nothing is expected.
  var late: Bool?
}

/// A report's status and freshness, for people and for programs.
package struct ReportHealth: Sendable {
  var report: Report
  package var status: ReportStatus
  package var freshness: ReportFreshness
  /// A table that does not have what is published, and outdated intervals, with how to compute them again.
  package var warnings: [Diagnostic]
  /// What is published is not in the table, so that nothing of it can be read.
  package var isLost: Bool

  init(
    _ report: Report, _ status: ReportStatus, _ freshness: ReportFreshness, _ warnings: [Diagnostic] = [],
    isLost: Bool = false
  ) {
    self.report = report
    self.status = status
    self.freshness = freshness
    self.warnings = warnings
    self.isLost = isLost
    if isLost {
      self.status.state = nil
      self.freshness.lose()
    }
    self.status.freshnessSeconds = freshness.seconds.map { Int($0) }
    self.status.expectWithinSeconds = report.expectWithinSeconds
    self.status.late = report.expectWithinSeconds.map { _ in self.freshness.isLate }
  }
}

/// One attempt in `reportgen history`.
package struct HistoryEntry: Sendable, Codable, Hashable {
  package var report: String
  package var started: String
  package var state: String
  var intervals: Int
  /// Its first day; nil for the whole of a report.
  package var firstInterval: String?
  /// Its first day; nil for the whole of a report.
  package var lastInterval: String?
  /// Nil until the rows were read.
  package var rowsRead: Int?
  var inserted: Int?
  var updated: Int?
  var deleted: Int?
  /// From the attempt's start to its end; nil while it runs.
  package var seconds: Double?
  package var error: String?
  /// First days of those of its intervals that failed while others were published; nil when none did.
  package var failedIntervals: [String]?
  var runID: String

  /// - Parameter period: of the report.
  init(_ attempt: AttemptEntry, period: Period) {
    report = attempt.report
    started = attempt.started
    state = attempt.state.rawValue
    intervals = attempt.intervals
    firstInterval = attempt.firstInterval
    let lastDay = attempt.lastInterval.flatMap(CalendarDate.init)?.adding(days: -1)
    lastInterval = lastDay.map { (period.interval(containing: $0)?.start ?? $0).description }
    rowsRead = attempt.rowsRead
    inserted = attempt.inserted
    updated = attempt.updated
    deleted = attempt.deleted
    seconds = attempt.seconds
    error = attempt.error
    failedIntervals = attempt.failedIntervals.isEmpty ? nil : attempt.failedIntervals.map(\.description)
    runID = attempt.runID
  }
}

/// Reads the ledger for people and programs; writes nothing.
package struct LedgerReport: Sendable {
  let servers: Servers
  let maxEntries: Int
  let fingerprints: FingerprintReader

  /// - Parameters:
  ///   - maxEntries: limit of `history`.
  ///   - fingerprints: computes those of stored definitions.
  package init(servers: Servers, maxEntries: Int = 20, fingerprints: @escaping FingerprintReader) {
    self.servers = servers
    self.maxEntries = maxEntries
    self.fingerprints = fingerprints
  }

  /// - Parameter graph: its retention settings limit which intervals can still be computed.
  /// - Throws: `RunError`.
  package func health(of reports: [Report], in graph: DependencyGraph) async throws -> [ReportHealth] {
    try await reading { try await health(of: reports, in: graph, on: $0) }
  }

  func health(of reports: [Report], in graph: DependencyGraph, on ledger: Ledger) async throws
    -> [ReportHealth]
  {
    let names = reports.map(\.name)
    let (freshness, published, entries, last, failed, found, today) = try await ledger.connection.ask(
      RunHistory.freshness(of: names), Ledger.published(names, newestOnly: true), Ledger.intervals(of: names),
      RunHistory.lastRuns(of: names), RunHistory.failedIntervals(of: names), TableRecords.facts(of: reports),
      servers.today)
    let tables = try await ledger.tables.counted(found)
    let outdated = try await DefinitionChanges(ledger: ledger, fingerprints: fingerprints)
      .outdated(reports, entries)
    let plans = reports.map { report in
      Self.plan(
        report, entries[report.name] ?? [], outdated[report.name] ?? [], today: today,
        firstReadableDay: graph.firstReadableDay(of: report, today: today))
    }
    return zip(reports, plans).compactMap { report, plan in
      var status = status(
        report, published[report.name] ?? [], entries[report.name] ?? [], plan: plan,
        last: last[report.name], failed: failed[report.name] ?? [])
      let loss = tables[report.name]?.loss(of: report)
      status.table = loss?.name
      let lost = loss?.diagnostic(
        report, intervals: tables[report.name]?.publishedIntervals ?? 0, .warning)
      return freshness[report.name].map {
        ReportHealth(
          report, status, ReportFreshness(of: report, $0, timezone: servers.timezone),
          [lost, plan?.outdatedWarning(report)].compactMap(\.self), isLost: loss?.isWhole ?? false)
      }
    }
  }

  /// The newest publishing run that is over; nil when there was none.
  ///
  /// - Throws: `RunError`.
  package func lastRun() async throws -> LastRun? { try await reading { try await $0.lastRun() } }

  /// Names the reports that the ledger has and that have no definition; nil when there are none.
  ///
  /// - Parameter reports: every report of the project.
  /// - Throws: `RunError`.
  package func orphanWarning(_ reports: [Report]) async throws -> Diagnostic? {
    let orphans = try await reading { try await $0.orphans.all(defined: reports.map(\.name)) }
    guard let first = orphans.first else { return nil }
    let names = orphans.map { "\"\($0.name)\"" }.joined(separator: ", ")
    return Diagnostic(
      .warning, "the ledger has \(counted(orphans.count, "report")) without a definition: \(names)",
      hint:
        "\"reportgen retire \(first.name)\" shows what there is of it, unless another project has its definition."
    )
  }

  /// Missing and outdated intervals, without regard to what the next run would compute.
  private static func plan(
    _ report: Report, _ entries: [Ledger.Entry], _ outdated: Set<Interval>, today: CalendarDate,
    firstReadableDay: CalendarDate?
  ) -> IntervalPlan? {
    var report = report
    report.materialization.onChange = .keep
    report.materialization.lookback = 0
    let done = Set(entries.filter(\.isPublished).compactMap(\.interval))
    let planner = IntervalPlanner(
      report: report, published: done, outdated: outdated, today: today,
      firstReadableDay: firstReadableDay, maxCatchUp: nil)
    return try? planner.plan(.missing)
  }

  /// Newest first.
  package func history(of reports: [Report]) async throws -> [HistoryEntry] {
    let periods = Dictionary(reports.map { ($0.name, $0.period) }) { first, _ in first }
    return try await reading { ledger in
      try await ledger.history.attempts(of: reports.map(\.name), maxEntries: maxEntries)
        .map { HistoryEntry($0, period: periods[$0.report] ?? .none) }
    }
  }

  func reading<Value: Sendable>(_ body: (Ledger) async throws -> Value) async throws -> Value {
    do {
      let primary = try await servers.openPrimary()
      defer { Task { await primary.close() } }
      let ledger = Ledger(connection: primary)
      try await ledger.requireCurrent()
      return try await body(ledger)
    } catch {
      throw await servers.explainingRights(RunError.from(error, "could not read the ledger"), [])
    }
  }

  /// Days before the first published interval were never to be recorded.
  private static func missed(_ report: Report, _ done: Set<Interval>, newest: Interval?) -> Int {
    guard report.catchUp != .all, let first = done.min(), let newest else { return 0 }
    return report.period.intervals(from: first.start, to: newest.start).filter { !done.contains($0) }.count
  }

  private func status(
    _ report: Report, _ published: [PublishedInterval], _ entries: [Ledger.Entry], plan: IntervalPlan?,
    last: ReportLastRun?, failed: [Interval]
  ) -> ReportStatus {
    let done = Set(entries.filter(\.isPublished).compactMap(\.interval))
    let missing = (plan?.intervals ?? []).filter { !done.contains($0) }
    // Expired intervals that a longer retention makes missing again count as missing only.
    let isMissing = Set(missing)
    let newest = published.first
    // What the definition no longer has, or can no longer compute, fails no more.
    let known = Set(entries.compactMap(\.interval)).union(missing)
    return ReportStatus(
      report: report.name, newest: newest?.folderName(report), state: newest?.state.rawValue,
      rows: newest?.rowCount,
      asOf: newest?.asOf, asOfUnproven: newest?.unproven, lastRun: last?.started,
      lastState: last?.state.rawValue, lastError: last?.error,
      missing: missing.count, nextMissing: missing.first.map(report.period.name),
      failedIntervals: failed.filter(known.contains).map(report.period.name),
      missed: Self.missed(report, done, newest: missing.last ?? done.max()),
      outdated: plan?.outdated.count ?? 0,
      expired: entries.filter { $0.state == .expired && !($0.interval.map(isMissing.contains) ?? false) }
        .count)
  }
}
