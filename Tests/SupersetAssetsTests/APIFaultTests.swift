import HTTPClient
import ReportModel
import TestSupport
import Testing

@testable import SupersetAssets

/// What no real Superset does on request; the real one is in SupersetTests.
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

  /// - Returns: what a sync says, and the requests.
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

  @Test("a wrong password is told without the password")
  func wrongPassword() async throws {
    let (failure, _, _) = try await sync {
      $0.target.hasSuffix("login") ? LoopbackServer.response(401, #"{"message": "Not authorized"}"#) : nil
    }
    #expect(failure?.kind == .account)
    #expect(
      failure?.diagnostic.description == """
        error: Superset does not know user "admin" with this password
          hint: REPORTGEN_SUPERSET_USER and REPORTGEN_SUPERSET_PASSWORD, or the file of credentials, name an account.
        """)
  }

  @Test("an import that is sent to the login page has not happened")
  func redirect() async throws {
    let (failure, requests, _) = try await sync {
      $0.target.hasSuffix("/assets/import/")
        ? LoopbackServer.response(302, headers: ["Location: /login/?next=x"]) : nil
    }
    #expect(
      failure?.diagnostic.description == """
        error: Superset refused the import: status 302
          detail: Nothing was changed: an import is done wholly or not at all.
          hint: Its server log says why.
        """)
    let upload = try #require(requests.last)
    #expect(upload.target == "/api/v1/assets/import/")
    #expect(upload.headers["authorization"] == "Bearer token")
    #expect(upload.headers["x-csrftoken"] == "forged")
    #expect(upload.headers["cookie"] == "session=abc")
  }

  @Test("a page instead of the word OK is no success")
  func page() async throws {
    let (failure, _, _) = try await sync {
      $0.target.hasSuffix("/assets/import/") ? LoopbackServer.response(200, "<html>OK</html>") : nil
    }
    #expect(failure?.diagnostic.message == "Superset refused the import: status 200")
  }

  @Test("an import that says OK and left everything out is found out")
  func leftOut() async throws {
    let (failure, _, _) = try await sync {
      $0.target.hasSuffix("/assets/import/") ? LoopbackServer.response(200, #"{"message":"OK"}"#) : nil
    }
    #expect(
      failure?.diagnostic.message == "Superset took the bundle, but does not have database reportgen")
  }

  @Test("the reason of a refused import is told as far as Superset tells it")
  func reason() async throws {
    let (failure, _, _) = try await sync {
      $0.target.hasSuffix("/assets/import/")
        ? LoopbackServer.response(500, #"{"errors": [{"message": "Import failed for an unknown reason"}]}"#)
        : nil
    }
    #expect(
      failure?.diagnostic.detail
        == "Import failed for an unknown reason. Nothing was changed: an import is done wholly or not at all."
    )
  }

  @Test("a server that is no Superset is not taken for one", arguments: ["<html></html>", "{}", "[]"])
  func noSuperset(body: String) async throws {
    let (failure, requests, _) = try await sync { _ in LoopbackServer.response(200, body) }
    #expect(
      failure?.diagnostic.description == """
        error: the answer to /api/v1/security/login is not Superset's
          hint: "url" has to name Superset, version 4.1 or later.
        """)
    #expect(requests.count == 1)
  }

  @Test("a Superset that is starting or overloaded is worth another try", arguments: [429, 502, 503, 504])
  func busy(status: Int) async throws {
    let (failure, _, _) = try await sync {
      $0.target.hasPrefix("/api/v1/dataset/") ? LoopbackServer.response(status) : nil
    }
    #expect(failure?.kind == .unavailable)
    #expect(failure?.diagnostic.message == "Superset is not ready: status \(status)")
  }

  @Test("an account that may not is told what it needs")
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
