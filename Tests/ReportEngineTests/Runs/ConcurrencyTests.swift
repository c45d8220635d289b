import Foundation
import PostgresClient
import ReportModel
import Synchronization
import TestSupport
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

/// Writers, readers and other runs at the same time.
@Suite struct ConcurrencyTests {
  @Test("two reports of one level agree to the row while others write")
  func level() async throws {
    try await withProject { project in
      try await project.execute("insert into src.sale (id) values (0)")
      // The second report is read a good while after the first.
      for (name, pause) in [("first", 0.0), ("second", 0.2)] {
        try await project.define(
          name, "materialize: {as: table, table: reports.\(name)}\nexport: {}",
          sql: """
            select count(*) as sales, max(sale.id) as newest
            from src.sale as sale
            cross join (select pg_sleep(\(pause))) as pause
            """)
      }
      let writer = try await connect(project.database.primary)
      let writing = Task {
        var id = 0
        while !Task.isCancelled {
          id += 1
          _ = try await writer.execute("insert into src.sale (id) values (\(id))")
        }
        return id
      }
      var seen: Set<String> = []
      for _ in 0..<3 {
        let result = try await project.run(["first", "second"])
        #expect(result.status == .done)
        let first = try await project.rows("table reports.first")
        #expect(try await project.rows("table reports.second") == first)
        seen.insert(first)
        let newest = first.split(separator: "|").last ?? ""
        try await project.wait("select from src.sale where id > \(newest)")
      }
      #expect(seen.count == 3)
      writing.cancel()
      _ = try? await writing.value
      await writer.close()
    }
  }

  struct Meanwhile: CustomTestStringConvertible, Sendable {
    var change: String
    var attempts: Int
    var published: String
    var testDescription: String { change }
  }

  @Test(
    "a table that was emptied or replaced after the snapshot is read again; other changes are none of its rows",
    arguments: [
      Meanwhile(change: "truncate src.part; insert into src.part values (2)", attempts: 2, published: "1|2"),
      Meanwhile(
        change: "alter table src.part alter n type numeric using n * 5", attempts: 2, published: "1|5"),
      Meanwhile(
        change: "drop view src.parts; drop table src.part; create table src.part as select 3 as n; "
          + "create view src.parts as table src.part", attempts: 2, published: "1|3"),
      Meanwhile(
        change:
          "create index on src.part (n); alter table src.part add m int; insert into src.part values (4)",
        attempts: 1, published: "1|1"),
    ])
  func replaced(_ meanwhile: Meanwhile) async throws {
    try await withProject { project in
      let isView = !meanwhile.change.hasPrefix("alter")
      try await project.execute(
        "create table src.part as select 1 as n; create view src.parts as \(isView ? "table src.part" : "select 1")"
      )
      // The first one has begun the snapshot and waits; the second one is read in it afterwards.
      try await project.define(
        "first", "materialize: {as: table, table: reports.first}\nexport: {}",
        sql: "select pg_catalog.pg_advisory_lock_shared(17)::text as waited, 1 as one")
      try await project.define(
        "second", "materialize: {as: table, table: reports.second}\nexport: {}",
        sql: "select count(*) as parts, sum(part.n) as n from \(isView ? "src.parts" : "src.part") as part")
      let gate = try await connect(project.database.replica)
      _ = try await gate.execute("select pg_advisory_lock(17)")
      let run = Task { try await project.run(["first", "second"]) }
      // Locks of every database are in sight, and other tests take such ones.
      let waits = """
        select from pg_locks where locktype = 'advisory' and not granted
          and database = (select oid from pg_database where datname = current_database())
        """
      try await waitFor("the first report to be read") { try await !gate.query(waits).isEmpty }
      try await project.execute(meanwhile.change)
      try await project.database.waitForReplay()
      _ = try await gate.execute("select pg_advisory_unlock(17)")
      let result = try await run.value
      #expect(result.reports.map(\.text) == ["", ""])
      #expect(result.reports.map(\.attempts) == [meanwhile.attempts, meanwhile.attempts])
      #expect(try await project.rows("table reports.second") == meanwhile.published)
      await gate.close()
    }
  }

