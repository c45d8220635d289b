import Foundation
import PostgresClient
import ReportModel
import TestSupport
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

/// Drift made by hand, and what is said of it.
@Suite struct VerifyTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var name: String
    var yaml: String
    var sql = Definition.sql
    var dates = Definition.range("2024-01-01", "2024-01-04")
    /// What somebody does to the table.
    var change: String
    var found: String
    var testDescription: String { name }
  }

  static let sales = """
    insert into src.sale (id, day, currency, amount, note) values
      (1, '2024-01-01', 'RUB', 1.00, null), (2, '2024-01-01', 'USD', 2.50, ''), (3, '2024-01-02', null, null, 'x'),
      (4, '2024-01-03', E'Чай "№1"\\nлист', 4, 'y')
    """

  static let notes = Definition.sql.replacing("sale.amount", with: "sale.amount, sale.note")
  static let wholeNotes = Definition.wholeSQL.replacing("sale.amount", with: "sale.amount, sale.note")

  static let cases = [
    Case(
      name: "nothing", yaml: Definition.daily("unique_key: [id]"), change: "select",
      found: "sale  equal  2024-01-01..2024-01-03 (3 intervals)  4 rows\n"),
    Case(
      name: "a value that looks equal", yaml: Definition.daily("unique_key: [id]"),
      change: "update reports.sale set amount = 1.0 where id = 1",
      found: """
        sale  drift  2024-01-01..2024-01-03 (3 intervals)  4 rows: 1 different
          2024-01-01  1 different
            different  id 1: amount 1.0 -> 1.00
          repair   reportgen run sale --date 2024-01-01

        """),
    Case(
      name: "null and empty", yaml: Definition.daily("unique_key: [id]"), sql: notes,
      change: "update reports.sale set note = case when note is null then '' end where id in (1, 2)",
      found: """
        sale  drift  2024-01-01..2024-01-03 (3 intervals)  4 rows: 2 different
          2024-01-01  2 different
            different  id 1: note "" -> null
            different  id 2: note null -> ""
          repair   reportgen run sale --date 2024-01-01

        """),
    Case(
      name: "rows deleted and rows added", yaml: Definition.daily("unique_key: [day, currency]"),
      change: """
        delete from reports.sale where id in (3, 4);
        insert into reports.sale values (9, '2024-01-02', 'я', 1), (9, '2031-01-01', 'Z', 1), (9, null, null, 1)
        """,
      found: """
        sale  drift  2024-01-01..2024-01-03 (3 intervals)  5 rows: 2 missing, 3 extra
          2024-01-02  1 missing, 1 extra
            missing    day 2024-01-02, currency null
            extra      day 2024-01-02, currency я
          2024-01-03  1 missing
            missing    day 2024-01-03, currency "Чай \\"№1\\"\\nлист"
          outside of every interval  2 extra
            extra      day null, currency null
            extra      day 2031-01-01, currency Z
          repair   reportgen run sale --from 2024-01-02 --to 2024-01-04

        """),
    Case(
      name: "without a key, rows are counted", yaml: Definition.daily(),
      change: """
        insert into reports.sale select * from reports.sale where id = 2;
        update reports.sale set currency = 'EUR' where id = 1
        """,
      found: """
        sale  drift  2024-01-01..2024-01-03 (3 intervals)  5 rows: 1 missing, 2 extra
          2024-01-01  1 missing, 2 extra
            missing    id 1, day 2024-01-01, currency RUB, amount 1.00
            extra      id 1, day 2024-01-01, currency EUR, amount 1.00
            extra      id 2, day 2024-01-01, currency USD, amount 2.50
          repair   reportgen run sale --date 2024-01-01

        """),
    Case(
      name: "several days a read", yaml: Definition.daily("unique_key: [id], batch: 31"),
      change: "update reports.sale set currency = 'XXX' where id in (2, 4)",
      found: """
        sale  drift  2024-01-01..2024-01-03 (3 intervals)  4 rows: 2 different
          2024-01-01  1 different
            different  id 2: currency XXX -> USD
          2024-01-03  1 different
            different  id 4: currency XXX -> "Чай \\"№1\\"\\nлист"
          repair   reportgen run sale --from 2024-01-01 --to 2024-01-04

        """),
    Case(
      name: "a table as a whole", yaml: Definition.whole("unique_key: [id]"), sql: wholeNotes,
      dates: .missing,
      change: "update reports.sale set id = 20 where id = 1",
      found: """
        sale  drift  4 rows: 1 missing, 1 extra
          missing    id 1
          extra      id 20
          repair   reportgen run sale

        """),
    Case(
      name: "append", yaml: Definition.daily(kind: "append"), change: "delete from reports.sale where id = 3",
      found: """
        sale  drift  2024-01-01..2024-01-03 (3 intervals)  3 rows: 1 missing
          2024-01-02  1 missing
            missing    id 3, day 2024-01-02, currency null, amount null

        """),
    Case(
      name: "a merge keeps what the source lost", yaml: Definition.daily("unique_key: [id]", kind: "merge"),
      change:
        "insert into reports.sale values (9, '2024-01-02', 'GBP', 1); update reports.sale set amount = 5 where id = 4",
      found: """
        sale  drift  2024-01-01..2024-01-03 (3 intervals)  5 rows: 1 different, 1 gone from the source
          2024-01-02  1 gone from the source
          2024-01-03  1 different
            different  id 4: amount 5 -> 4
          repair   reportgen run sale --date 2024-01-03

        """),
    Case(
      name: "a merge that deletes has no such rows",
      yaml: Definition.daily("unique_key: [id], delete: interval", kind: "merge"),
      change: "insert into reports.sale values (9, '2024-01-02', 'GBP', 1)",
      found: """
        sale  drift  2024-01-01..2024-01-03 (3 intervals)  5 rows: 1 extra
          2024-01-02  1 extra
            extra      id 9
          repair   reportgen run sale --date 2024-01-02

        """),
    Case(
      name: "a merge as a whole", yaml: "materialize: {as: merge, table: reports.sale, unique_key: [id]}",
      sql: wholeNotes, dates: .missing, change: "insert into reports.sale values (9)",
      found: "sale  equal  5 rows: 1 gone from the source\n"),
    Case(
      name: "a numeric key pairs 1 with 1.00", yaml: Definition.whole("unique_key: [amount, id]"),
      sql: Definition.wholeSQL, dates: .missing,
      change: "update reports.sale set amount = trim_scale(amount) where id = 1",
      found: """
        sale  drift  4 rows: 1 different
          different  amount 1, id 1: amount 1 -> 1.00
          repair   reportgen run sale

        """),
  ]

  @Test("drift is found by interval and key, and nothing is written", arguments: cases)
  func finds(_ given: Case) async throws {
    try await withProject { project in
      try await project.execute(Self.sales)
      try await project.define("sale", given.yaml, sql: given.sql)
      try await project.publish("sale", given.dates)
      try await project.execute(given.change)
      let before = try await project.everythingOfOurs()
      let result = try await project.verify(["sale"])
      let verified = try #require(result.reports.first)
      #expect(verified.text == given.found)
      #expect(result.status == (given.found.contains("drift") ? .failed : .done))
      #expect(try await project.everythingOfOurs() == before)
      // What verify calls drift, a dry run would mend.
      if given.found.contains("equal") {
        #expect(verified.rows.isDrift == false && verified.computedRows == 4)
      }
    }
  }

  @Test("drift that a run mends is gone after it", arguments: ["", "unique_key: [id]"])
  func mended(_ keys: String) async throws {
    try await withProject { project in
      try await project.execute(Self.sales)
      try await project.define("sale", Definition.whole(keys), sql: Self.wholeNotes)
      try await project.publish("sale")
      try await project.execute("update reports.sale set amount = amount + 1, note = id::text")
      #expect(try await project.verify(["sale"]).status == .failed)
      try await project.publish("sale")
      #expect(try await project.verify(["sale"]).status == .done)
    }
  }

  @Test(
    "every type of a key finds its row",
    arguments: [
      ("text", ["a", "A", "ё", "Я", "", "a b", "a\\tb", "\\\\N", "z\"'"]), ("boolean", ["t", "f"]),
      ("char(5)", ["a", "ab", "ABC"]), ("integer", ["-10", "9", "10", "100"]),
      ("numeric", ["1.5", "-0.001", "NaN", "1e20"]), ("double precision", ["1.5", "-1e-9", "Infinity"]),
      ("timestamptz", ["2024-01-01 00:00+00", "infinity", "0044-03-15 BC"]),
      ("date", ["2024-01-01", "12024-01-01"]),
      ("inet", ["10.0.0.1", "10.0.0.0/8", "9.9.9.9"]), ("uuid", [UUID().uuidString]),
      ("interval", ["1 mon", "30 days 1 s"]),
      ("text[]", ["{a,b}", "{}", "{NULL,\"x,y\"}"]), ("jsonb", ["{\"a\": 1}", "[]", "null"]),
      ("bytea", ["\\\\x00ff", "\\\\x"]),
    ])
  func types(_ type: String, _ values: [String]) async throws {
    try await withProject { project in
      let rows = values.enumerated().map { index, value in
        "(E'\(value.replacing("'", with: "''"))', \(index))"
      }
      try await project.execute(
        "create table src.v (k \(type), v int); insert into src.v values (null, 99), \(rows.joined(separator: ", "))"
      )
      try await project.define(
        "sale", Definition.whole("unique_key: [k]"), sql: "select v.k, v.v from src.v as v")
      try await project.publish("sale")
      let equal = try await project.verify(["sale"])
      #expect(equal.status == .done && equal.reports.first?.computedRows == values.count + 1)
      try await project.execute(
        "update reports.sale set v = v + 1000; delete from reports.sale where k is null")
      let verified = try #require(try await project.verify(["sale"]).reports.first)
      #expect(
        verified.rows.different == values.count && verified.rows.missing == 1 && verified.rows.extra == 0)
    }
  }

  @Test("a time column with an hour tells days apart in the project's time zone")
  func timestamps() async throws {
    try await withProject(timezone: "Pacific/Auckland") { project in
      try await project.execute(
        """
        insert into src.sale (id, at) values (1, '2024-03-01 00:00:00 Pacific/Auckland'),
          (2, '2024-03-01 23:59:59.9 Pacific/Auckland'), (3, '2024-03-02 00:00:00 Pacific/Auckland')
        """)
      try await project.define(
        "sale",
        """
        period: day
        start: 2024-03-01
        materialize: {as: incremental, table: reports.sale, time_column: at, unique_key: [id], batch: 31}
        columns: {at: {type: timestamptz}}
        """,
        sql:
          "select sale.id, sale.at, sale.note from src.sale as sale where sale.at >= :start and sale.at < :end"
      )
      try await project.publish("sale", Definition.range("2024-03-01", "2024-03-03"))
      try await project.execute("update reports.sale set note = 'x'")
      let verified = try #require(try await project.verify(["sale"]).reports.first)
      #expect(verified.drift.map { $0.interval?.start.description } == ["2024-03-01", "2024-03-02"])
      #expect(verified.drift.map(\.rows.different) == [2, 1])
    }
  }

  @Test("only what was chosen is compared")
  func chosen() async throws {
    try await withProject { project in
      try await project.execute(Self.sales)
      try await project.define("sale", Definition.daily("unique_key: [id]"))
      try await project.publish("sale", Definition.range("2024-01-01", "2024-01-04"))
      try await project.execute("update reports.sale set amount = 7")
      func found(_ choice: VerifyChoice) async throws -> [Int] {
        let verified = try #require(try await project.verify(["sale"], choice).reports.first)
        return [verified.intervals.count, verified.rows.different]
      }
      #expect(try await found(VerifyChoice(last: 1)) == [1, 1])
      #expect(try await found(VerifyChoice(dates: Definition.day("2024-01-01"))) == [1, 2])
      #expect(try await found(VerifyChoice(dates: Definition.range("2024-01-02", "2024-01-04"))) == [2, 2])
      let none = try #require(
        try await project.verify(["sale"], VerifyChoice(dates: Definition.day("2024-02-01"))).reports.first)
      #expect(none.state == .nothingToCompare && none.status == .done)
    }
  }

  @Test("open intervals and those of another definition are named, expired ones are left alone")
  func states() async throws {
    try await withProject { project in
      let yesterday = project.day(-1)
      try await project.execute(
        """
        insert into src.sale (id, day, amount) select i, '\(project.today)'::date - i, 1 from generate_series(0, 4) i
        """)
      try await project.define("sale", Definition.daily("unique_key: [id]", start: project.day(-4)))
      try await project.publish("sale", .range(from: project.day(-4), to: project.day(-2)))
      try await project.define(
        "sale", Definition.daily("unique_key: [id]", start: project.day(-4)),
        sql: Definition.sql.replacing("sale.amount", with: "sale.amount * 1 as amount"))
      try await project.publish("sale", .range(from: project.day(-2), to: project.day(1)))
      try await project.execute(
        """
        update reports.sale set amount = 7 where id <> 2;
        update reportgen.interval set state = 'expired' where interval_start = '\(yesterday)'
        """)
      let verified = try #require(try await project.verify(["sale"]).reports.first)
      #expect(
        verified.text == """
          sale  equal  \(project.day(-2))  1 row
            1 interval not compared: \(project.today), published before the end
            2 intervals not compared: \(project.day(-4))..\(project.day(-3)), published by another definition

          """)
    }
  }

  @Test("reports without rows of their own, or without intervals to tell apart, are named")
  func notVerifiable() async throws {
    try await withProject { project in
      try await project.define("view", "materialize: {as: view, table: reports.v}", sql: "select 1 as one")
      try await project.define("files", "materialize: {as: none}", sql: "select 1 as one")
      try await project.define(
        "timeless",
        "period: day\nstart: 2024-01-01\nmaterialize: {as: merge, table: reports.timeless, unique_key: [id]}")
      try await project.define("never", Definition.whole(), sql: Definition.wholeSQL)
      let result = try await project.verify(["*"])
      #expect(result.status == .done)
      #expect(
        result.reports.map(\.text).joined() == """
          files  not verifiable: "as: none" publishes no rows
          never  nothing to compare
          timeless  not verifiable: without a time_column the rows of its intervals cannot be told apart
          view  not verifiable: a view has no rows of its own

          """)
    }
  }

  @Test(
    "a table of other columns is drift",
    arguments: [
      (
        "alter table reports.sale add extra int",
        "column \"extra\" is integer in reports.sale, missing in the query"
      ),
      (
        "alter table reports.sale alter amount type text",
        "column \"amount\" is text in reports.sale, numeric in the query"
      ),
      (
        "alter table reports.sale drop amount",
        "column \"amount\" is missing in reports.sale, numeric in the query"
      ),
      ("drop table reports.sale", "reports.sale does not exist"),
    ])
  func columns(_ change: String, _ message: String) async throws {
    try await withProject { project in
      try await project.execute(Self.sales)
      try await project.define("sale", Definition.daily("unique_key: [id]"))
      try await project.publish("sale", Definition.range("2024-01-01", "2024-01-04"))
      try await project.execute(change)
      let verified = try #require(try await project.verify(["sale"]).reports.first)
      #expect(verified.state == .drift && verified.status == .failed)
      #expect(verified.diagnostics.map(\.message) == [message])
    }
  }

  @Test("an error of one report's query is its own, at its place, and the others are verified")
  func errors() async throws {
    try await withProject { project in
      try await project.execute(Self.sales)
      try await project.define("sale", Definition.whole("unique_key: [id]"), sql: Definition.wholeSQL)
      try await project.define(
        "ratio", "materialize: {as: table, table: reports.ratio}",
        sql: "select\n  10 / (sale.id - 100) as ratio\nfrom src.sale as sale")
      for name in ["sale", "ratio"] { try await project.publish(name) }
      try await project.execute("update src.sale set id = 100 where id = 1")
      let divided = try await project.verify(["*"])
      #expect(divided.reports.map(\.state) == [.failed, .drift])
      #expect(
        divided.reports[0].diagnostics.map(\.description.masked) == [
          """
          reports/ratio.sql: error: division_by_zero (SQLSTATE 22012)
            detail: Nothing was compared.
            hint: The server's own words can quote rows: "--verbose" shows them, on a terminal only.
          """.masked
        ])
      try await project.execute("revoke select on src.sale from reportgen_reader")
      let denied = try await project.verify(["ratio"])
      #expect(denied.status == .failed)
      #expect(
        denied.reports[0].diagnostics.first?.hint
          == "Run on the primary, as a superuser: GRANT SELECT ON src.sale TO reportgen_reader;")
    }
  }

  /// A query that waits on the replica while somebody holds key 77 there.
  static let slow = """
    ;
    create function src.slow(int) returns int language plpgsql as
      $$ begin perform pg_catalog.pg_advisory_xact_lock_shared($1); return 0; end $$
    """
  static let slowSQL = "select sale.id, sale.amount + src.slow(77) as amount from src.sale as sale"
  static let isHeldUp =
    "exists (select from pg_stat_activity where \(heldUp))"
  private static let heldUp =
    "datname = current_database() and wait_event = 'advisory' and query like 'COPY%'"

  @Test("both sides are read in one snapshot, whatever is published meanwhile")
  func oneSnapshot() async throws {
    try await withProject { project in
      try await project.execute(
        """
        insert into src.sale (id, day, amount) select i, '2024-01-01', 1 from generate_series(1, 20000) i
        """ + Self.slow)
      try await project.define("sale", Definition.whole("unique_key: [id]"), sql: Self.slowSQL)
      try await project.publish("sale")
      // Holds up the query on the replica, not the table.
      let gate = try await Connection.open(project.database.replica, ConnectionOptions(name: "replica"))
      _ = try await gate.query("select pg_advisory_lock(77)")
      async let verified = project.verify(["sale"])
      try await project.waitOnReplica(Self.isHeldUp)
      try await project.execute("update src.sale set amount = 2; update reports.sale set amount = 3")
      try await project.database.waitForReplay()
      await gate.close()
      let result = try await verified
      #expect(result.reports.first?.state == .equal)
      #expect(try await project.verify(["sale"]).reports.first?.rows.different == 20000)
    }
  }

  @Test("a session that is lost on the way is replaced, and the report verified again")
  func lostSession() async throws {
    try await withProject { project in
      try await project.execute(Self.sales + Self.slow)
      try await project.define("sale", Definition.whole("unique_key: [id]"), sql: Self.slowSQL)
      try await project.publish("sale")
      let gate = try await Connection.open(project.database.replica, ConnectionOptions(name: "replica"))
      _ = try await gate.query("select pg_advisory_lock(77)")
      async let verified = project.verify(["sale"])
      try await project.waitOnReplica(Self.isHeldUp)
      _ = try await gate.query("select pg_terminate_backend(pid) from pg_stat_activity where \(Self.heldUp)")
      await gate.close()
      let result = try await verified
      #expect(result.status == .done && result.reports.map(\.state) == [.equal])
    }
  }

  @Test("without its servers, and behind a lagging replica, it ends as a run does")
  func servers() async throws {
    try await withProject { project in
      try await project.execute(Self.sales)
      try await project.define("sale", Definition.whole(), sql: Definition.wholeSQL)
      try await project.publish("sale")
      var servers = project.servers
      servers.replica = "host=/nowhere"
      let noReplica = try await project.verify(["sale"], servers: servers)
      #expect(noReplica.status == .tryAgain && noReplica.reports.map(\.state) == [.skipped])
      servers = project.servers
      servers.primary = "host=/nowhere"
      #expect(try await project.verify(["sale"], servers: servers).status == .unavailable)
      servers = project.servers
      servers.replica = servers.primary
      let noPair = try await project.verify(["sale"], servers: servers)
      #expect(noPair.status == .tryAgain)
      #expect(noPair.diagnostics.map(\.message) == ["the replica's connection string leads to a primary"])
    }
  }

  @Test("a replica that a failover has left behind proves nothing, however far it has replayed")
  func leftBehind() async throws {
    let pair = try await startPrivatePair()
    let second = try await pair.addReplica()
    try await pair.withDatabase { database in
      try await temporaryDirectory { directory in
        let project = try await EngineProject(database, directory: directory, timezone: "UTC")
        try await project.define("sale", Definition.whole(), sql: Definition.wholeSQL)
        try await project.publish("sale")
        try await pair.promote()
        // The old primary goes on, and its other replica gets ahead of the new one.
        try await project.execute("create table src.filler as select generate_series(1, 10000) as n")
        var servers = project.servers
        servers.primary = database.conninfo(.replica, user: "reportgen_writer")
        servers.replica =
          "host=\(pair.socketDirectory) port=\(second.port) dbname=\(database.name) user=reportgen_reader"
        let result = try await project.verify(["sale"], servers: servers)
        #expect(result.status == .tryAgain)
        #expect(
          result.diagnostics.map(\.message) == [
            "replica \"replica-1\" is on timeline 1, as far as it says, the primary on 2"
          ])
        await project.admin.close()
      }
    }
    try await second.stop()
    try await pair.stop()
  }

  @Test("a replica that knows of a run that its primary does not know follows another one")
  func unknownRun() async throws {
    try await withProject { project in
      try await project.define("sale", Definition.whole(), sql: Definition.wholeSQL)
      try await project.publish("sale")
      let gate = ReplicaGate(
        servers: project.servers, environment: project.configuration(RunOptions()).environment)
      let primary = try await Connection.open(
        project.database.primary, ConnectionOptions(name: "primary"))
      let passed = try #require(try await gate.passReadOnly(primary: primary))
      // Seen by this session alone.
      _ = try await primary.execute(
        "begin; set local session_replication_role = replica; delete from reportgen.run")
      await #expect {
        try await gate.requireOneHistory(passed.replica, passed.asOf, primary)
      } throws: { error in
        (error as? RunError)?.diagnostic.message
          == "replica \"replica\" has a run in its ledger that the primary does not have"
      }
      await primary.close()
      await passed.replica.close()
    }
  }

  @Test("a ledger without any run has nothing to compare")
  func empty() async throws {
    try await withProject { project in
      try await project.define("sale", Definition.whole(), sql: Definition.wholeSQL)
      let result = try await project.verify(["sale"])
      #expect(result.status == .done && result.reports.map(\.state) == [.nothingToCompare])
    }
  }
}

extension EngineProject {
  /// Waits until the condition holds on the replica.
  func waitOnReplica(_ condition: String) async throws {
    let replica = try await Connection.open(database.replica, ConnectionOptions(name: "replica"))
    try await waitFor(condition) { try await replica.query("select \(condition)").single() == "t" }
    await replica.close()
  }
}
