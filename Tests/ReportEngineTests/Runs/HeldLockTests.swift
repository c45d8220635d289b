import Foundation
import PostgresClient
import ReportDefinitions
import ReportModel
import Synchronization
import TestSupport
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

/// A report's lock is held from its first attempt to its last file (decision 60), and a run that was stopped on the way
/// is continued by the next one (decision 61).
@Suite struct HeldLockTests {
  /// Six intervals, each published by itself, which takes a moment.
  private func define(_ project: EngineProject, name: String = "sale", pause: Double = 0.05) async throws {
    let yaml = Definition.daily("unique_key: [id]", kind: "merge", start: project.day(-6))
    try await project.define(
      name, yaml.replacing("reports.sale", with: "reports.\(name)"),
      sql: Definition.sql + " and (select pg_catalog.pg_sleep(\(pause))) is not null")
  }

  private static let refresh = RunOptions(dates: .fullRefresh)

  /// Waits until so many attempts have ended in one of the states, in all runs together.
  private func waitForAttempts(
    _ count: Int, _ project: EngineProject, state: String = "state in ('published', 'confirmed')"
  ) async throws {
    try await project.wait(
      "select from (select count(*) from reportgen.report_run where \(state)) n where count >= \(count)")
  }

  /// What `project.run` does, as a run of another host and with its events.
  private func run(
    _ project: EngineProject, _ names: [String], _ options: RunOptions, host: String,
    observe: @escaping @Sendable (RunEvent) -> Void = { _ in }
  ) async throws -> RunResult {
    var configuration = project.configuration(options)
    configuration.run.host = host
    let graph = DependencyGraph(try project.reports())
    let selected = try Selection(patterns: names).apply(to: graph)
    return await RunEngine(configuration, observe: observe).run(selected, graph: graph)
  }

  // MARK: Two runs

  @Test("a run that waits for a full refresh of several portions begins when its files are there; both end 0")
  func waiting() async throws {
    try await withProject { project in
      try await project.sellDaily(since: 6)
      try await define(project)
      try await project.publish("sale")
      let log = EventLog()
      let first = Task {
        try await run(project, ["sale"], Self.refresh, host: "first", observe: log.record("first"))
      }
      try await waitForAttempts(7, project)
      let options = RunOptions(dates: .fullRefresh, lockWait: .seconds(60))
      let second = Task {
        try await run(project, ["sale"], options, host: "second", observe: log.record("second"))
      }
      for result in try await [first.value, second.value] {
        #expect(result.status == .done)
        #expect(result.reports.map(\.text) == [""])
        #expect(result.reports.map(\.intervals.count) == [6])
        #expect(result.reports.map(\.files.isEmpty) == [false])
      }
      let seen = log.events
      let lastOfFirst = try #require(seen.lastIndex { $0.hasPrefix("first") })
      let lockOfSecond = try #require(seen.firstIndex(of: "second lock"))
      let gateOfSecond = try #require(seen.firstIndex(of: "second gate"))
      #expect(seen.contains("first export"))
      #expect(lockOfSecond < lastOfFirst, "the second run asked for the lock while the first was at work")
      #expect(lastOfFirst < gateOfSecond)
    }
  }

  @Test(
    "a run that is refused names the run that holds the lock, not one that waits for it", arguments: [1, 2])
  func refused(_ jobs: Int) async throws {
    try await withProject { project in
      try await project.sellDaily(since: 6)
      let names = ["other", "sale"]
      for name in names { try await define(project, name: name, pause: 60) }
      let first = Task { try await run(project, names, RunOptions(jobs: jobs), host: "first") }
      try await waitForAttempts(jobs, project, state: "state = 'running'")
      let waiting = Task {
        try await run(project, names, RunOptions(lockWait: .seconds(60)), host: "waiting")
      }
      try await project.wait("select from reportgen.run where host = 'waiting'")

      let refused = try await run(project, names, RunOptions(), host: "refused")
      #expect(refused.status == .tryAgain)
      let pid = ProcessInfo.processInfo.processIdentifier
      for report in refused.reports {
        #expect(
          report.text.replacing(/since (\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d,/, with: "since TIME,") == """
            error: "\(report.report.name)" is already being run (since TIME, host first, pid \(pid))
              detail: Nothing was changed.
              hint: Run again later, or wait for it with --lock-wait 10m. The session of a run that was killed ends within seconds, and its lock with it.
            """)
      }
      let since = try await project.rows(
        "select to_char(started_at, 'HH24:MI:SS') from reportgen.run where host = 'first'")
      #expect(refused.reports.allSatisfy { $0.text.contains("\(since),") })
      for run in [waiting, first] {
        run.cancel()
        #expect(try await run.value.status == .interrupted)
      }
    }
  }

