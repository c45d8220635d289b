import CCurl

/// The server that a URL names, as curl itself reads it.
struct Origin {
  /// `http://127.0.0.1:8088`, for messages.
  let text: String

  /// - Throws: `HTTPError` for a URL that is not of HTTP, or that holds a password: it would end up in logs.
  init(_ url: String) throws(HTTPError) {
    // curl would take a line break in a URL for a part of it.
    guard url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      throw HTTPError(.request, "the URL has a character that needs percent-encoding")
    }
    let parts = curl_url()
    defer { curl_url_cleanup(parts) }
    guard curl_url_set(parts, CURLUPART_URL, url, 0) == CURLUE_OK,
      let scheme = Self.part(CURLUPART_SCHEME, of: parts), ["http", "https"].contains(scheme),
      let host = Self.part(CURLUPART_HOST, of: parts),
      let port = Self.part(CURLUPART_PORT, of: parts)
    else { throw HTTPError(.request, "the URL is not one of http or https") }
    guard Self.part(CURLUPART_USER, of: parts) == nil, Self.part(CURLUPART_PASSWORD, of: parts) == nil else {
      throw HTTPError(.request, "the URL holds a user or a password")
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
