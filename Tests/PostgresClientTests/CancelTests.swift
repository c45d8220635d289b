import Foundation
import TestSupport
import Testing

@testable import PostgresClient

@Suite struct CancelTests {
  @Test("a cancelled query ends on the server, and the connection can be used again")
  func query() async throws {
    try await withDatabase { db in
      let admin = try await connect(db.primary)
      let connection = try await connect(db.primary)
      let pid = await connection.backendPID
      let task = Task { try await connection.execute("select pg_sleep(600)") }
      try await waitUntil(admin, "pid = \(pid) and wait_event = 'PgSleep'")
      task.cancel()
      await #expect(throws: CancellationError.self) { try await task.value }
      #expect(try await isUsableAgain(connection))
      #expect(await connection.backendPID == pid)
    }
  }

  @Test("a cancelled task sends nothing more, but can roll back")
  func cancelledTask() async throws {
    try await withDatabase { db in
      let connection = try await connect(db.primary)
      let task = Task {
        try await connection.execute("begin; create table t ()")
        withUnsafeCurrentTask { $0?.cancel() }
        await #expect(throws: CancellationError.self) { try await connection.execute("commit") }
        await connection.rollback()
      }
      try await task.value
      #expect(await connection.transactionStatus == .idle)
      #expect(try await connection.query("select to_regclass('t')").single() == nil)
    }
  }

  @Test("a cancel request that arrives before the server begins with the statement is sent again")
  func early() async throws {
    try await withDatabase { db in
      let connection = try await connect(db.primary)
      let pid = await connection.backendPID
      // A stopped server finds the request before the statement, and ignores it.
      try #require(kill(pid, SIGSTOP) == 0)
      let task = Task {
        try await postgresError {
          _ = try await connection.query("select pg_sleep(600)", timeout: .milliseconds(50))
        }
      }
      defer { kill(pid, SIGCONT) }
      try await waitFor("a pending SIGINT of the server") {
        let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("ShdPnd:") })
        let signals = try #require(UInt64(line.dropFirst(7).trimmingCharacters(in: .whitespaces), radix: 16))
        return signals & 1 << UInt64(SIGINT - 1) != 0
      }
      kill(pid, SIGCONT)
      let error = try await task.value
      #expect(error.sqlState == .queryCanceled && !error.isConnectionLost, "\(error)")
      #expect(try await isUsableAgain(connection))
      #expect(await connection.backendPID == pid)
    }
  }

  @Test("200 cancels at random moments never hit the following statement")
  func randomCancels() async throws {
    try await withDatabase { db in
      let connection = try await connect(db.primary)
      var cancelled = 0
      for number in 0..<200 {
        // The first one does not end by itself, so that one at least is cancelled.
        let seconds = number == 0 ? 600 : 0.002
        let task = Task { try await connection.query("select pg_sleep(\(seconds))") }
        try await Task.sleep(for: .microseconds(Int.random(in: 0...4000)))
        task.cancel()
        do { _ = try await task.value } catch is CancellationError { cancelled += 1 }
        #expect(try await connection.query("select \(number)").single() == "\(number)")
      }
      #expect(cancelled > 0)
    }
  }

  @Test("a statement that exceeds our deadline is cancelled")
  func deadline() async throws {
    try await withDatabase { db in
      let connection = try await connect(db.primary)
      let error = try await postgresError {
        _ = try await connection.query("select pg_sleep(600)", timeout: .milliseconds(300))
      }
      #expect(error.sqlState == .queryCanceled && error.message == "the statement did not end within 300 ms")
      #expect(!error.isConnectionLost)
      #expect(try await isUsableAgain(connection))
    }
  }

  @Test("when a server does not react to a cancel request, the connection is lost")
  func unresponsiveServer() async throws {
    let pair = try await startPrivatePair()
    let connection = try await connect(pair.conninfo(.primary), cancelLimit: .milliseconds(500))
    let other = try await connect(pair.conninfo(.primary), cancelLimit: .milliseconds(500))
    pair.pause(.primary)
    let error = try await postgresError {
      _ = try await connection.query("select 1", timeout: .milliseconds(100))
    }
    #expect(error.sqlState == .connectionFailure && error.isConnectionLost)
    #expect(error.message == "the server did not end the statement within 500 ms of a cancel request")
    let again = try await postgresError { _ = try await connection.query("select 1") }
    #expect(again == error)
    let task = Task { _ = try await other.query("select 1") }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    pair.resume(.primary)
    try await pair.stop()
  }
}
