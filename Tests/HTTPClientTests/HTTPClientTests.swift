import HTTPClient
import TestSupport
import Testing

@Suite struct HTTPClientTests {
  /// So long that no test waits for it, and short enough that a broken one ends.
  private static let patient = HTTPLimits(connect: .seconds(60), total: .seconds(60))

  private func with<Value>(
    limits: HTTPLimits = patient,
    _ answer: @escaping @Sendable (LoopbackServer.Request) -> [LoopbackServer.Step],
    _ body: (HTTPClient, LoopbackServer) async throws -> Value
  ) async throws -> Value {
    let server = try LoopbackServer(answer)
    defer { server.stop() }
    return try await body(try HTTPClient(limits: limits), server)
  }

  private func error(_ body: () async throws -> HTTPResponse) async -> HTTPError? {
    do {
      _ = try await body()
      return nil
    } catch {
      return error as? HTTPError
    }
  }

  // MARK: Requests and answers

  @Test("a request arrives as it was written, and the answer too")
  func roundTrip() async throws {
    try await with { _ in
      [
        LoopbackServer.response(
          201, "{\"message\": \"ça va\"}", headers: ["Set-Cookie: a=1", "set-cookie: b=2"])
      ]
    } _: { client, server in
      let answer = try await client.send(
        HTTPRequest(
          "POST", server.url + "/api/v1/x?q=(a:!t)",
          headers: [.init("X-Token", "t 1"), .init("X-Empty", "")],
          body: Array("body".utf8)))
      #expect(answer.status == 201)
      #expect(answer.text == "{\"message\": \"ça va\"}")
      #expect(answer.values(of: "Set-Cookie") == ["a=1", "b=2"])
      #expect(
        server.requests == [
          .init(
            method: "POST", target: "/api/v1/x?q=(a:!t)",
            headers: [
              "accept": "*/*", "content-length": "4", "host": "127.0.0.1:\(server.port)", "x-token": "t 1",
              "x-empty": "",
            ], body: "body")
        ])
    }
  }

  @Test("methods, with and without a body", arguments: ["GET", "PUT", "POST", "DELETE"])
  func methods(method: String) async throws {
    try await with { _ in
      [LoopbackServer.response(200, "yes")]
    } _: { client, server in
      for body in [nil, [], Array("{}".utf8)] as [[UInt8]?] {
        let answer = try await client.send(HTTPRequest(method, server.url + "/", body: body))
        #expect(answer.text == "yes")
        #expect(server.requests.last?.method == method)
        #expect(server.requests.last?.headers["content-length"] == body.map { "\($0.count)" })
      }
      #expect(server.connections == 1)
    }
  }

  @Test("an answer in chunks arrives whole")
  func chunks() async throws {
    let text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n7\r\n, world\r\n0\r\n\r\n"
    try await with { _ in
      [.send(text)]
    } _: { client, server in
      let answer = try await client.send(HTTPRequest("GET", server.url))
      #expect(answer.text == "hello, world")
    }
  }

  @Test("an answer of any status is an answer", arguments: [204, 400, 401, 404, 500, 503])
  func statuses(status: Int) async throws {
    try await with { _ in
      [LoopbackServer.response(status)]
    } _: { client, server in
      let answer = try await client.send(HTTPRequest("GET", server.url))
      #expect(answer.status == status)
    }
  }

  @Test("a redirect is an answer and is not followed")
  func redirect() async throws {
    try await with { _ in
      [LoopbackServer.response(302, headers: ["Location: /login/"])]
    } _: { client, server in
      let answer = try await client.send(HTTPRequest("POST", server.url + "/api", body: []))
      #expect(answer.status == 302)
      #expect(answer.values(of: "location") == ["/login/"])
      #expect(server.requests.map(\.target) == ["/api"])
    }
  }

  @Test("many requests go at once on one thread")
  func concurrent() async throws {
    try await with { request in
      [LoopbackServer.response(200, request.target)]
    } _: { client, server in
      let url = server.url
      let texts = try await withThrowingTaskGroup(of: String?.self) { group in
        for number in 0..<40 {
          group.addTask { try await client.send(HTTPRequest("GET", "\(url)/\(number)")).text }
        }
        return try await group.reduce(into: Set<String?>()) { $0.insert($1) }
      }
      #expect(texts == Set((0..<40).map { "/\($0)" }))
    }
  }

  // MARK: Limits

  @Test("an answer larger than allowed is refused, whether its length is announced or not")
  func tooLarge() async throws {
    let chunk = "1000\r\n" + String(repeating: "x", count: 4096) + "\r\n"
    let limits = HTTPLimits(connect: .seconds(60), total: .seconds(60), bodyBytes: 10_000)
    try await with(limits: limits) { request in
      request.target == "/chunks"
        ? [
          .send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk + chunk + chunk),
          .waitForClose,
        ]
        : [
          LoopbackServer.response(
            200, String(repeating: "x", count: request.target == "/fits" ? 10_000 : 10_001))
        ]
    } _: { client, server in
      let answer = try await client.send(HTTPRequest("GET", server.url + "/fits"))
      #expect(answer.body.count == 10_000)
      for path in ["/chunks", "/length"] {
        #expect(
          await error { try await client.send(HTTPRequest("GET", server.url + path)) }
            == HTTPError(.tooLarge, "the answer of \(server.url) has more than 10000 bytes"))
      }
    }
  }

  @Test("endless headers are refused")
  func endlessHeaders() async throws {
    let headers = (0..<3000).map { "X-\($0): " + String(repeating: "x", count: 100) }
    try await with { _ in
      [LoopbackServer.response(200, "", headers: headers)]
    } _: { client, server in
      #expect(await error { try await client.send(HTTPRequest("GET", server.url)) }?.kind == .tooLarge)
    }
  }

  @Test(
    "a server that never answers is given up",
    arguments: ["", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"])
  func timeout(start: String) async throws {
    let limits = HTTPLimits(connect: .seconds(60), total: .milliseconds(100))
    try await with(limits: limits) { _ in
      [.send(start), .waitForClose]
    } _: { client, server in
      #expect(
        await error { try await client.send(HTTPRequest("GET", server.url)) }
          == HTTPError(.timeout, "\(server.url) did not answer within 100 ms"))
    }
  }

  @Test("a cancelled request ends at once, and its connection with it")
  func cancel() async throws {
    try await with { _ in
      [.waitForClose]
    } _: { client, server in
      let url = server.url
      let task = Task { try await client.send(HTTPRequest("GET", url)) }
      try await waitFor("the request") { !server.requests.isEmpty }
      task.cancel()
      await #expect(throws: CancellationError.self) { try await task.value }
      try await waitFor("the end of its connection") { server.closedByClient > 0 }
    }
  }

  @Test("200 cancels at random moments leave a client that works")
  func randomCancels() async throws {
    var random = SplitMix64(state: 7)
    try await with { _ in
      [LoopbackServer.response(200, "yes")]
    } _: { client, server in
      let url = server.url
      for _ in 0..<200 {
        let task = Task { try await client.send(HTTPRequest("GET", url)) }
        for _ in 0..<Int.random(in: 0..<40, using: &random) { await Task.yield() }
        task.cancel()
        _ = try? await task.value
      }
      let answer = try await client.send(HTTPRequest("GET", url))
      #expect(answer.text == "yes")
    }
  }

  // MARK: Faults

  @Test("a server that is not there")
  func unreachable() async throws {
    let server = try LoopbackServer { _ in [] }
    let url = server.url
    server.stop()
    let client = try HTTPClient(limits: Self.patient)
    // The listening socket is closed by its thread.
    var found = await error { try await client.send(HTTPRequest("GET", url)) }
    while found?.kind == .broken { found = await error { try await client.send(HTTPRequest("GET", url)) } }
    #expect(found == HTTPError(.unreachable, "could not connect to \(url)"))
  }

  @Test("a name that nobody has")
  func noAddress() async throws {
    let client = try HTTPClient(limits: Self.patient)
    #expect(
      await error { try await client.send(HTTPRequest("GET", "http://superset.invalid/")) }
        == HTTPError(.unreachable, "could not find the address of http://superset.invalid:80"))
  }

  @Test(
    "an answer that breaks off is no answer",
    arguments: [
      ("", "server returned nothing (no headers, no data)"),
      ("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", "transferred a partial file"),
      ("SSH-2.0-OpenSSH\r\n", "unsupported protocol"),
    ])
  func broken(start: String, reason: String) async throws {
    try await with { _ in
      [.send(start), .close]
    } _: { client, server in
      #expect(
        await error { try await client.send(HTTPRequest("GET", server.url)) }
          == HTTPError(.broken, "the connection to \(server.url) broke: \(reason)"))
    }
  }

  @Test(
    "what cannot be sent safely is refused before anything is sent",
    arguments: [
      (HTTPRequest("GET", "file:///etc/passwd"), "the URL is not one of http or https"),
      (HTTPRequest("GET", "superset/api"), "the URL is not one of http or https"),
      (HTTPRequest("GET", "http://admin:secret@host/"), "the URL holds a user or a password"),
      (HTTPRequest("GET", "http://host/a b"), "the URL has a character that needs percent-encoding"),
      (HTTPRequest("GET", "http://host/\r\nX: y"), "the URL has a character that needs percent-encoding"),
      (HTTPRequest("G ET", "http://host/"), "the request's method is not a word"),
      (
        HTTPRequest("GET", "http://host/", headers: [.init("Authorization", "Bearer secret\r\nX: y")]),
        "header \"Authorization\" has a character that no header may have"
      ),
    ])
  func refused(request: HTTPRequest, message: String) async throws {
    let client = try HTTPClient(limits: Self.patient)
    #expect(await error { try await client.send(request) } == HTTPError(.request, message))
  }

  @Test("no error shows a path, a header or a body")
  func noSecrets() async throws {
    let limits = HTTPLimits(connect: .seconds(60), total: .milliseconds(100), bodyBytes: 10)
    try await with(limits: limits) { request in
      switch request.target.prefix(2) {
      case "/1": [.close]
      case "/2": [.waitForClose]
      case "/3": [LoopbackServer.response(200, "secret secret secret")]
      default: [.send("secret\r\n\r\n"), .close]
      }
    } _: { client, server in
      for number in 1...4 {
        let request = HTTPRequest(
          "POST", server.url + "/\(number)?token=secret", headers: [.init("Authorization", "Bearer secret")],
          body: Array("password=secret".utf8))
        let found = await error { try await client.send(request) }
        #expect(found?.description.contains("secret") == false, "case \(number)")
      }
    }
  }
}
