/// One request, with its whole body in memory.
package struct HTTPRequest: Sendable {
  /// A header of a request or a response.
  package struct Header: Hashable, Sendable {
    /// Compared without regard to case.
    package var name: String
    /// Without a line break.
    package var value: String

    package init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  /// `GET`, `POST`, `PUT`, `DELETE` …
  package var method: String
  /// Absolute, `http` or `https`, percent-encoded, without user and password.
  package var url: String
  /// In the order in which they are sent. curl adds `Host` and `Content-Length`.
  package var headers: [Header]
  /// nil sends no body; an empty array sends a body of length 0.
  package var body: [UInt8]?

  package init(_ method: String, _ url: String, headers: [Header] = [], body: [UInt8]? = nil) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
  }
}

/// A complete response, of any status.
package struct HTTPResponse: Sendable {
  /// The status code: 100 to 599.
  package var status: Int
  /// In the order of arrival, without those of informational (1xx) responses.
  package var headers: [HTTPRequest.Header]
  /// At most `HTTPLimits.bodyBytes` long.
  package var body: [UInt8]

  package init(status: Int, headers: [HTTPRequest.Header] = [], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// Every value of a header, in the order of arrival; names are compared without regard to case.
  package func values(of name: String) -> [String] {
    headers.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
  }

  /// The body as text; nil when it is not UTF-8.
  package var text: String? { String(validating: body, as: UTF8.self) }
}
