import Certificates

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

/// Whom a client trusts, and how it proves who it is. Paths of PEM files.
package struct HTTPIdentity: Hashable, Sendable {
  /// Replaces the system's authorities; nil for those.
  package var trustedCertificates: String?
  /// For servers that ask for a certificate; nil for none.
  package var certificate: String?
  /// Of `certificate`, without a passphrase; nil when that file has it, too.
  package var key: String?

  package init(trustedCertificates: String? = nil, certificate: String? = nil, key: String? = nil) {
    self.trustedCertificates = trustedCertificates
    self.certificate = certificate
    self.key = key
  }
}

/// HTTP/1.1 and HTTPS through libcurl, on one thread of its own that serves any number of requests at once.
///
/// Returns redirects as responses. Does not use the environment's proxies, `.netrc` or cookies. Keeps connections open for
/// the next request to the same server.
package final class HTTPClient: Sendable {
  private let thread: TransferThread
  private let limits: HTTPLimits
  private let identity: HTTPIdentity

  /// Starts the client's thread; it ends with the client.
  ///
  /// - Parameters:
  ///   - limits: for requests without limits of their own.
  ///   - identity: for HTTPS.
  /// - Throws: `HTTPError` when the thread cannot be created.
  package init(limits: HTTPLimits = HTTPLimits(), identity: HTTPIdentity = HTTPIdentity()) throws {
    self.limits = limits
    self.identity = identity
    thread = try TransferThread()
  }

  deinit { thread.stop() }

  /// Sends a request and waits for the whole response, which is held in memory.
  ///
  /// - Parameter limits: replace those of the client.
  /// - Returns: the response, of any status.
  /// - Throws: `HTTPError`; `CancellationError` after the connection is closed.
  package func send(_ request: HTTPRequest, limits: HTTPLimits? = nil) async throws -> HTTPResponse {
    try await end(of: try Transfer(request, limits: limits ?? self.limits, identity: identity))
  }

  /// The certificate that a server shows, whoever signed it and whether it is valid or not; sends no request.
  ///
  /// - Parameter url: of any server that begins with TLS, as `https://HOST:PORT`.
  /// - Throws: `HTTPError`, also when the server shows none; `CancellationError` after the connection is closed.
  package func certificate(of url: String, limits: HTTPLimits? = nil) async throws -> Certificate {
    let transfer = try Transfer(certificateOf: url, limits: limits ?? self.limits)
    _ = try await end(of: transfer)
    guard let certificate = transfer.certificate else {
      throw HTTPError(.certificate, "the certificate of \(transfer.origin.text) is not readable")
    }
    return certificate
  }

  private func end(of transfer: Transfer) async throws -> HTTPResponse {
    try Task.checkCancellation()
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
