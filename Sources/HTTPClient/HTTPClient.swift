/// The limits of a request: times and size.
package struct HTTPLimits: Hashable, Sendable {
  /// From the start of the request until the connection is open, TLS included.
  package var connect: Duration
  /// From the start of the request to the last byte of the response.
  package var total: Duration
  /// The largest body of a response, in bytes.
  package var bodyBytes: Int

  /// Suits an API that answers in seconds with a few megabytes.
  package init(
    connect: Duration = .seconds(5), total: Duration = .seconds(30), bodyBytes: Int = 16 << 20
  ) {
    self.connect = connect
    self.total = total
    self.bodyBytes = bodyBytes
  }
}

/// HTTP/1.1 and HTTPS through libcurl, on one thread of its own that serves any number of requests at once.
///
/// Returns redirects as responses. Does not use the environment's proxies, `.netrc` or cookies. Keeps connections open for
/// the next request to the same server.
package final class HTTPClient: Sendable {
  private let thread: TransferThread
  private let limits: HTTPLimits
  private let trustedCertificates: String?

  /// Starts the client's thread; it ends with the client.
  ///
  /// - Parameters:
  ///   - limits: for requests without limits of their own.
  ///   - trustedCertificates: the path of a PEM file that replaces the system's certificates.
  /// - Throws: `HTTPError` when the thread cannot be created.
  package init(limits: HTTPLimits = HTTPLimits(), trustedCertificates: String? = nil) throws {
    self.limits = limits
    self.trustedCertificates = trustedCertificates
    thread = try TransferThread()
  }

  deinit { thread.stop() }

  /// Sends a request and waits for the whole response, which is held in memory.
  ///
  /// - Parameter limits: replace those of the client.
  /// - Returns: the response, of any status.
  /// - Throws: `HTTPError`; `CancellationError` after the connection is closed.
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
