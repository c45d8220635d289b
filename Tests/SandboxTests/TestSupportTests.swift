import Foundation
import TestSupport
import Testing

@Suite struct TestSupportTests {
  @Test("a test's database is on both servers, and gone afterwards")
  func ownDatabase() async throws {
    let name = try await withDatabase { database in
      _ = try psql(database.primary, "create table t as select 7 as a")
      try await database.waitForReplay()
      #expect(try psql(database.replica, "select a, pg_is_in_recovery() from t") == "7|t")
      return (database.name, database.pair)
    }
    let left = "select count(*) from pg_database where datname = '\(name.0)'"
    #expect(try psql(name.1.conninfo(.primary), left) == "0")
  }

  @Test("a private pair survives a killed replica and the promotion that follows")
  func faults() async throws {
    let pair = try await startPrivatePair()
    try await pair.killReplica()
    #expect(pair.processID(.replica) == nil)
    #expect(throws: (any Error).self) { try psql(pair.conninfo(.replica), "select 1") }
    try await pair.startReplica()
    _ = try psql(pair.conninfo(.primary), "create table t as select 1 as a")
    try await pair.waitForReplay()
    try await pair.killPrimary()
    try await pair.promote()
    #expect(try psql(pair.conninfo(.replica), "insert into t values (2); select count(*) from t") == "2")
    try await pair.stop()
    #expect(!FileManager.default.fileExists(atPath: pair.folder))
  }

  @Test("a temporary directory is gone afterwards, whatever the body did")
  func temporary() async throws {
    var path = ""
    await #expect(throws: CancellationError.self) {
      try await temporaryDirectory { folder in
        path = folder
        try Data().write(to: URL(fileURLWithPath: folder + "/file"))
        throw CancellationError()
      }
    }
    #expect(!path.isEmpty && !FileManager.default.fileExists(atPath: path))
  }

  @Test("texts in the servers' language have placeholders for the servers' words, and our own words stay")
  func masking() {
    let english = """
      reports/a.sql:2:3: error: column s.amuont does not exist (SQLSTATE 42703)
        detail: Nothing was published.
        hint: Perhaps you meant to reference the column "s.amount".
      bad|failed|division by zero (SQLSTATE 22012)
        hint: Run again.
      """
    let russian = """
      reports/a.sql:2:3: error: столбец s.amuont не существует (SQLSTATE 42703)
        detail: Nothing was published.
        hint: Возможно, предполагалась ссылка на столбец "s.amount".
      bad|failed|деление на ноль (SQLSTATE 22012)
        hint: Run again.
      """
    let masked = """
      reports/a.sql:2:3: error: MESSAGE (SQLSTATE 42703)
        detail: Nothing was published.
        hint: HINT
      bad|failed|MESSAGE (SQLSTATE 22012)
        hint: Run again.
      """
    #expect(ServerMessages.masking(english) == masked)
    #expect(ServerMessages.masking(russian) == masked)
    #expect(ServerMessages.masking("division by zero (SQLSTATE 22012)") == "MESSAGE (SQLSTATE 22012)")
  }
}
