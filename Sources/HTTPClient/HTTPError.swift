import CCurl

/// A request without a complete response.
package struct HTTPError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Why there is no response, and what the server may have done.
  package enum Kind: Hashable, Sendable {
    /// The request is invalid; nothing was sent.
    case request
    /// No connection could be opened; nothing was sent.
    case unreachable
    /// TLS negotiation failed, or the server's certificate is not trusted; nothing was sent.
    case certificate
    /// The limit `total` passed; the server may have executed the request.
    case timeout
    /// The response exceeds `bodyBytes`; the server has executed the request.
    case tooLarge
    /// The connection was lost; the server may have executed the request.
    case broken
  }

  /// What the error means for a retry.
  package var kind: Kind
  /// One lower-case line. Contains at most the server's origin: no path, header or body, which can contain secrets.
  package var description: String

  /// - Parameter description: one lower-case line without secrets.
  package init(_ kind: Kind, _ description: String) {
    self.kind = kind
    self.description = description
  }
}

extension HTTPError {
  /// - Parameters:
  ///   - origin: scheme, host and port: `http://127.0.0.1:8088`.
  ///   - wasConnected: whether the connection was open when the limit passed.
  static func of(_ code: CURLcode, origin: String, limits: HTTPLimits, wasConnected: Bool) -> HTTPError {
    switch code {
    case CURLE_OPERATION_TIMEDOUT where !wasConnected:
      HTTPError(.unreachable, "could not connect to \(origin) within \(seconds(limits.connect))")
    case CURLE_OPERATION_TIMEDOUT:
      HTTPError(.timeout, "\(origin) did not answer within \(seconds(limits.total))")
    case CURLE_COULDNT_RESOLVE_HOST:
      HTTPError(.unreachable, "could not find the address of \(origin)")
    case CURLE_COULDNT_CONNECT:
      HTTPError(.unreachable, "could not connect to \(origin)")
    case CURLE_PEER_FAILED_VERIFICATION:
      HTTPError(.certificate, "the certificate of \(origin) is not trusted")
    case CURLE_SSL_CACERT_BADFILE:
      HTTPError(.certificate, "could not read the file of trusted certificates")
    case CURLE_SSL_CERTPROBLEM:
      HTTPError(.certificate, "could not read the client's certificate or its key")
    case CURLE_SSL_CONNECT_ERROR:
      HTTPError(.certificate, "TLS negotiation with \(origin) failed")
    default:
      HTTPError(.broken, "the connection to \(origin) was lost: \(text(code))")
    }
  }

  static func tooLarge(origin: String, limits: HTTPLimits) -> HTTPError {
    HTTPError(.tooLarge, "the response of \(origin) exceeds \(limits.bodyBytes) bytes")
  }

  private static func seconds(_ duration: Duration) -> String {
    let milliseconds = duration / .milliseconds(1)
    return milliseconds.truncatingRemainder(dividingBy: 1000) == 0
      ? "\(Int(milliseconds / 1000)) s" : "\(Int(milliseconds)) ms"
  }

  /// curl's general text for the code; the detailed error text can contain a URL.
  private static func text(_ code: CURLcode) -> String {
    let text = String(cString: rg_curl_easy_strerror(code))
    return text.prefix(1).lowercased() + text.dropFirst()
  }
}
