import CCurl

/// A request that got no whole answer.
package struct HTTPError: Error, Hashable, Sendable, CustomStringConvertible {
  package enum Kind: Hashable, Sendable {
    /// The request itself is wrong; nothing was sent.
    case request
    /// No connection: the server did nothing.
    case unreachable
    /// TLS could not be agreed on, or the server's certificate is not trusted: the server did nothing.
    case certificate
    /// The time was over; the server may have done what it was asked.
    case timeout
    /// The answer is larger than was allowed; the server has done what it was asked.
    case tooLarge
    /// The connection broke; the server may have done what it was asked.
    case broken
  }

  package var kind: Kind
  /// One lower-case line that names the server at most: no path, no header, no body, where secrets could be.
  package var description: String

  package init(_ kind: Kind, _ description: String) {
    self.kind = kind
    self.description = description
  }
}

extension HTTPError {
  /// - Parameters:
  ///   - origin: as in `http://127.0.0.1:8088`.
  ///   - wasConnected: whether the time was over before or after the connection stood.
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
    case CURLE_SSL_CONNECT_ERROR:
      HTTPError(.certificate, "could not agree on TLS with \(origin)")
    default:
      HTTPError(.broken, "the connection to \(origin) broke: \(words(code))")
    }
  }

  static func tooLarge(origin: String, limits: HTTPLimits) -> HTTPError {
    HTTPError(.tooLarge, "the answer of \(origin) has more than \(limits.bodyBytes) bytes")
  }

  private static func seconds(_ duration: Duration) -> String {
    let milliseconds = duration / .milliseconds(1)
    return milliseconds.truncatingRemainder(dividingBy: 1000) == 0
      ? "\(Int(milliseconds / 1000)) s" : "\(Int(milliseconds)) ms"
  }

  /// curl's general text for the code; its detailed ones can quote a URL.
  private static func words(_ code: CURLcode) -> String {
    let text = String(cString: curl_easy_strerror(code))
    return text.prefix(1).lowercased() + text.dropFirst()
  }
}
