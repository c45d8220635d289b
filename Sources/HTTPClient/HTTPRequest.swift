/// One request, whole: there is nothing to stream in what reportgen says to other programs.
package struct HTTPRequest: Sendable {
  package struct Header: Hashable, Sendable {
    package var name: String
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
  package var headers: [Header]
  /// Nil sends none; an empty one is sent as such.
  package var body: [UInt8]?

  package init(_ method: String, _ url: String, headers: [Header] = [], body: [UInt8]? = nil) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
  }
}

/// What a server answered, whatever its status.
package struct HTTPResponse: Sendable {
  package var status: Int
  /// In the order of arrival; of the last answer, where informational ones came before it.
  package var headers: [HTTPRequest.Header]
  package var body: [UInt8]

  package init(status: Int, headers: [HTTPRequest.Header] = [], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// Every value of a header; names are compared without case.
  package func values(of name: String) -> [String] {
    headers.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
  }

  /// The body, where it is UTF-8.
  package var text: String? { String(validating: body, as: UTF8.self) }
}
