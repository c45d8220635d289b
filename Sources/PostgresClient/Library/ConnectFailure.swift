/// The reasons of a failed attempt to connect, read from libpq's error text.
///
/// libpq gives no SQLSTATE for a failed attempt. With verbose messages its text has the code between the severity and the
/// message: `FATAL:  28P01: password authentication failed for user "x"`. For each address that it tried, libpq writes a
/// line with the host, the port and the reason. Only the punctuation and the numbers of these lines are read, because
/// their words are translated into the language of `LC_MESSAGES`.
struct ConnectFailure: Equatable {
  /// The server's code; 28P01 where a password is missing; otherwise 08001.
  var sqlState: SQLState
  /// The server's last refusal; without one, place and reason of the last address: `pg1:5432: connection refused`.
  var message: String
  /// One sentence a line: each other address that failed, and the server's DETAIL and HINT. Equal lines appear once.
  var detail: String?

  /// - Parameters:
  ///   - text: `PQerrorMessage`; empty when no server answered in time.
  ///   - needsPassword: whether the server asked for a password and none was given.
  ///   - unanswered: addresses that did not answer in time and that `text` does not name.
  init(_ text: String, needsPassword: Bool, unanswered: [(place: String, reason: String)] = []) {
    var attempts = unanswered.map { Attempt(place: $0.place, reason: $0.reason) }
    for line in text.split(whereSeparator: \.isNewline).map(String.init) where !Self.isSourceLocation(line) {
      Self.add(line, to: &attempts)
    }
    if needsPassword, let last = attempts.indices.last, attempts[last].sqlState == nil {
      attempts[last].sqlState = .invalidPassword
      attempts[last].reason = "a password is required, and none was given"
    }
    let refusal = attempts.lastIndex { $0.sqlState != nil }
    let decisive = refusal ?? attempts.indices.last
    sqlState =
      refusal.flatMap { attempts[$0].sqlState }
      ?? (needsPassword ? .invalidPassword : .cannotEstablishConnection)
    message =
      decisive.map { refusal == nil ? attempts[$0].message : attempts[$0].reason } ?? "no reason given"

    var lines: [String] = []
    func append(_ line: String) {
      let sentence = line.last.map(".?!".contains) == true ? line : line + "."
      if !lines.contains(sentence) { lines.append(sentence) }
    }
    for (index, attempt) in attempts.enumerated() {
      if index != decisive {
        if attempt.message != message { append(attempt.sentence) }
      } else if refusal != nil, let place = attempt.place {
        append(attempts.count > 1 ? attempt.sentence : "The server is \(place)")
      }
      attempt.remarks.forEach(append)
    }
    detail = lines.isEmpty ? nil : lines.joined(separator: "\n")
  }

  /// `pg0:5432 (10.0.0.1)`, `[::1]:5432`, or the path of a socket.
  static func place(host: String, address: String? = nil, port: String) -> String {
    if host.hasPrefix("/") || host.hasPrefix("@") { return "\(host)/.s.PGSQL.\(port)" }
    let name = host.contains(":") ? "[\(host)]" : host
    return "\(name):\(port)" + (address.map { " (\($0))" } ?? "")
  }

  // MARK: Reading libpq's text

  /// What one address answered.
  private struct Attempt {
    /// As `place(host:address:port:)` writes it; nil where the line names none.
    var place: String?
    /// nil where the reason is libpq's own.
    var sqlState: SQLState?
    var reason: String
    /// The server's DETAIL and HINT.
    var remarks: [String] = []

    var message: String { place.map { "\($0): \(reason)" } ?? reason }
    var sentence: String {
      place.map { "No connection to \($0): \(reason)" } ?? reason.prefix(1).uppercased() + reason.dropFirst()
    }
  }

  private static func add(_ line: String, to attempts: inout [Attempt]) {
    let isContinuation = line.first?.isWhitespace == true
    let last = attempts.indices.last
    if isContinuation, let last, attempts[last].place != nil, attempts[last].sqlState == nil {
      // libpq's question whether the server is running, which says no more than the reason.
      return
    }
    if !isContinuation, let refusal = refusal(in: line) {
      attempts.append(
        Attempt(
          place: location(in: refusal.before + ": ")?.place, sqlState: refusal.sqlState,
          reason: refusal.message))
    } else if !isContinuation, let (place, reason) = location(in: line) {
      attempts.append(Attempt(place: place, reason: uncapitalized(reason)))
    } else if let last, attempts[last].sqlState != nil || isContinuation {
      attempts[last].remarks.append(unlabelled(line))
    } else {
      attempts.append(Attempt(reason: String(line.drop(while: \.isWhitespace))))
    }
  }

  /// Splits `… "HOST" (ADDRESS), … PORT …: REASON` or `… "/SOCKET" …: REASON`, in any language.
  private static func location(in line: String) -> (place: String, reason: String)? {
    if let match = line.firstMatch(of: #/^[^":«»]*["«»]\s?([/@][^"«»]*?)\s?["«»][^":]*: (.*)$/#) {
      return (String(match.1), String(match.2))
    }
    let address = #/^[^":«»]*["«»]\s?([^"«»]+?)\s?["«»](?: ?\(([^()]+)\))?[^0-9":]*([0-9]+)[^0-9":]*: (.*)$/#
    guard let match = line.firstMatch(of: address) else { return nil }
    let place = place(host: String(match.1), address: match.2.map(String.init), port: String(match.3))
    return (place, String(match.4))
  }

  /// Splits `BEFORE: SEVERITY:  CODE: MESSAGE`.
  private static func refusal(in line: String) -> (before: String, sqlState: SQLState, message: String)? {
    guard let match = line.firstMatch(of: #/:  ([0-9A-Z]{5}): /#) else { return nil }
    let severity = line[..<match.range.lowerBound]
    let before = severity.lastIndex(of: ":").map { String(severity[..<$0]) } ?? ""
    return (before, SQLState(rawValue: String(match.1)), String(line[match.range.upperBound...]))
  }

  /// The text of `DETAIL:  TEXT`, whatever the language of the label.
  private static func unlabelled(_ line: String) -> String {
    let text = line.drop(while: \.isWhitespace)
    return text.prefixMatch(of: #/\p{Lu}+:\s{2,}/#).map { String(text[$0.range.upperBound...]) }
      ?? String(text)
  }

  /// `Connection refused` as `connection refused`; `SSL error` stays.
  private static func uncapitalized(_ reason: String) -> String {
    guard let second = reason.dropFirst().first, second.isLowercase || second.isWhitespace else {
      return reason
    }
    return reason.prefix(1).lowercased() + reason.dropFirst()
  }

  /// Verbose messages end with a place in the server's source: `LOCATION:  auth_failed, auth.c:326`.
  private static func isSourceLocation(_ line: String) -> Bool {
    guard let colon = line.lastIndex(of: ":") else { return false }
    return line[..<colon].hasSuffix(".c") && Int(line[line.index(after: colon)...]) != nil
  }
}
