import CCurl
import Certificates

/// One request in progress: curl's handle and the part of the response that has arrived.
///
/// Created on the caller's thread, then used by the `TransferThread` only.
final class Transfer: @unchecked Sendable {
  let handle: OpaqueCurl
  let origin: Origin
  private let limits: HTTPLimits
  private var headerList: UnsafeMutablePointer<curl_slist>?
  private var headers: [HTTPRequest.Header] = []
  private var headerBytes = 0
  private var body: [UInt8] = []
  private var isTooLarge = false
  /// What the server has shown of itself, where that is what was asked for; set before the transfer's answer.
  private(set) var certificate: Certificate?

  private static let maxHeaderBytes = 256 << 10

  /// - Throws: `HTTPError` for an invalid request.
  convenience init(_ request: HTTPRequest, limits: HTTPLimits, identity: HTTPIdentity) throws(HTTPError) {
    try self.init(url: request.url, limits: limits)
    try Self.check(request)
    setRequest(request)
    if let trusted = identity.trustedCertificates { set(CURLOPT_CAINFO, trusted) }
    if let certificate = identity.certificate {
      set(CURLOPT_SSLCERT, certificate)
      set(CURLOPT_SSLKEY, identity.key ?? certificate)
    }
    setReceivers()
  }

  /// Opens a connection to read the server's certificate, and sends nothing.
  convenience init(certificateOf url: String, limits: HTTPLimits) throws(HTTPError) {
    try self.init(url: url, limits: limits)
    set(CURLOPT_URL, url)
    set(CURLOPT_CONNECT_ONLY, 1)
    set(CURLOPT_CERTINFO, 1)
    set(CURLOPT_SSL_VERIFYPEER, 0)
    set(CURLOPT_SSL_VERIFYHOST, 0)
  }

  private init(url: String, limits: HTTPLimits) throws(HTTPError) {
    origin = try Origin(url)
    guard let handle = rg_curl_easy_init() else {
      throw HTTPError(.request, "could not create a libcurl handle")
    }
    self.handle = handle
    self.limits = limits
    setLimits()
  }

  deinit {
    rg_curl_easy_cleanup(handle)
    rg_curl_slist_free_all(headerList)
  }

