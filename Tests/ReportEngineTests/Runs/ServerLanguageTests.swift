import PostgresClient
import ReportModel
import TestSupport
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

/// That the servers answer in the language that `TEST_LC_MESSAGES` asks for, without which the other tests would prove
/// nothing about it.
@Suite struct ServerLanguageTests {
  @Test("both servers answer in the language that was asked for", arguments: [true, false])
  func language(ofReplica: Bool) async throws {
    try await withDatabase { database in
      let connection = try await connect(ofReplica ? database.replica : database.primary)
      do {
        _ = try await connection.query("select 1 / 0")
        Issue.record("divided by zero")
      } catch let error as PostgresError {
        let expected = ServerMessages.locale == nil ? "division by zero" : "деление на ноль"
        #expect(error.message == expected)
        #expect(error.sqlState == .divisionByZero && error.severity == "ERROR")
      }
      await connection.close()
    }
  }
}
