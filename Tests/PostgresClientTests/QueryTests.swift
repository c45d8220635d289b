import Glibc
import ReportModel
import TestSupport
import Testing

@testable import PostgresClient

@Suite struct QueryTests {
  @Test("parameters arrive unchanged: null, Cyrillic, emoji, quotes")
  func parameters() async throws {
    try await withDatabase { db in
      let connection = try await connect(db.primary)
      let values = [nil, "", "Выручка за день", "🦊👩‍👩‍👧", "it's \\ \"x\"\n\t"]
      let rows = try await connection.query(
        "select $1::text a, $2::text b, $3::text c, $4::text d, $5::text e", values)
      #expect(rows.columnNames == ["a", "b", "c", "d", "e"])
      #expect(rows.values == [values])
      #expect(try await connection.query("select octet_length($1::text)", ["€"]).single() == "3")
    }
  }

  @Test("a NUL is refused instead of cutting the text short")
  func noNUL() async throws {
    try await withDatabase { db in
      let connection = try await connect(db.primary)
      for body in [("select 1\0; drop table t", []), ("select $1::text", ["a\0b"])] {
        let error = try await postgresError { _ = try await connection.query(body.0, body.1) }
        #expect(error.sqlState == .characterNotInRepertoire)
      }
    }
  }

  @Test("several statements run in one call, which returns the rows of the last")
  func severalStatements() async throws {
    try await withDatabase { db in
      let connection = try await connect(db.primary)
      let count = try await connection.execute(
        "create table t (a int); insert into t select generate_series(1, 7)")
      #expect(count == 7)
      let rows = try await connection.query("select 1 as a; select a from t where a > 4 order by a")
      #expect(try rows.column("a") == ["5", "6", "7"] && rows.affected == 3)
      #expect(try rows.int(2, "a") == 7)
      #expect(throws: UnexpectedRows("column \"b\" is missing")) { try rows.int(0, "b") }
      #expect(throws: UnexpectedRows("column \"b\" is missing")) { try rows.column("b") }
      #expect(throws: UnexpectedRows("row 3 is missing")) { try rows[3, "a"] }
      #expect(rows.rows[0][1] == nil && rows.rows[0][-1] == nil)
      #expect(throws: UnexpectedRows("expected one value, got 3 rows of 1 columns")) { try rows.single() }
    }
  }

  @Test("an error keeps every field, and its position counts characters")
  func errorFields() async throws {
    try await withDatabase { db in
      let connection = try await connect(db.primary)
      try await connection.execute("create table public.t (a int constraint positive check (a > 0))")
      let unknown = try await postgresError {
        _ = try await connection.query("select 'Цена' as x, amout from public.t")
      }
      #expect(unknown.sqlState == .undefinedColumn && unknown.position == 21 && unknown.severity == "ERROR")
      let check = try await postgresError { try await connection.execute("insert into public.t values (-1)") }
      #expect(
        check.sqlState == .checkViolation && check.constraintName == "positive" && check.tableName == "t")
      #expect(check.schemaName == "public" && check.detail == "Failing row contains (-1).")
      #expect(try await isUsableAgain(connection))
    }
  }

  @Test("notices reach their receiver")
  func notices() async throws {
    try await withDatabase { db in
      let received = Collected<Notice>()
      let connection = try await connect(db.primary) { received.append($0) }
      try await connection.execute("do $$ begin raise warning 'осторожно' using hint = 'Look.'; end $$")
      #expect(
        received.all == [Notice(severity: "WARNING", sqlState: "01000", message: "осторожно", hint: "Look.")])
    }
  }

  @Test("a statement is described without being run")
  func describe() async throws {
    try await withDatabase { db in
      let connection = try await connect(db.primary)
      let columns = try await connection.describe(
        "select 1/0 as n, 'x'::varchar(12) as v, 2::numeric(14,2) as m")
      #expect(columns.map(\.name) == ["n", "v", "m"])
      #expect(columns.map(\.typeOID) == [23, 1043, 1700])
      #expect(columns.map(\.typeModifier) == [-1, 16, 14 << 16 | 2 + 4])
      let error = try await postgresError { _ = try await connection.describe("select from from") }
      #expect(error.sqlState == .syntaxError && error.position == 13)
    }
  }

  @Test("identifiers and literals are quoted as libpq quotes them")
  func quoting() async throws {
    try await withDatabase { db in
      let connection = try await connect(db.primary)
      let nasty = [
        "", "a", "it's", "\"", "''", "\\", "a\\'b", "$$", "\n", "\t\r", "Цена", "🦊", ";--", "E'", "%s",
        "\u{1}",
      ]
      var generator = SystemRandomNumberGenerator()
      let alphabet = Array("'\"\\ aЖ🦊$;\n-/*")
      let random = (0..<500).map { _ in
        String((0..<Int.random(in: 0...12)).map { _ in alphabet.randomElement(using: &generator) ?? "a" })
      }
      for text in nasty + random {
        #expect(await connection.libraryLiteral(text) == SQLQuote.literal(text))
        #expect(await connection.libraryIdentifier(text) == SQLQuote.identifier(text))
      }
    }
  }

  @Test("waiting costs no processor time")
  func idleWaiting() async throws {
    try await withDatabase { db in
      let connection = try await connect(db.primary)
      let before = await connection.threadSeconds
      try await connection.execute("select pg_sleep(1)")
      // Asking in a loop would take most of that second.
      #expect(await connection.threadSeconds - before < 0.5)
    }
  }

  @Test("forty connections wait at the same time, independent of Swift's thread pool")
  func manyWaiting() async throws {
    try await withDatabase { db in
      let admin = try await connect(db.primary)
      let waiting = Task {
        try await withThrowingTaskGroup { group in
          for _ in 0..<40 {
            group.addTask { _ = try await connect(db.primary).query("select pg_sleep(600)") }
          }
          try await group.waitForAll()
        }
      }
      let sleeping =
        "select count(*) from pg_stat_activity where datname = '\(db.name)' and wait_event = 'PgSleep'"
      try await waitUntil(admin, "(\(sleeping)) = 40")
      waiting.cancel()
      await #expect(throws: CancellationError.self) { try await waiting.value }
    }
  }

  @Test("a dropped connection ends its session")
  func dropped() async throws {
    try await withDatabase { db in
      let admin = try await connect(db.primary)
      var connection: Connection? = try await connect(db.primary)
      let pid = try #require(await connection?.backendPID)
      #expect(try await admin.query("select 1 from pg_stat_activity where pid = \(pid)").count == 1)
      connection = nil
      #expect(connection == nil)
      try await waitUntil(admin, "not exists (select from pg_stat_activity where pid = \(pid))")
    }
  }

  @Test("a call on a closed connection throws")
  func closed() async throws {
    try await withDatabase { db in
      let connection = try await connect(db.primary)
      await connection.close()
      let error = try await postgresError { _ = try await connection.query("select 1") }
      #expect(error.sqlState == .connectionDoesNotExist && error.message == "the connection is closed")
      #expect(await !connection.isUsable)
      #expect(await connection.transactionStatus == .unknown)
    }
  }
}

extension Connection {
  fileprivate var threadSeconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
