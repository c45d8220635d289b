/// How long and how much a request may take.
package struct HTTPLimits: Hashable, Sendable {
  /// Until the connection stands, TLS included.
  package var connect: Duration
  /// From the beginning to the last byte of the answer.
  package var total: Duration
  /// Of the answer's body.
  package var bodyBytes: Int

  package init(
    connect: Duration = .seconds(5), total: Duration = .seconds(30), bodyBytes: Int = 16 << 20
  ) {
    self.connect = connect
    self.total = total
    self.bodyBytes = bodyBytes
  }
}

/// HTTP/1.1 and HTTPS by libcurl, on one thread of its own that serves any number of requests at once.
///
/// It does what it is told and nothing else: redirects are answers like others, proxies of the environment, `.netrc` and
/// cookies are not used, and a connection is kept for the next request to the same server.
package final class HTTPClient: Sendable {
  private let thread: TransferThread
  private let limits: HTTPLimits
  private let trustedCertificates: String?

  /// - Parameter trustedCertificates: a PEM file instead of the system's certificates.
  /// - Throws: `HTTPError` when the process may not have another thread.
  package init(limits: HTTPLimits = HTTPLimits(), trustedCertificates: String? = nil) throws {
    self.limits = limits
    self.trustedCertificates = trustedCertificates
    thread = try TransferThread()
  }

  deinit { thread.stop() }

  /// Sends a request and waits for the whole answer, whatever its status.
  ///
  /// - Parameter limits: instead of the client's own.
  /// - Throws: `HTTPError`; `CancellationError` once the connection is closed.
  package func send(_ request: HTTPRequest, limits: HTTPLimits? = nil) async throws -> HTTPResponse {
    try Task.checkCancellation()
    let transfer = try Transfer(request, limits: limits ?? self.limits, trusted: trustedCertificates)
    let (thread, id) = (thread, thread.nextID())
    defer { thread.forget(id) }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        thread.start(transfer, id, continuation)
      }
    } onCancel: {
      thread.cancel(id)
    }
  }
}
