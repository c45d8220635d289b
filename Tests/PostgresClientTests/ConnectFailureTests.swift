import Testing

@testable import PostgresClient

@Suite struct ConnectFailureTests {
  @Test("the SQLSTATE of a refusal is found in any language")
  func localized() {
    let text = """
      connection to server at "db", port 5432 failed: ВАЖНО:  28P01: пользователь "x" не прошёл проверку
      LOCATION:  auth_failed, auth.c:326

      """
    let failure = ConnectFailure(text, needsPassword: false)
    #expect(failure.sqlState == .invalidPassword)
    #expect(failure.message == "пользователь \"x\" не прошёл проверку")
    #expect(failure.detail == "connection to server at \"db\", port 5432 failed")
  }

  @Test("of several hosts the last refusal decides, and the others are told")
  func severalHosts() {
    let text = """
      connection to server at "a" (10.0.0.1), port 5432 failed: Connection refused
      \tIs the server running on that host and accepting TCP/IP connections?
      connection to server at "b" (10.0.0.2), port 5432 failed: FATAL:  57P03: the database system is starting up
      LOCATION:  ProcessStartupPacket, postmaster.c:2400
      """
    let failure = ConnectFailure(text, needsPassword: false)
    #expect(failure.sqlState == .cannotConnectNow)
    #expect(failure.message == "the database system is starting up")
    #expect(failure.detail?.hasPrefix("connection to server at \"a\" (10.0.0.1), port 5432 failed") == true)
    #expect(failure.detail?.hasSuffix("connection to server at \"b\" (10.0.0.2), port 5432 failed") == true)
  }

  @Test("without an answer of a server there is no permanent reason")
  func noServer() {
    let text = """
      connection to server at "a" (10.0.0.1), port 5432 failed: Connection refused
      \tIs the server running on that host and accepting TCP/IP connections?
      """
    let failure = ConnectFailure(text, needsPassword: false)
    #expect(failure.sqlState == .cannotEstablishConnection)
    #expect(
      failure.message == "connection to server at \"a\" (10.0.0.1), port 5432 failed: Connection refused")
    #expect(failure.detail == "Is the server running on that host and accepting TCP/IP connections?")
  }

  @Test("a password that is missing counts as a wrong one")
  func missingPassword() {
    let text = "connection to server at \"a\", port 5432 failed: fe_sendauth: no password supplied\n"
    #expect(ConnectFailure(text, needsPassword: true).sqlState == .invalidPassword)
  }
}
