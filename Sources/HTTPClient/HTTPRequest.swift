/// One request, whole: there is nothing to stream in what reportgen says to other programs.
public struct HTTPRequest: Sendable {
  public struct Header: Hashable, Sendable {
    public var name: String
    public var value: String

    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  /// `GET`, `POST`, `PUT`, `DELETE` …
  public var method: String
  /// Absolute, `http` or `https`, percent-encoded, without user and password.
  public var url: String
  public var headers: [Header]
  /// Nil sends none; an empty one is sent as such.
  public var body: [UInt8]?

  public init(_ method: String, _ url: String, headers: [Header] = [], body: [UInt8]? = nil) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
  }
}

/// What a server answered, whatever its status.
public struct HTTPResponse: Sendable {
  public var status: Int
  /// In the order of arrival; of the last answer, where informational ones came before it.
  public var headers: [HTTPRequest.Header]
  public var body: [UInt8]

  public init(status: Int, headers: [HTTPRequest.Header] = [], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// Every value of a header; names are compared without case.
  public func values(of name: String) -> [String] {
    headers.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
  }

  /// The body, where it is UTF-8.
  public var text: String? { String(validating: body, as: UTF8.self) }
}