  /// Refuses characters that would end a header and begin another.
  private static func check(_ request: HTTPRequest) throws(HTTPError) {
    let isToken = { (text: String) in
      !text.isEmpty
        && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"()<>@,;:\\\"/[]?={}".utf8.contains($0) }
    }
    guard isToken(request.method) else {
      throw HTTPError(.request, "the request's method is not an HTTP token")
    }
    for header in request.headers {
      guard isToken(header.name), header.value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 9 }) else {
        throw HTTPError(
          .request,
          "header \"\(header.name.filter(\.isLetter))\" contains a character that is not allowed in a header")
      }
    }
  }

  // MARK: Options

  private func setLimits() {
    set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds(limits.connect))
    set(CURLOPT_TIMEOUT_MS, milliseconds(limits.total))
    set(CURLOPT_NOSIGNAL, 1)
    set(CURLOPT_FOLLOWLOCATION, 0)
    set(CURLOPT_PROTOCOLS_STR, "http,https")
    set(CURLOPT_PROXY, "")
    set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
    set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
  }

  private func setRequest(_ request: HTTPRequest) {
    set(CURLOPT_URL, request.url)
    if let body = request.body {
      rg_curl_set_size(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
      body.withUnsafeBytes { bytes in
        // curl copies the body; for an empty one the address must still not be null.
        _ = rg_curl_set_pointer(
          handle, CURLOPT_COPYPOSTFIELDS, bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 1))
      }
    }
    if request.method == "HEAD" { set(CURLOPT_NOBODY, 1) }
    set(CURLOPT_CUSTOMREQUEST, request.method)
    // Without this, curl sends "Expect: 100-continue" before a large body and waits for one second.
    var lines = ["Expect:"]
    // Without this, curl sends the content type of a form.
    if !request.headers.contains(where: { $0.name.lowercased() == "content-type" }) {
      lines.append("Content-Type:")
    }
    // curl sends a header without a value only when it is written with a semicolon.
    lines += request.headers.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
    for line in lines { headerList = rg_curl_slist_append(headerList, line) }
    rg_curl_set_pointer(handle, CURLOPT_HTTPHEADER, headerList)
  }

  private func setReceivers() {
    let context = Unmanaged.passUnretained(self).toOpaque()
    rg_curl_set_receive(handle, CURLOPT_WRITEFUNCTION) { bytes, _, count, context in
      Transfer.of(context).receive(body: UnsafeRawBufferPointer(start: bytes, count: count))
    }
    rg_curl_set_pointer(handle, CURLOPT_WRITEDATA, context)
    rg_curl_set_receive(handle, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
      Transfer.of(context).receive(header: UnsafeRawBufferPointer(start: bytes, count: size * count))
    }
    rg_curl_set_pointer(handle, CURLOPT_HEADERDATA, context)
  }

  private func set(_ option: CURLoption, _ value: Int) { rg_curl_set_number(handle, option, value) }
  private func set(_ option: CURLoption, _ value: String) { rg_curl_set_text(handle, option, value) }

  /// At least 1, because 0 means curl's default.
  private func milliseconds(_ duration: Duration) -> Int { max(1, Int(duration / .milliseconds(1))) }

  // MARK: Receiving

  private static func of(_ context: UnsafeMutableRawPointer?) -> Transfer {
    guard let context else { fatalError("curl called back without its context") }
    return Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
  }

  /// - Returns: how many bytes were accepted; fewer than all makes curl end the transfer.
  private func receive(body bytes: UnsafeRawBufferPointer) -> Int {
    guard body.count + bytes.count <= limits.bodyBytes else {
      isTooLarge = true
      return 0
    }
    body.append(contentsOf: bytes)
    return bytes.count
  }

  private func receive(header bytes: UnsafeRawBufferPointer) -> Int {
    headerBytes += bytes.count
    guard headerBytes <= Self.maxHeaderBytes else {
      isTooLarge = true
      return 0
    }
    let line = String(decoding: bytes, as: UTF8.self)
    if line.hasPrefix("HTTP/") {
      headers = []
    } else if let colon = line.firstIndex(of: ":") {
      let value = line[line.index(after: colon)...]
      headers.append(.init(String(line[..<colon]), value.trimmed))
    }
    return bytes.count
  }

  // MARK: Result

  func result(_ code: CURLcode) -> Result<HTTPResponse, any Error> {
    if isTooLarge { return .failure(HTTPError.tooLarge(origin: origin.text, limits: limits)) }
    guard code == CURLE_OK else {
      var connectMicroseconds: curl_off_t = 0
      rg_curl_size(handle, CURLINFO_PRETRANSFER_TIME_T, &connectMicroseconds)
      return .failure(
        HTTPError.of(code, origin: origin.text, limits: limits, wasConnected: connectMicroseconds > 0))
    }
    readCertificate()
    var status = 0
    rg_curl_number(handle, CURLINFO_RESPONSE_CODE, &status)
    return .success(HTTPResponse(status: status, headers: headers, body: body))
  }
}

extension Transfer {
  /// curl gives the certificates of the server's chain as lines `NAME:VALUE`, the server's own first.
  private func readCertificate() {
    var line = rg_curl_certificate(handle)
    while let entry = line {
      let text = String(cString: entry.pointee.data)
      if text.hasPrefix("Cert:") {
        certificate = Certificate.all(inPEM: Array(text.dropFirst("Cert:".count).utf8)).first
      }
      line = entry.pointee.next
    }
  }
}

typealias OpaqueCurl = UnsafeMutableRawPointer

extension Substring {
  fileprivate var trimmed: String {
    var part = drop(while: \.isWhitespace)
    while part.last?.isWhitespace ?? false { part.removeLast() }
    return String(part)
  }
}
