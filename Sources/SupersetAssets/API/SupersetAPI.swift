import HTTPClient
import ReportModel

/// Superset's REST API: logs in, and sends the CSRF token and its session cookie with requests that write.
///
/// Does not follow redirects: Superset redirects an import without a token to the login page, whose status 200 would look
/// like success.
actor SupersetAPI {
  private let url: String
  private let account: SupersetAccount
  private let client: HTTPClient
  private var token: String?
  /// The CSRF token and the session cookie that belongs to it.
  private var writing: [HTTPRequest.Header]?

  init(url: String, account: SupersetAccount, client: HTTPClient) {
    self.url = url
    self.account = account
    self.client = client
  }

  // MARK: Requests

  func get(_ path: String) async throws -> OrderedJSON {
    try Self.json(try await read(path), path)
  }

  func download(_ path: String) async throws -> [UInt8] {
    try await read(path).body
  }

  private func read(_ path: String) async throws -> HTTPResponse {
    let url = url
    return try Self.require(
      try await authorized({ try await reading }) { HTTPRequest("GET", url + path, headers: $0) },
      String(path.prefix { $0 != "?" }))
  }

  @discardableResult
  func send(_ method: String, _ path: String, _ body: OrderedJSON? = nil) async throws -> OrderedJSON {
    let url = url
    let type = body == nil ? [] : [HTTPRequest.Header("Content-Type", "application/json")]
    let bytes = body.map { Array($0.compact.utf8) }
    let answer = try await authorized(writingHeaders) {
      HTTPRequest(method, url + path, headers: $0 + type, body: bytes)
    }
    return try Self.json(try Self.require(answer, String(path.prefix { $0 != "?" })), path)
  }

  /// - Returns: the response, of any status.
  func upload(_ path: String, _ form: MultipartForm) async throws -> HTTPResponse {
    let url = url
    return try await authorized(writingHeaders) {
      HTTPRequest(
        "POST", url + path, headers: $0 + [.init("Content-Type", form.contentType)], body: form.body)
    }
  }

  // MARK: Login

  private var reading: [HTTPRequest.Header] {
    get async throws { [.init("Authorization", "Bearer \(try await login())")] }
  }

  private func login() async throws -> String {
    if let token { return token }
    let body = OrderedJSON.object([
      ("username", .text(account.user)), ("password", .text(account.password)), ("provider", .text("db")),
      ("refresh", .boolean(false)),
    ])
    let path = "/api/v1/security/login"
    let answer = try await send(
      HTTPRequest(
        "POST", url + path, headers: [.init("Content-Type", "application/json")],
        body: Array(body.compact.utf8)))
    if answer.status == 401 {
      throw SupersetFailure(
        .account, "Superset refused the password of user \"\(account.user)\"",
        hint:
          "Set REPORTGEN_SUPERSET_USER and REPORTGEN_SUPERSET_PASSWORD, or correct the credentials file."
      )
    }
    guard let token = try Self.json(try Self.require(answer, path), path)["access_token"]?.text else {
      throw Self.strange(path)
    }
    self.token = token
    return token
  }

  private func writingHeaders() async throws -> [HTTPRequest.Header] {
    if let writing { return writing }
    let path = "/api/v1/security/csrf_token/"
    let answer = try await read(path)
    let authorization = try await reading
    guard let token = try Self.json(answer, path)["result"]?.text else { throw Self.strange(path) }
    let cookies = answer.values(of: "Set-Cookie").compactMap { $0.split(separator: ";").first }
    let headers =
      authorization + [
        .init("X-CSRFToken", token), .init("Cookie", cookies.joined(separator: "; ")),
        .init("Referer", url + "/"),
      ]
    writing = headers
    return headers
  }

  // MARK: Answers

  /// Sends a request with headers of the login, and logs in again once where Superset no longer accepts it: a token is good
  /// for 15 minutes, and a sync or the warming of a cache can take longer.
  private func authorized(
    _ headers: () async throws -> [HTTPRequest.Header], _ request: ([HTTPRequest.Header]) -> HTTPRequest
  ) async throws -> HTTPResponse {
    let isNew = token == nil
    let answer = try await send(request(try await headers()))
    guard answer.status == 401, !isNew else { return answer }
    (token, writing) = (nil, nil)
    return try await send(request(try await headers()))
  }

  private func send(_ request: HTTPRequest) async throws -> HTTPResponse {
    do {
      return try await client.send(request)
    } catch let error as HTTPError {
      throw SupersetFailure(error, url: url)
    }
  }

  private static func require(_ answer: HTTPResponse, _ path: String) throws -> HTTPResponse {
    switch answer.status {
    case 200...299: return answer
    case 401, 403:
      throw SupersetFailure(
        .account, "Superset refused \(path): status \(answer.status)",
        detail: reason(answer), hint: "The account needs the role Admin.")
    case 429, 502, 503, 504:
      throw SupersetFailure(.unavailable, "Superset is not ready: status \(answer.status)")
    case 300...399:
      throw SupersetFailure(
        .refused, "Superset redirected \(path): status \(answer.status)",
        hint: "Set \"url\" to Superset's own address, with https if it requires that.")
    default:
      throw SupersetFailure(
        .refused, "Superset refused \(path): status \(answer.status)", detail: reason(answer),
        hint: answer.status >= 500 ? "See the server log of Superset." : nil)
    }
  }

  /// Superset's error message in one line of at most 300 characters; nil when the body is not JSON, such as an HTML page.
  static func reason(_ answer: HTTPResponse) -> String? {
    guard let json = try? OrderedJSON(parsing: answer.body) else { return nil }
    let message = json["message"] ?? json["errors"]?.items.first?["message"] ?? json["msg"]
    guard let message else { return nil }
    let text = (message.text ?? message.compact).split(whereSeparator: \.isNewline).joined(separator: " ")
    return String(text.prefix(300))
  }

  private static func json(_ answer: HTTPResponse, _ path: String) throws -> OrderedJSON {
    if answer.body.isEmpty { return .null }
    guard let json = try? OrderedJSON(parsing: answer.body) else {
      throw strange(path)
    }
    return json
  }

  private static func strange(_ path: String) -> SupersetFailure {
    SupersetFailure(
      .refused, "the response to \(path) is not in Superset's format",
      hint: "Set \"url\" to the address of Superset 4.1 or later.")
  }
}
