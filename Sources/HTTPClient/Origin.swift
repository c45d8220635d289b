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
    let parts = curl_url()
    defer { curl_url_cleanup(parts) }
    guard curl_url_set(parts, CURLUPART_URL, url, 0) == CURLUE_OK,
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
    guard curl_url_get(parts, part, &text, UInt32(CURLU_DEFAULT_PORT)) == CURLUE_OK, let text else {
      return nil
    }
    defer { curl_free(text) }
    return String(cString: text)
  }
}