  @Test("a run waits for no lock that comes before one that it holds: another run could wait for that one")
  func outOfOrder() async throws {
    try await withProject { project in
      try await project.sellDaily(since: 6)
      for name in ["one", "two"] { try await define(project, name: name, pause: 0) }
      let reports = LockKey.inOrder([try project.report("one"), try project.report("two")])
      let names = reports.map(\.name)
      #expect(try await project.run(names).reports.map(\.text) == ["", ""])
      // The first one owes its files, for which its lock is taken behind the second one's rows.
      try FileManager.default.removeItem(atPath: project.output + "/" + names[0])
      try await project.execute("delete from reportgen.interval where report = '\(names[1])'")
      let other = project.otherSession()
      _ = try await project.lock(reports[0], in: other)
      let began = ContinuousClock.now
      let result = try await project.run(names, RunOptions(lockWait: .seconds(60)))
      #expect(ContinuousClock.now - began < .seconds(50))
      #expect(result.status == .done)
      #expect(
        Set(result.reports.map { "\($0.report.name) \($0.state)" }) == [
          "\(names[0]) upToDate", "\(names[1]) confirmed",
        ])
      await other.close()
      let next = try await project.run(names)
      #expect(next.reports.first { $0.report.name == names[0] }?.files.isEmpty == false)
    }
  }

  // MARK: Continued

  enum Stop: String, CaseIterable, CustomTestStringConvertible, Sendable {
    case cancelled, died, failed
    var testDescription: String { rawValue }
  }

  /// Cancels a full refresh behind its second portion at the earliest.
  ///
  /// - Returns: the intervals that it has not published.
  private func stopRefresh(_ project: EngineProject) async throws -> [String] {
    try await project.sellDaily(since: 6)
    try await define(project, pause: 0.2)
    try await project.publish("sale")
    let refresh = Task { try await project.run(["sale"], Self.refresh) }
    try await waitForAttempts(8, project)
    refresh.cancel()
    #expect(try await refresh.value.status == .interrupted)
    let left = try await project.rows(
      """
      select i.interval_start from reportgen.interval i where i.published_at
        < (select max(started_at) from reportgen.run) order by i.interval_start
      """
    ).split(separator: "\n").map(String.init)
    #expect((1...4).contains(left.count))
    return left
  }

  private func starts(_ outcome: ReportOutcome) -> [String] { outcome.intervals.map(\.start.description) }

  @Test(
    "what a stopped full refresh did not come to is computed by the next run, once", arguments: Stop.allCases)
  func continued(_ stop: Stop) async throws {
    try await withProject { project in
      let left = try await stopRefresh(project)
      let newest = "run_id = (select run_id from reportgen.run order by started_at desc limit 1)"
      switch stop {
      case .cancelled:
        let ledger = LedgerReport(servers: project.servers, fingerprints: StoredDefinitions.fingerprints)
        #expect(try await ledger.lastRun()?.failed == ["sale"])
      case .died:
        try await project.execute(
          """
          update reportgen.run set finished_at = null, exit_status = null where \(newest);
          update reportgen.outcome set state = 'selected', exit_status = null, error = null where \(newest)
          """)
      case .failed:
        try await project.execute(
          """
          update reportgen.run set exit_status = 1 where \(newest);
          update reportgen.outcome set state = 'failed', exit_status = 1 where \(newest)
          """)
      }
      let plan = try #require(try await project.plan(["sale"]).reports.first)
      let next = try await project.publish("sale")
      #expect(starts(next) == (stop == .failed ? [] : left))
      #expect(plan.intervals == next.intervals)
      let third = try await project.publish("sale")
      #expect(third.state == .upToDate)
      #expect(starts(third) == [])
      if stop == .died {
        try await project.execute(
          "update reportgen.run set finished_at = now(), exit_status = 130 where finished_at is null")
      }
    }
  }

  @Test("a run of one day leaves the rest of a stopped full refresh to the next run")
  func otherPlan() async throws {
    try await withProject { project in
      let left = try await stopRefresh(project)
      let last = try #require(left.last)
      #expect(starts(try await project.publish("sale", Definition.day(last))) == [last])
      #expect(starts(try await project.publish("sale")) == left.dropLast())
      #expect(try await project.publish("sale").state == .upToDate)
    }
  }

  @Test("a full refresh that is still at work is not continued by another run")
  func atWork() async throws {
    try await withProject { project in
      try await project.sellDaily(since: 6)
      try await define(project, pause: 0.2)
      try await project.publish("sale")
      let refresh = Task { try await project.run(["sale"], Self.refresh) }
      try await waitForAttempts(7, project)
      let other = try await project.outcome("sale", RunOptions(lockWait: .seconds(60)))
      #expect(other.state == .upToDate)
      #expect(starts(other) == [])
      #expect(try await refresh.value.reports.map(\.intervals.count) == [6])
    }
  }

  // MARK: Lost sessions

  /// Ends the session that holds the report's lock.
  private func terminateHolder(_ project: EngineProject) async throws {
    let ended = try await project.admin.query(
      "select pg_terminate_backend(pid) from reportgen.report_lock where lock_key = $1",
      [String(LockKey.of(try project.report("sale")))])
    #expect(ended.count == 1)
  }

  /// Ends the session that holds the report's lock, which is another one's in the same moment.
  private func takeFromHolder(_ project: EngineProject, on session: Connection) async throws {
    let ended = try await session.query(
      """
      with mine as (select pg_advisory_lock_shared(4713)), holder as (
        select pid from reportgen.report_lock where lock_key = $1
      ), taken as (
        update reportgen.report_lock set pid = pg_backend_pid(), session_key = 4713, run_id = null,
          role = (select oid from pg_roles where rolname = session_user)
        where lock_key = $1 and (select count(*) from mine) = 1 returning pid
      )
      select pg_terminate_backend(holder.pid) from holder, taken
      """, [String(LockKey.of(try project.report("sale")))])
    #expect(ended.count == 1)
  }

  @Test("a run whose session is lost between two portions takes the report's lock again")
  func lostSession() async throws {
    try await withProject { project in
      try await project.sellDaily(since: 6)
      try await define(project, pause: 0.2)
      try await project.publish("sale")
      let refresh = Task { try await project.outcome("sale", Self.refresh) }
      try await waitForAttempts(8, project)
      try await terminateHolder(project)
      let outcome = try await refresh.value
      #expect(outcome.status == .done, "\(outcome.text)")
      #expect(outcome.intervals.map(\.start) == project.days(-6, -1))
      #expect(
        try await project.count("select from reportgen.interval where state = 'confirmed' and row_count = 1")
          == 6)
    }
  }

  @Test(
    "a lost lock that another session has taken ends the report 75 with what the run has published",
    arguments: [false, true])
  func lostLock(isDryRun: Bool) async throws {
    try await withProject { project in
      try await project.sellDaily(since: 6)
      try await define(project, pause: 0.5)
      try await project.publish("sale")
      let options = RunOptions(dates: .fullRefresh, dryRun: isDryRun)
      let refresh = Task { try await project.outcome("sale", options) }
      try await waitForAttempts(
        isDryRun ? 2 : 8, project, state: isDryRun ? "state = 'dry_run'" : "state = 'confirmed'")
      let other = try await connect(project.database.primary)
      try await takeFromHolder(project, on: other)
      let outcome = try await refresh.value
      #expect(outcome.status == .tryAgain)
      let published = try #require(outcome.report.period.names(of: outcome.intervals.sorted()))
      let effect =
        isDryRun ? "Nothing was changed." : "This run has published \(published); what is published stays."
      #expect(
        outcome.text == """
          error: "sale" is locked by another session (backend pid \(await other.backendPID) on the primary)
            detail: \(effect)
            hint: Run again later, or wait for it with --lock-wait 10m. The session of a run that was killed ends within seconds, and its lock with it.
          """)
      await other.close()
      guard !isDryRun else { return }
      let next = try await project.publish("sale")
      #expect(next.intervals == outcome.failedIntervals + next.intervals.dropFirst())
      #expect(
        outcome.intervals + next.intervals
          == project.days(-6, -1).compactMap { Period.day.interval(containing: $0) })
    }
  }
}

/// The steps of several runs, in the order in which they happened.
private final class EventLog: Sendable {
  private let log = Mutex<[String]>([])

  var events: [String] { log.withLock { $0 } }

  func record(_ host: String) -> @Sendable (RunEvent) -> Void {
    { event in
      switch event {
      case .step(_, let step): self.log.withLock { $0.append("\(host) \(step)") }
      case .waiting: self.log.withLock { $0.append("\(host) waits") }
      default: break
      }
    }
  }
}
