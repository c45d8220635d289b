import Testing

@testable import PostgresClient

@Suite struct ConnectFailureTests {
  @Test("the SQLSTATE of a refusal is found in any language")
  func localized() {
    let text = """
      connection to server at "db" (10.0.0.1), port 5432 failed: ВАЖНО:  28P01: пользователь "x" не прошёл проверку
      LOCATION:  auth_failed, auth.c:326

      """
    let failure = ConnectFailure(text, needsPassword: false)
    #expect(failure.sqlState == .invalidPassword)
    #expect(failure.message == "пользователь \"x\" не прошёл проверку")
    #expect(failure.detail == "The server is db:5432 (10.0.0.1).")
  }

  @Test("of several hosts the last refusal is the message, and the detail has one line for each")
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
    #expect(
      failure.detail == """
        No connection to a:5432 (10.0.0.1): connection refused.
        No connection to b:5432 (10.0.0.2): the database system is starting up.
        """)
  }

  @Test("a host that refuses connections is named with its port, without libpq's question")
  func noServer() {
    let text = """
      connection to server at "a" (10.0.0.1), port 5432 failed: Connection refused
      \tIs the server running on that host and accepting TCP/IP connections?
      """
    let failure = ConnectFailure(text, needsPassword: false)
    #expect(failure.sqlState == .cannotEstablishConnection)
    #expect(failure.message == "a:5432 (10.0.0.1): connection refused")
    #expect(failure.detail == nil)
  }

  @Test(
    "each address of a name is named once, in English and in Russian",
    arguments: [
      """
      connection to server at "localhost" (::1), port 1 failed: Connection refused
      \tIs the server running on that host and accepting TCP/IP connections?
      connection to server at "localhost" (127.0.0.1), port 1 failed: Connection refused
      \tIs the server running on that host and accepting TCP/IP connections?
      connection to server at "localhost" (127.0.0.1), port 1 failed: Connection refused
      \tIs the server running on that host and accepting TCP/IP connections?
      """,
      """
      подключиться к серверу "localhost" (::1), порту 1 не удалось: Connection refused
      \tСервер действительно работает по данному адресу и принимает TCP-соединения?
      подключиться к серверу "localhost" (127.0.0.1), порту 1 не удалось: Connection refused
      \tСервер действительно работает по данному адресу и принимает TCP-соединения?
      """,
    ])
  func severalAddresses(text: String) {
    let failure = ConnectFailure(text, needsPassword: false)
    #expect(failure.message == "localhost:1 (127.0.0.1): connection refused")
    #expect(failure.detail == "No connection to localhost:1 (::1): connection refused.")
  }

  @Test(
    "sockets, addresses and hosts that did not answer have the same form",
    arguments: [
      (
        "connection to server on socket \"/run/x/.s.PGSQL.5432\" failed: No such file or directory\n\tIs the server running locally and accepting connections on that socket?",
        "/run/x/.s.PGSQL.5432: no such file or directory"
      ),
      ("connection to server at \"::1\", port 2 failed: Connection refused", "[::1]:2: connection refused"),
      (
        "подключиться к серверу через сокет \"/run/x/.s.PGSQL.5432\" не удалось: No such file or directory",
        "/run/x/.s.PGSQL.5432: no such file or directory"
      ),
      (
        "la connexion au serveur sur « a » (10.0.0.1), port 5432 a échoué : Connection refused",
        "a:5432 (10.0.0.1): connection refused"
      ),
      (
        "connection to server at \"a\" (10.0.0.1), port 5432 failed: SSL error: certificate verify failed",
        "a:5432 (10.0.0.1): SSL error: certificate verify failed"
      ),
      (
        "could not translate host name \"a1\" to address: Name or service not known",
        "could not translate host name \"a1\" to address: Name or service not known"
      ),
      ("", "b:5432: no answer within 5 s"),
    ])
  func forms(text: String, message: String) {
    let unanswered = [(place: ConnectFailure.place(host: "b", port: "5432"), reason: "no answer within 5 s")]
    let failure = ConnectFailure(text, needsPassword: false, unanswered: unanswered)
    #expect(failure.message == message)
    #expect(failure.detail == (text.isEmpty ? nil : "No connection to b:5432: no answer within 5 s."))
  }

  @Test("the server's DETAIL of a refusal is kept")
  func serverDetail() {
    let text = """
      connection to server on socket "/x/.s.PGSQL.1" failed: FATAL:  42501: permission denied for database "d"
      DETAIL:  User does not have CONNECT privilege.
      LOCATION:  CheckMyDatabase, postinit.c:391
      """
    let failure = ConnectFailure(text, needsPassword: false)
    #expect(failure.sqlState == .insufficientPrivilege)
    #expect(failure.message == "permission denied for database \"d\"")
    #expect(
      failure.detail == "The server is /x/.s.PGSQL.1.\nUser does not have CONNECT privilege.")
  }

  @Test("a missing password has the SQLSTATE of a wrong one")
  func missingPassword() {
    let text = "connection to server at \"a\", port 5432 failed: fe_sendauth: no password supplied\n"
    let failure = ConnectFailure(text, needsPassword: true)
    #expect(failure.sqlState == .invalidPassword)
    #expect(failure.message == "a password is required, and none was given")
    #expect(failure.detail == "The server is a:5432.")
  }
}
