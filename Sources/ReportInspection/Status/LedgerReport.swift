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
  package var state: String?
  package var rows: Int?
  package var asOf: String?
  package var lastRun: String?
  package var lastState: String?
  package var lastError: String?
  /// Closed intervals that are not published.
  package var missing: Int
  package var nextMissing: String?
  /// Published intervals of an older definition that meant something else.
  package var outdated = 0
  /// Intervals whose rows are deleted, since they are no longer kept.
  package var expired = 0
  /// How long ago the as-of was.
  package var freshnessSeconds: Int?
  package var expectWithinSeconds: Int?
  /// Nil when nothing is expected.
  package var late: Bool?
}

/// How a report stands, for people and for programs.
package struct ReportHealth: Sendable {
  package var report: Report
  package var status: ReportStatus
  package var freshness: ReportFreshness
  /// What is outdated, and the way out.
  package var warning: Diagnostic?

  package init(
    _ report: Report, _ status: ReportStatus, _ freshness: ReportFreshness, _ warning: Diagnostic? = nil
  ) {
    self.report = report
    self.status = status
    self.freshness = freshness
    self.warning = warning
    self.status.freshnessSeconds = freshness.seconds.map { Int($0) }
    self.status.expectWithinSeconds = report.expectWithinSeconds
    self.status.late = report.expectWithinSeconds.map { _ in freshness.isLate }
  }
}

/// One attempt in `reportgen history`.
package struct HistoryEntry: Sendable, Codable, Hashable {
  package var report: String
  package var started: String
  package var state: String
  package var intervals: Int
  package var firstInterval: String?
  package var lastInterval: String?
  package var rowsRead: Int?
  package var inserted: Int?
  package var updated: Int?
  package var deleted: Int?
  package var seconds: Double?
  package var error: String?
  package var runID: String

  init(_ attempt: AttemptEntry) {
    report = attempt.report
    started = attempt.started
    state = attempt.state.rawValue
    intervals = attempt.intervals
    firstInterval = attempt.firstInterval
    lastInterval = attempt.lastInterval
    rowsRead = attempt.rowsRead
    inserted = attempt.inserted
    updated = attempt.updated
    deleted = attempt.deleted
    seconds = attempt.seconds
    error = attempt.error
    runID = attempt.runID
  }
}

/// Reads the ledger for people and programs; writes nothing.
package struct LedgerReport: Sendable {
  package let servers: Servers
  package let maxEntries: Int
  package let fingerprints: FingerprintReader

  package init(servers: Servers, maxEntries: Int = 20, fingerprints: @escaping FingerprintReader) {
    self.servers = servers
    self.maxEntries = maxEntries
    self.fingerprints = fingerprints
  }

  /// - Parameter graph: what the reports read, which can set an end to what can be computed.
  /// - Throws: `RunError`.
  package func health(of reports: [Report], in graph: DependencyGraph) async throws -> [ReportHealth] {
    try await reading { ledger in
      let freshness = try await ledger.freshness(of: reports.map(\.name))
      let published = try await ledger.published(reports.map(\.name))
      let entries = try await ledger.intervals(of: reports.map(\.name))
      let outdated = try await DefinitionChanges(ledger: ledger, fingerprints: fingerprints)
        .outdated(reports, entries)
      let last = try await ledger.lastAttempts()
      let today = try await servers.today(on: ledger.connection)
      let plans = reports.map { report in
        Self.plan(
          report, entries[report.name] ?? [], outdated[report.name] ?? [], today: today,
          firstReadableDay: graph.firstReadableDay(of: report, today: today))
      }
      return zip(reports, plans).compactMap { report, plan in
        let status = status(
          report, published[report.name] ?? [], entries[report.name] ?? [], plan: plan,
          last: last[report.name])
        return freshness[report.name].map {
          ReportHealth(
            report, status, ReportFreshness(of: report, $0, timezone: servers.timezone),
            plan?.outdatedWarning(report))
        }
      }
    }
  }

  /// The newest publishing run that is over; nil when there was none.
  ///
  /// - Throws: `RunError`.
  package func lastRun() async throws -> LastRun? { try await reading { try await $0.lastRun() } }

  /// What is missing and what is outdated, whatever the next run would do about it.
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
  package func history(of reports: [String]) async throws -> [HistoryEntry] {
    try await reading { ledger in
      try await ledger.history(of: reports, maxEntries: maxEntries).map(HistoryEntry.init)
    }
  }

  package func reading<Value: Sendable>(_ body: (Ledger) async throws -> Value) async throws -> Value {
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

  private func status(
    _ report: Report, _ published: [PublishedInterval], _ entries: [Ledger.Entry], plan: IntervalPlan?,
    last: AttemptEntry?
  ) -> ReportStatus {
    let done = Set(entries.filter(\.isPublished).compactMap(\.interval))
    let missing = (plan?.intervals ?? []).filter { !done.contains($0) }
    // A longer retention than the one that expired them: they come back.
    let isMissing = Set(missing)
    let newest = published.first
    return ReportStatus(
      report: report.name, newest: newest?.folderName(report), state: newest?.state.rawValue,
      rows: newest?.rowCount,
      asOf: newest?.asOf, lastRun: last?.started, lastState: last?.state.rawValue, lastError: last?.error,
      missing: missing.count, nextMissing: missing.first.map(report.period.name),
      outdated: plan?.outdated.count ?? 0,
      expired: entries.filter { $0.state == .expired && !($0.interval.map(isMissing.contains) ?? false) }
        .count)
  }
}