  @Test("a report that reads another's summary table sees what the same run published")
  func upstream() async throws {
    try await withProject { project in
      try await project.define("daily", Definition.daily("unique_key: [id]", start: project.day(-3)))
      try await project.define(
        "total", "materialize: {as: table, table: reports.total}\nexport: {csv: {}}",
        sql: "select count(*) as sales, sum(sale.amount) as amount from reports.sale as sale")
      try await project.define(
        "overview", "materialize: {as: view, table: reports.overview}\nexport: {csv: {}}",
        sql: "select total.sales, total.amount from reports.total as total")
      for (count, amount) in [(1, 10), (2, 30)] {
        try await project.execute(
          "insert into src.sale (id, day, amount) values (\(count), '\(project.day(-1))', \(count * 10))")
        let dates: DateSelection = .missing
        // A day that is published already has to be asked for.
        if count == 2 { try await project.execute("delete from reportgen.interval where report = 'daily'") }
        let result = try await project.run(["overview", "total", "daily"], RunOptions(dates: dates))
        #expect(result.reports.map(\.text) == ["", "", ""])
        #expect(try await project.rows("table reports.total") == "\(count)|\(amount)")
        #expect(
          try String(
            contentsOfFile: project.output + "/overview/\(project.today)/overview.csv", encoding: .utf8)
            == "sales,amount\n\(count),\(amount)\n")
      }
    }
  }

  @Test("a report that fails skips what reads it, and nothing else")
  func skipped() async throws {
    try await withProject { project in
      try await project.define("daily", Definition.whole(), sql: "select 1 / 0 as id")
      try await project.define(
        "total", "materialize: {as: table, table: reports.total}",
        sql: "select count(*) as sales from reports.sale as sale")
      try await project.define(
        "other", "materialize: {as: table, table: reports.other}", sql: "select 1 as one")
      let result = try await project.run(["*"])
      #expect(result.status == .failed)
      #expect(
        result.reports.map { "\($0.report.name) \($0.state)" } == [
          "daily failed", "other confirmed", "total skipped",
        ])
      #expect(
        result.reports[0].text.masked
          == """
          reports/daily.sql: error: division_by_zero (SQLSTATE 22012)
            detail: Nothing was published.
            hint: The server's own words can quote rows: "--verbose" shows them, on a terminal only.
          """.masked)
      #expect(
        result.reports[2].text == """
          reports/total.sql: error: "total" was skipped: it reads "daily", which failed
          """)
    }
  }

  @Test("a second run of a report ends 75 at once, and with --lock-wait when its turn comes")
  func lock() async throws {
    try await withProject { project in
      try await project.execute(MaterializationTests.sales)
      try await project.define("sale", Definition.daily("unique_key: [id]"))
      let other = project.otherSession()
      let report = try project.report("sale")
      let session = try await project.lock(report, in: other)
      let refused = try await project.run("sale", Definition.day("2024-01-01"))
      #expect(refused.status == .tryAgain)
      #expect(
        refused.text == """
          error: "sale" is locked by another session (backend pid \(await session.backendPID) on the primary)
            detail: Nothing was changed.
            hint: Run again later, or wait for it with --lock-wait 10m. The session of a run that was killed ends within seconds, and its lock with it.
          """)
      #expect(try await project.intervals("sale") == "")

      let waiting = Task {
        try await project.outcome(
          "sale", RunOptions(dates: Definition.day("2024-01-01"), lockWait: .seconds(60)))
      }
      try await project.waitForLocking(besides: session)
      // What is committed while it waits is in what it reads: the snapshot comes after the lock.
      try await project.execute("insert into src.sale (id, day) values (9, '2024-01-01')")
      await other.unlock([report])
      let outcome = try await waiting.value
      #expect(outcome.status == .done)
      #expect(outcome.counts.inserted == 3)
      await other.close()
    }
  }

  @Test(
    "what another run appended while this one waited is done: nothing is left to append, or the rest",
    arguments: [
      (Definition.day("2024-01-02"), ReportOutcome.State.upToDate, 2),
      (Definition.range("2024-01-02", "2024-01-04"), .confirmed, 4),
    ])
  func appendRace(_ dates: DateSelection, _ state: ReportOutcome.State, _ sales: Int) async throws {
    try await withProject { project in
      try await project.execute(MaterializationTests.sales)
      try await project.define("sale", Definition.daily(kind: "append"))
      try await project.publish("sale", Definition.day("2024-01-01"))
      let other = project.otherSession()
      let report = try project.report("sale")
      let session = try await project.lock(report, in: other)
      let waiting = Task {
        try await project.outcome("sale", RunOptions(dates: dates, lockWait: .seconds(60)))
      }
      try await project.waitForLocking(besides: session)
      // The other run's publish, as its ledger shows it.
      try await project.execute(
        """
        insert into reportgen.interval (report, interval_start, interval_end, state, attempt_id, row_count)
          select report, '2024-01-02', '2024-01-03', 'confirmed', attempt_id, 1 from reportgen.interval
        """)
      await other.unlock([report])
      let outcome = try await waiting.value
      #expect(outcome.state == state)
      #expect(outcome.status == .done, "\(outcome.text)")
      #expect(try await project.count("select from reports.sale") == sales)
      await other.close()
      // A session's locks go when its server process does, which nobody waits for.
      try await project.wait(
        """
        select where not exists (select from pg_locks where locktype = 'advisory' and objsubid = 1
          and database = (select oid from pg_database where datname = current_database()))
        """)
    }
  }

  @Test(
    "twenty reports that three runs publish at once, each in another order, never wait for each other in a circle"
  )
  func deadlock() async throws {
    try await withProject { project in
      let names = (1...20).map { "r\($0 < 10 ? "0" : "")\($0)" }
      try await project.execute(
        "create table src.version as select 0 as n; grant select on src.version to reportgen_reader")
      for (number, name) in names.enumerated() {
        try await project.define(
          name,
          """
          materialize: {as: table, table: reports.\(name), unique_key: [id], indexes: [[n]], grants: {select: [superset]}}
          export: {csv: {}}
          """,
          sql: "select series.id, version.n + \(number) as n from src.version as version "
            + "cross join pg_catalog.generate_series(1, 50) as series (id)")
      }
      let options = RunOptions(lockWait: .seconds(120))
      let turns = [names.map { [$0] }, names.reversed().map { [$0] }, [names, names]]
      try await withThrowingTaskGroup(of: [RunResult].self) { group in
        for turn in turns {
          group.addTask {
            var results: [RunResult] = []
            for names in turn {
              try await project.execute("update src.version set n = n + 1")
              results.append(try await project.run(names, options))
            }
            return results
          }
        }
        for try await results in group {
          for result in results {
            #expect(result.status == .done)
            #expect(result.diagnostics.isEmpty && result.reports.allSatisfy { $0.text == "" })
          }
        }
      }
      _ = try await project.run(names, options)
      for (number, name) in names.enumerated() {
        #expect(
          try await project.rows("select distinct n, count(*) over () from reports.\(name)")
            == "\(42 + number)|50")
      }
      #expect(
        try await project.rows("select deadlocks from pg_stat_database where datname = current_database()")
          == "0")
    }
  }
}

/// Tells tasks to end.
final class Stop: Sendable {
  private let flag = Mutex(false)
  func now() { flag.withLock { $0 = true } }
  var isNow: Bool { flag.withLock { $0 } }
}

extension EngineProject {
  /// Waits until the query gives a row.
  func wait(_ query: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
    try await waitFor("a row of \(query)", sourceLocation: sourceLocation) { try await count(query) > 0 }
  }
}

func connect(_ conninfo: String, _ settings: [SessionSetting] = []) async throws -> Connection {
  try await Connection.open(conninfo, ConnectionOptions(name: "primary", settings: settings))
}
