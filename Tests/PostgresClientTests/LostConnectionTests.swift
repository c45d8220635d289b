import TestSupport
import Testing

@testable import PostgresClient

@Suite struct LostConnectionTests {
  @Test("a session that is terminated while it waits keeps the server's SQLSTATE")
  func terminatedWhileWaiting() async throws {
    try await withDatabase { db in
      let admin = try await connect(db.primary)
      let connection = try await connect(db.primary)
      let pid = await connection.backendPID
      let task = Task { try await connection.execute("select pg_sleep(600)") }
      try await waitUntil(admin, "pid = \(pid) and wait_event = 'PgSleep'")
      try await admin.execute("select pg_terminate_backend(\(pid))")
      let error = try await postgresError { _ = try await task.value }
      expectTerminated(error)
      // Every later call throws the same error at once.
      #expect(
        try await postgresError { _ = try await connection.copyOut("copy (select 1) to stdout") } == error)
      #expect(await !connection.isUsable)
    }
  }

  @Test("a session that is terminated while it is idle keeps the server's SQLSTATE")
  func terminatedWhileIdle() async throws {
    try await withDatabase { db in
      let admin = try await connect(db.primary)
      let connection = try await connect(db.primary)
      let pid = await connection.backendPID
      try await admin.execute("select pg_terminate_backend(\(pid))")
      try await waitUntil(admin, "not exists (select from pg_stat_activity where pid = \(pid))")
      expectTerminated(try await postgresError { _ = try await connection.query("select 1") })
    }
  }

  @Test("a session that is terminated in the middle of a COPY keeps the server's SQLSTATE")
  func terminatedInCopy() async throws {
    try await withDatabase { db in
      let admin = try await connect(db.primary)
      let reader = try await connect(db.primary)
      // A backend that blocks while sending rows ends without an error message; this one waits.
      let reading = await reader.backendPID
      let task = Task {
        try await everything(
          of: reader.copyOut("copy (select 1 union all select 2 from pg_sleep(600)) to stdout"))
      }
      try await waitUntil(admin, "pid = \(reading) and wait_event = 'PgSleep'")
      try await admin.execute("select pg_terminate_backend(\(reading))")
      expectTerminated(try await postgresError { _ = try await task.value })

      let writer = try await connect(db.primary)
      try await writer.execute("create table t (a int)")
      let sink = try await writer.copyIn("copy t from stdin")
      try await sink.write(Array("1\n".utf8))
      let pid = await writer.backendPID
      try await admin.execute("select pg_terminate_backend(\(pid))")
      try await waitUntil(admin, "not exists (select from pg_stat_activity where pid = \(pid))")
      expectTerminated(
        try await postgresError {
          try await sink.write(Array("2\n".utf8))
          try await sink.finish()
        })
      #expect(try await admin.query("select count(*) from t").single() == "0")
    }
  }

  @Test("an idle transaction that runs into its timeout keeps the server's SQLSTATE")
  func idleInTransaction() async throws {
    try await withDatabase { db in
      let admin = try await connect(db.primary)
      let connection = try await connect(db.primary)
      let pid = await connection.backendPID
      try await connection.execute("set idle_in_transaction_session_timeout = 20; begin")
      try await waitUntil(admin, "not exists (select from pg_stat_activity where pid = \(pid))")
      let error = try await postgresError { _ = try await connection.query("select 1") }
      #expect(error.sqlState == .idleInTransactionSessionTimeout && error.isConnectionLost)
    }
  }

  @Test("a server killed during a COPY gives 08006, and the COPY does not finish")
  func killedServer() async throws {
    let pair = try await startPrivatePair()
    let reader = try await connect(pair.conninfo(.primary))
    let writer = try await connect(pair.conninfo(.primary))
    try await writer.execute("create table t (a text)")
    let source = try await reader.copyOut(
      "copy (select repeat('x', 100) from generate_series(1, 10000) a, generate_series(1, 10000) b) to stdout"
    )
    let sink = try await writer.copyIn("copy t from stdin")
    let chunk = try #require(try await source.next())
    try await sink.write(chunk)
    try await pair.killPrimary()

    let read = try await postgresError { while try await source.next() != nil {} }
    expectLoss(read)
    #expect(try await postgresError { _ = try await source.next() } == read)
    let written = try await postgresError {
      while true { try await sink.write(chunk) }
    }
    expectLoss(written)
    #expect(try await postgresError { try await sink.finish() } == written)
    let refused = try await postgresError { _ = try await connect(pair.conninfo(.primary)) }
    #expect(refused.sqlState == .cannotEstablishConnection && refused.isConnectFailure)

    try await pair.startPrimary()
    #expect(try await connect(pair.conninfo(.primary)).query("select count(*) from t").single() == "0")
    try await pair.stop()
  }

  /// A backend that ends shortly after its postmaster may still send its error message.
  private func expectLoss(_ error: PostgresError) {
    #expect(error.isConnectionLost && error.severity == "FATAL")
    #expect([SQLState.connectionFailure, .adminShutdown].contains(error.sqlState))
  }
}
