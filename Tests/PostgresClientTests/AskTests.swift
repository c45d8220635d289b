import Glibc
import TestSupport
import Testing

@testable import PostgresClient

@Suite struct AskTests {
  private func text(_ sql: String, _ parameters: [String?] = []) -> Question<String> {
    Question(sql, parameters) { try $0.single() ?? "" }
  }

  @Test("questions have their answers in their order, each with its own parameters and type")
  func answers() async throws {
    try await withDatabase { db in
      let connection = try await connect(db.primary)
      let (words, count, none) = try await connection.ask(
        text("select $1::text || $2::text", ["Выручка ", "🦊 it's \\"]),
        Question("select generate_series(1, 3) as n") { try $0.column("n").count },
        Question("select 1 where false") { $0.isEmpty })
      #expect(words == "Выручка 🦊 it's \\" && count == 3 && none)
      // The server does not begin with a pipeline before it has all of it: one of megabytes goes out while it answers.
      let long = String(repeating: "я", count: 1 << 20)
      let (first, second, third) = try await connection.ask(
        text("select $1", [long]), text("select $1", [long]), text("select length($1)::text", [long]))
      #expect(first == long && second == long && third == "1048576")
      #expect(try await connection.ask(text("select 'alone'")) == "alone")
      #expect(try await isUsableAgain(connection))
    }
  }

  @Test("after an error of one question nothing of the others is left, and the connection is good")
  func error() async throws {
    try await withDatabase { db in
      let connection = try await connect(db.primary)
      try await connection.execute("create table public.t (a int)")
      let insert = Question("insert into public.t values (1)") { _ in }
      let error = try await postgresError {
        _ = try await connection.ask(insert, text("select 'Цена', amout from public.t"), insert)
      }
      #expect(error.sqlState == .undefinedColumn && error.position == 16 && error.nameAtPosition == "amout")
      #expect(await connection.transactionStatus == .idle)
      #expect(try await connection.query("select count(*) from public.t").single() == "0")
      _ = try await connection.ask(insert, insert)
      #expect(try await connection.query("select count(*) from public.t").single() == "2")

      // In an open transaction they belong to it.
      try await connection.execute("begin")
      _ = try await connection.ask(insert, insert)
      _ = try await postgresError { _ = try await connection.ask(text("select 1 / 0"), text("select 'x'")) }
      #expect(await connection.transactionStatus == .inError)
      await connection.rollback()
      #expect(try await connection.query("select count(*) from public.t").single() == "2")
    }
  }

  @Test(
    "text with a NUL is refused before anything is sent, and an answer that cannot be read is its own error")
  func refused() async throws {
    try await withDatabase { db in
      let connection = try await connect(db.primary)
      for question in [text("select 1\0"), text("select $1", ["a\0b"])] {
        let error = try await postgresError { _ = try await connection.ask(text("select 'x'"), question) }
        #expect(error.sqlState == .characterNotInRepertoire)
      }
      await #expect(throws: UnexpectedRows("expected one value, got 2 rows of 1 columns")) {
        _ = try await connection.ask(text("values (1), (2)"), text("select 'x'"))
      }
      #expect(try await isUsableAgain(connection))
    }
  }

  @Test("a cancelled task, and a deadline, stop the questions that are left")
  func stopped() async throws {
    try await withDatabase { db in
      let admin = try await connect(db.primary)
      let connection = try await connect(db.primary)
      let pid = await connection.backendPID
      let sleeps = text("select 'x' from pg_sleep(600)")
      let task = Task { try await connection.ask(text("select 'x'"), sleeps, sleeps) }
      try await waitUntil(admin, "pid = \(pid) and wait_event = 'PgSleep'")
      task.cancel()
      await #expect(throws: CancellationError.self) { _ = try await task.value }
      #expect(try await isUsableAgain(connection))
      let error = try await postgresError {
        _ = try await connection.ask(sleeps, sleeps, timeout: .milliseconds(50))
      }
      #expect(error.sqlState == .queryCanceled && !error.isConnectionLost, "\(error)")
      #expect(try await isUsableAgain(connection))
    }
  }

  @Test("a session that is terminated between questions is lost with the server's SQLSTATE")
  func terminated() async throws {
    try await withDatabase { db in
      let admin = try await connect(db.primary)
      let connection = try await connect(db.primary)
      let pid = await connection.backendPID
      let task = Task {
        try await connection.ask(
          text("select 'x'"), text("select 'x' from pg_sleep(600)"), text("select 'x'"))
      }
      try await waitUntil(admin, "pid = \(pid) and wait_event = 'PgSleep'")
      try await admin.execute("select pg_terminate_backend(\(pid))")
      expectTerminated(try await postgresError { _ = try await task.value })
      #expect(await !connection.isUsable)
      expectTerminated(
        try await postgresError { _ = try await connection.ask(text("select 'x'"), text("select 'x'")) })

      let idle = try await connect(db.primary)
      let other = await idle.backendPID
      try await admin.execute("select pg_terminate_backend(\(other))")
      try await waitUntil(admin, "not exists (select from pg_stat_activity where pid = \(other))")
      expectTerminated(
        try await postgresError { _ = try await idle.ask(text("select 'x'"), text("select 'x'")) })
    }
  }
}
