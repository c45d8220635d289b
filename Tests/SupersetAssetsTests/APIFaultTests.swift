import HTTPClient
import ReportModel
import Synchronization
import TestSupport
import Testing

@testable import SupersetAssets

/// Responses that a real Superset cannot be made to give. SupersetTests tests with a real one.
@Suite struct APIFaultTests {
  private typealias Answers = @Sendable (LoopbackServer.Request) -> LoopbackServer.Step?

  private static func respond(_ request: LoopbackServer.Request, _ answers: Answers) -> [LoopbackServer.Step]
  {
    if let step = answers(request) { return [step] }
    switch request.target {
    case "/api/v1/security/login": return [LoopbackServer.response(200, #"{"access_token": "token"}"#)]
    case "/api/v1/security/csrf_token/":
      return [
        LoopbackServer.response(
          200, #"{"result": "forged"}"#, headers: ["Set-Cookie: session=abc; HttpOnly; Path=/"])
      ]
    default: return [LoopbackServer.response(200, #"{"result": []}"#)]
    }
  }

  /// - Returns: the error of a sync, and the requests that it sent.
  private func sync(_ answers: @escaping Answers) async throws -> (
    failure: SupersetFailure?, requests: [LoopbackServer.Request], url: String
  ) {
    let server = try LoopbackServer { Self.respond($0, answers) }
    defer { server.stop() }
    let client = try HTTPClient(limits: HTTPLimits(connect: .seconds(60), total: .seconds(60)))
    let sync = SupersetSync(
      try await Shop.bundle(), url: server.url, account: SupersetAccount(user: "admin", password: "secret"),
      client: client)
    do {
      _ = try await sync.run()
      return (nil, server.requests, server.url)
    } catch let failure as SupersetFailure {
      return (failure, server.requests, server.url)
    }
  }

  @Test("the error for a wrong password does not show it")
  func wrongPassword() async throws {
    let (failure, _, _) = try await sync {
      $0.target.hasSuffix("login") ? LoopbackServer.response(401, #"{"message": "Not authorized"}"#) : nil
    }
    #expect(failure?.kind == .account)
    #expect(
      failure?.diagnostic.description == """
        error: Superset refused the password of user "admin"
          hint: Set REPORTGEN_SUPERSET_USER and REPORTGEN_SUPERSET_PASSWORD, or correct the credentials file.
        """)
  }

  @Test("a login that Superset no longer accepts is repeated once for a request that reads or writes")
  func expired() async throws {
    /// How many logins there were, and how many requests the newest one has served.
    let state = Mutex((logins: 0, served: 0))
    let server = try LoopbackServer { request in
      state.withLock { state in
        switch request.target {
        case "/api/v1/security/login":
          state = (state.logins + 1, 0)
          return [LoopbackServer.response(200, #"{"access_token": "t\#(state.logins)"}"#)]
        default:
          state.served += 1
          let isAccepted =
            request.headers["authorization"] == "Bearer t\(state.logins)" && state.served <= 3
          guard isAccepted else {
            return [LoopbackServer.response(401, #"{"msg": "Token has expired"}"#)]
          }
          return [
            LoopbackServer.response(200, #"{"result": "forged"}"#, headers: ["Set-Cookie: session=s"])
          ]
        }
      }
    }
    defer { server.stop() }
    let api = SupersetAPI(
      url: server.url, account: SupersetAccount(user: "admin", password: "secret"), client: try HTTPClient())
    for _ in 1...4 { #expect(try await api.get("/api/v1/chart/")["result"]?.text == "forged") }
    #expect(state.withLock(\.logins) == 2)
    for _ in 1...4 { try await api.send("PUT", "/api/v1/chart/1", .object([])) }
    #expect(
      try await api.upload("/api/v1/assets/import/", MultipartForm(fields: [], file: ("f", "f", []))).status
        == 200)
    #expect(state.withLock(\.logins) == 4)
  }

  @Test("an import that is redirected to the login page is an error")
  func redirect() async throws {
    let (failure, requests, _) = try await sync {
      $0.target.hasSuffix("/assets/import/")
        ? LoopbackServer.response(302, headers: ["Location: /login/?next=x"]) : nil
    }
    #expect(
      failure?.diagnostic.description == """
        error: Superset refused the import: status 302
          detail: Nothing was changed: an import is one transaction.
          hint: See the server log of Superset.
        """)
    let upload = try #require(requests.last)
    #expect(upload.target == "/api/v1/assets/import/")
    #expect(upload.headers["authorization"] == "Bearer token")
    #expect(upload.headers["x-csrftoken"] == "forged")
    #expect(upload.headers["cookie"] == "session=abc")
  }

  @Test("a response without OK is an error")
  func page() async throws {
    let (failure, _, _) = try await sync {
      $0.target.hasSuffix("/assets/import/") ? LoopbackServer.response(200, "<html>OK</html>") : nil
    }
    #expect(failure?.diagnostic.message == "Superset refused the import: status 200")
  }

  @Test("an import that reports success but skips assets is an error")
  func leftOut() async throws {
    let (failure, _, _) = try await sync {
      $0.target.hasSuffix("/assets/import/") ? LoopbackServer.response(200, #"{"message":"OK"}"#) : nil
    }
    #expect(
      failure?.diagnostic.message == "Superset imported the bundle without database reportgen")
  }

  @Test("the error of a refused import contains Superset's message")
  func reason() async throws {
    let (failure, _, _) = try await sync {
      $0.target.hasSuffix("/assets/import/")
        ? LoopbackServer.response(500, #"{"errors": [{"message": "Import failed for an unknown reason"}]}"#)
        : nil
    }
    #expect(
      failure?.diagnostic.detail
        == "Import failed for an unknown reason. Nothing was changed: an import is one transaction."
    )
  }

  @Test("a refused query of a chart is a warning without the database's words, which can quote rows")
  func chartData() async throws {
    let server = try LoopbackServer {
      Self.respond($0) { request in
        if request.target.hasPrefix("/api/v1/dataset/?") {
          return LoopbackServer.response(200, #"{"result": [{"id": 7}]}"#)
        }
        guard request.target == "/api/v1/chart/data" else { return nil }
        let message = #"invalid input syntax for type integer: \"x12345-secret\""#
        return LoopbackServer.response(400, #"{"errors": [{"message": "\#(message)"}]}"#)
      }
    }
    defer { server.stop() }
    let refresh = SupersetRefresh(
      try await Shop.bundle(), url: server.url, account: SupersetAccount(user: "admin", password: "secret"),
      client: try HTTPClient())
    let warnings = try await refresh.warmUp(["sales"])
    #expect(warnings.count == 5)
    #expect(
      warnings.first?.description == """
        warning: Superset refused the query of chart sales/total
          hint: Open the chart in Superset: it shows the reason.
        """)
    for warning in warnings { #expect(!warning.description.contains("12345")) }
  }

  @Test("a server that is not Superset is an error", arguments: ["<html></html>", "{}", "[]"])
  func noSuperset(body: String) async throws {
    let (failure, requests, _) = try await sync { _ in LoopbackServer.response(200, body) }
    #expect(
      failure?.diagnostic.description == """
        error: the response to /api/v1/security/login is not in Superset's format
          hint: Set "url" to the address of Superset 4.1 or later.
        """)
    #expect(requests.count == 1)
  }

  @Test("a Superset that is starting or overloaded is unavailable", arguments: [429, 502, 503, 504])
  func busy(status: Int) async throws {
    let (failure, _, _) = try await sync {
      $0.target.hasPrefix("/api/v1/dataset/") ? LoopbackServer.response(status) : nil
    }
    #expect(failure?.kind == .unavailable)
    #expect(failure?.diagnostic.message == "Superset is not ready: status \(status)")
  }

  @Test("the error for a missing right names the role")
  func forbidden() async throws {
    let (failure, _, _) = try await sync {
      $0.target.hasPrefix("/api/v1/chart/") ? LoopbackServer.response(403, #"{"message": "Forbidden"}"#) : nil
    }
    #expect(
      failure?.diagnostic.description == """
        error: Superset refused /api/v1/chart/: status 403
          detail: Forbidden
          hint: The account needs the role Admin.
        """)
  }

  @Test(
    "a file of credentials has a user and a password",
    arguments: [
      ("admin:a:b\nmore", "admin", "a:b"), ("\n user:p w \r\n", " user", "p w "), ("admin", nil, nil),
      ("admin:", nil, nil),
      (":x", nil, nil), ("", nil, nil),
    ] as [(String, String?, String?)])
  func credentials(text: String, user: String?, password: String?) {
    let account = SupersetAccount(firstLine: text)
    #expect(account?.user == user)
    #expect(account?.password == password)
  }
}
