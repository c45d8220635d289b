import ReportModel
import TestSupport
import Testing

@testable import PostgresClient

@Suite struct ServerVersionTests {
  @Test(
    "versions from 15 on are taken, and 0, which libpq gives where it does not know",
    arguments: [
      (90_624, "9.6.24", true), (100_023, "10.23", true), (140_099, "14.99", true), (150_000, "15.0", false),
      (150_014, "15.14", false), (180_006, "18.6", false), (200_000, "20.0", false), (0, "0.0.0", false),
    ])
  func decision(_ number: Int, _ text: String, _ isTooOld: Bool) {
    let version = ServerVersion(number: number)
    #expect(version.isTooOld == isTooOld)
    #expect(version.description == text)
  }

  @Test("a server that is too old is refused before it gets a statement")
  func refused() async throws {
    let server = try FakePostgres(version: "14.9 (Debian 14.9-1.pgdg120+1)")
    defer { server.stop() }
    let error = await #expect(throws: PostgresError.self) {
      try await Connection.open(server.conninfo, ConnectionOptions(name: "primary"))
    }
    #expect(error?.message == "primary is PostgreSQL 14.9, but version 15 or newer is needed")
    #expect(
      error?.hint == "Upgrade the server, or name another one; versions 15 to 18 are tested.")
    #expect(error?.sqlState == .featureNotSupported)
    #expect(error?.isConnectFailure == true)
  }
}
