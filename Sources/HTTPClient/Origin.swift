import CCurl

/// The server of a URL, as curl parses it.
struct Origin {
  /// `http://127.0.0.1:8088`, for messages.
  let text: String

  /// - Throws: `HTTPError` for a URL of another scheme, and for one with a user or a password, which could get into logs.
  init(_ url: String) throws(HTTPError) {
    // curl accepts a line break in a URL.
    guard url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      throw HTTPError(.request, "the URL contains a character that must be percent-encoded")
    }
    let parts = rg_curl_url()
    defer { rg_curl_url_cleanup(parts) }
    guard rg_curl_url_set(parts, CURLUPART_URL, url) == CURLUE_OK,
      let scheme = Self.part(CURLUPART_SCHEME, of: parts), ["http", "https"].contains(scheme),
      let host = Self.part(CURLUPART_HOST, of: parts),
      let port = Self.part(CURLUPART_PORT, of: parts)
    else { throw HTTPError(.request, "the URL's scheme is not http or https") }
    guard Self.part(CURLUPART_USER, of: parts) == nil, Self.part(CURLUPART_PASSWORD, of: parts) == nil else {
      throw HTTPError(.request, "the URL contains a user or a password")
    }
    text = "\(scheme)://\(host):\(port)"
  }

  private static func part(_ part: CURLUPart, of parts: OpaquePointer?) -> String? {
    var text: UnsafeMutablePointer<CChar>?
    guard rg_curl_url_get(parts, part, &text) == CURLUE_OK, let text else {
      return nil
    }
    defer { rg_curl_free(text) }
    return String(cString: text)
  }
}
