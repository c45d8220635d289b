import TestSupport
import Testing

@testable import PostgresClient

@Suite struct CopyTests {
  private static let nasty = #"""
    select i, chr(i) || 'x' || chr(i) as a, case i % 3 when 0 then null when 1 then '' else '\N' end as b,
      E'\\.' || E'\t\r\n"''' || repeat('Ж🦊', i % 7) as c, repeat('long', case when i = 100 then 50000 else 0 end) as d
    from generate_series(1, 2000) i
    """#

  @Test("rows with special bytes are equal after COPY out and in, in chunks of whole rows")
  func roundTrip() async throws {
    try await withDatabase { db in
      let reader = try await connect(db.replica, "replica")
      let writer = try await connect(db.primary)
      try await writer.execute("create table t (i int, a text, b text, c text, d text)")
      try await db.waitForReplay()
      let source = try await reader.copyOut("copy (\(Self.nasty)) to stdout")
      let sink = try await writer.copyIn("copy t from stdin")
      var chunks: [Int] = []
      while let chunk = try await source.next() {
        chunks.append(chunk.count)
        #expect(chunk.last == UInt8(ascii: "\n"))
        try await sink.write(chunk)
      }
      try await sink.finish()
      #expect(try await source.next() == nil)
      #expect(await source.rowCount == 2000)
      #expect(await sink.rowCount == 2000)
      #expect(chunks.dropLast().allSatisfy { $0 >= CopyOut.chunkBytes })
      // Row 100 alone is longer than a chunk.
      #expect(try #require(chunks.max()) > 200_000)
      let difference = "select count(*) from (table t except all (\(Self.nasty))) x"
      #expect(try await writer.query(difference).single() == "0")
      #expect(try await writer.query("select count(*) from t").single() == "2000")
      #expect(try await isUsableAgain(reader))
    }
  }

  @Test("rows that end where a chunk's memory ends are whole", arguments: ["text", "binary"])
  func rowsAtTheEnd(format: String) async throws {
    try await withDatabase { db in
      let connection = try await connect(db.primary)
      let room = CopyOut.chunkBytes + 4096
      for end in [room, 2 * room, 4 * room] {
        // A row is longer than its value by a line feed, or by six bytes, and the format's header by nineteen.
        for length in (end - 27)...(end + 2) {
          let rows = "select repeat('x', \(length)) union all select 'y' union all select 'z'"
          let source = try await connection.copyOut("copy (\(rows)) to stdout (format \(format))")
          let bytes = try await everything(of: source)
          #expect(await source.rowCount == 3)
          #expect(bytes.count(where: { $0 == UInt8(ascii: "x") }) == length)
          let tail =
            format == "text" ? Array("\ny\nz\n".utf8) : [0, 1, 0, 0, 0, 1, 121, 0, 1, 0, 0, 0, 1, 122]
          #expect(Array(bytes.suffix(tail.count)) == tail, "\(length)")
        }
      }
    }
  }

  @Test("an empty result is complete, with a header or without")
  func empty() async throws {
    try await withDatabase { db in
      let connection = try await connect(db.primary)
      let none = try await connection.copyOut("copy (select 1 as a where false) to stdout")
      #expect(try await everything(of: none).isEmpty)
      let header = try await connection.copyOut(
        "copy (select 1 as a where false) to stdout (format csv, header)", headerRows: 1)
      #expect(try await everything(of: header) == Array("a\n".utf8))
    }
  }

  @Test("rows of the binary format come without header and trailer, so that several COPYs can be joined")
  func binary() async throws {
    try await withDatabase { db in
      let connection = try await connect(db.primary)
      _ = try await connection.execute("create table t as select 0 as i, ''::text as t with no data")
      let none = try await connection.copyOut("copy t to stdout (format binary)")
      #expect(try await everything(of: none).isEmpty)
      #expect(await none.rowCount == 0)
      var joined: [UInt8] = []
      for rows in [1, 20_000, 3] {
        let source = try await connection.copyOut(
          "copy (select i, repeat('ж', i % 100) from generate_series(1, \(rows)) i) to stdout (format binary)"
        )
        joined += try await everything(of: source)
        #expect(await source.rowCount == rows)
      }
      // A row without columns is as long as the trailer.
      let empty = try await connection.copyOut(
        "copy (select from generate_series(1, 2)) to stdout (format binary)")
      #expect(try await everything(of: empty) == [0, 0, 0, 0])
      let sink = try await connection.copyIn("copy t from stdin (format binary)")
      for part in [CopyBinary.header, joined, CopyBinary.trailer] { try await sink.write(part) }
      try await sink.finish()
      #expect(await sink.rowCount == 20_004)
      let lengths = try await connection.query("select count(*) filter (where length(t) = i % 100) from t")
      #expect(try lengths.single() == "20004")
    }
  }

  @Test("fewer rows than the completion tag counts are an error")
  func missingRows() async throws {
    try await withDatabase { db in
      let connection = try await connect(db.primary)
      let source = try await connection.copyOut("copy (select 1) to stdout", headerRows: 1)
      let error = try await postgresError { _ = try await everything(of: source) }
      #expect(error.sqlState == .protocolViolation)
      #expect(error.message == "COPY sent 1 rows, but its completion tag counts 1 rows and 1 header rows")
    }
  }

  @Test("an error after millions of rows is thrown by the last next")
  func lateError() async throws {
    try await withDatabase { db in
      let connection = try await connect(db.primary)
      let source = try await connection.copyOut(
        "copy (select 1 / (2000001 - i) from generate_series(1, 2000001) i) to stdout")
      var rows = 0
      let error = try await postgresError {
        while let chunk = try await source.next() { rows += chunk.count(where: { $0 == UInt8(ascii: "\n") }) }
      }
      #expect(error.sqlState == .divisionByZero)
      #expect(rows > 1_900_000 && rows <= 2_000_000)
      #expect(try await isUsableAgain(connection))
    }
  }

  @Test(
    "a statement that does not start a COPY is refused",
    arguments: ["select 1", "copy t from stdin", "copy x to stdout"])
  func refused(_ sql: String) async throws {
    try await withDatabase { db in
      let connection = try await connect(db.primary)
      try await connection.execute("create table t (a int)")
      let error = try await postgresError { _ = try await connection.copyOut(sql) }
      #expect(error.sqlState == (sql.contains("x") ? .undefinedTable : .featureNotSupported))
      #expect(try await isUsableAgain(connection))
    }
  }

  @Test("COPY as a query is refused and leaves the connection usable")
  func copyAsQuery() async throws {
    try await withDatabase { db in
      let connection = try await connect(db.primary)
      try await connection.execute("create table t (a int)")
      for sql in ["copy (select generate_series(1, 10000)) to stdout", "copy t from stdin"] {
        let error = try await postgresError { try await connection.execute(sql) }
        #expect(error.sqlState == .featureNotSupported)
        #expect(try await isUsableAgain(connection))
      }
    }
  }

  @Test("after fail there are no rows, and the connection is usable")
  func failLeavesNothing() async throws {
    try await withDatabase { db in
      let connection = try await connect(db.primary)
      try await connection.execute("create table t (a int)")
      let sink = try await connection.copyIn("copy t from stdin")
      try await sink.write(Array("1\n2\n".utf8))
      await sink.fail("the source stopped")
      #expect(try await connection.query("select count(*) from t").single() == "0")
      let error = try await postgresError { try await sink.finish() }
      #expect(error.message == "COPY was stopped: the source stopped")
    }
  }

  @Test("a wrong row fails the COPY while more rows are being written")
  func earlyError() async throws {
    try await withDatabase { db in
      let connection = try await connect(db.primary)
      try await connection.execute("create table t (a int)")
      let sink = try await connection.copyIn("copy t from stdin")
      try await sink.write(Array("1\nfox\n".utf8))
      let chunk = Array(String(repeating: "2\n", count: 32768).utf8)
      let deadline = ContinuousClock.now + waitLimit
      let error = try await postgresError {
        while ContinuousClock.now < deadline { try await sink.write(chunk) }
      }
      #expect(error.sqlState == .invalidTextRepresentation)
      #expect(error.context?.hasPrefix("COPY t, line 2") == true)
      #expect(try await postgresError { try await sink.finish() } == error)
      #expect(try await connection.query("select count(*) from t").single() == "0")
    }
  }

  @Test("many notices neither block a COPY nor count as an error")
  func noticesDuringCopy() async throws {
    try await withDatabase { db in
      let received = Collected<Int>()
      let connection = try await connect(db.primary) { received.append($0.message.utf8.count) }
      try await connection.execute(
        """
        create table t (a int);
        create function warn() returns trigger language plpgsql as $$
          begin raise notice '%', repeat('x', 20000); return new; end $$;
        create trigger warn before insert on t for each row execute function warn()
        """)
      let sink = try await connection.copyIn("copy t from stdin")
      let chunk = Array(String(repeating: "2\n", count: 100).utf8)
      for _ in 0..<10 { try await sink.write(chunk) }
      try await sink.finish()
      #expect(await sink.rowCount == 1000)
      #expect(received.all == Array(repeating: 20000, count: 1000))
    }
  }

  @Test("during a COPY other statements are refused; a dropped or cancelled COPY frees its connection")
  func oneAtATime() async throws {
    try await withDatabase { db in
      let connection = try await connect(db.primary)
      try await connection.execute("create table t (a int)")
      let endless =
        "copy (select repeat('x', 100) from generate_series(1, 10000) a, generate_series(1, 10000) b) to stdout"
      let source = try await connection.copyOut(endless)
      #expect(try await source.next() != nil)
      let busy = try await postgresError { _ = try await connection.query("select 1") }
      #expect(
        busy.sqlState == .objectNotInPrerequisiteState
          && busy.message == "a COPY is in progress on this connection")
      await source.cancel()
      await #expect(throws: CancellationError.self) { try await source.next() }
      #expect(try await isUsableAgain(connection))

      do { _ = try await connection.copyOut(endless).next() }
      #expect(try await isUsableAgain(connection))
      do { try await connection.copyIn("copy t from stdin").write(Array("1\n".utf8)) }
      #expect(try await connection.query("select count(*) from t").single() == "0")
    }
  }

  @Test("a COPY OUT that is cancelled between chunks ends on the server")
  func cancelOut() async throws {
    try await withDatabase { db in
      let connection = try await connect(db.primary)
      let source = try await connection.copyOut(
        "copy (select repeat('x', 100) from generate_series(1, 10000) a, generate_series(1, 10000) b) to stdout"
      )
      let chunks = Collected<Int>()
      let task = Task { while let chunk = try await source.next() { chunks.append(chunk.count) } }
      try await waitFor("ten buffers") { chunks.all.count >= 10 }
      task.cancel()
      await #expect(throws: CancellationError.self) { try await task.value }
      await #expect(throws: CancellationError.self) { try await source.next() }
      #expect(try await isUsableAgain(connection))
    }
  }

  @Test("a COPY OUT that waits for its first row can be cancelled")
  func cancelWaitingOut() async throws {
    try await withDatabase { db in
      let admin = try await connect(db.primary)
      let connection = try await connect(db.primary)
      let pid = await connection.backendPID
      let task = Task {
        try await everything(of: connection.copyOut("copy (select pg_sleep(600)) to stdout"))
      }
      try await waitUntil(admin, "pid = \(pid) and wait_event = 'PgSleep'")
      task.cancel()
      await #expect(throws: CancellationError.self) { try await task.value }
      #expect(try await isUsableAgain(connection))
    }
  }

  @Test("a COPY IN that is cancelled leaves no rows", arguments: [true, false])
  func cancelIn(isStuck: Bool) async throws {
    try await withDatabase { db in
      let admin = try await connect(db.primary)
      let connection = try await connect(db.primary)
      try await connection.execute(
        """
        create table t (a int);
        create function wait() returns trigger language plpgsql as $$
          begin perform pg_sleep(600); return new; end $$;
        """)
      if isStuck {
        try await connection.execute(
          "create trigger t before insert on t for each row execute function wait()")
      }
      let pid = await connection.backendPID
      let sink = try await connection.copyIn("copy t from stdin")
      let chunk = Array(String(repeating: "2\n", count: 32768).utf8)
      let written = Collected<Int>()
      let task = Task {
        while true {
          try await sink.write(chunk)
          written.append(chunk.count)
        }
      }
      if isStuck {
        try await waitUntil(admin, "pid = \(pid) and wait_event = 'PgSleep'")
      } else {
        try await waitFor("ten buffers") { written.all.count >= 10 }
      }
      task.cancel()
      await #expect(throws: CancellationError.self) { try await task.value }
      #expect(try await connection.query("select count(*) from t").single() == "0")
      #expect(await connection.transactionStatus == .idle)
    }
  }

  @Test("100 COPYs cancelled at random moments never hit the following statement")
  func randomCancels() async throws {
    try await withDatabase { db in
      let connection = try await connect(db.primary)
      for number in 0..<100 {
        let task = Task {
          try await everything(of: connection.copyOut("copy (select generate_series(1, 20000)) to stdout"))
            .count
        }
        try await Task.sleep(for: .microseconds(Int.random(in: 0...8000)))
        task.cancel()
        do { #expect(try await task.value == 108_894) } catch is CancellationError {}
        #expect(try await connection.query("select \(number)").single() == "\(number)")
      }
    }
  }
}
