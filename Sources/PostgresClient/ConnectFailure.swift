/// What libpq's text about a failed attempt to connect means.
///
/// libpq gives no SQLSTATE for such an attempt, but with verbose messages the text has it between the severity and the
/// message, whatever language those are in: `FATAL:  28P01: password authentication failed for user "x"`.
struct ConnectFailure: Equatable {
  var sqlState: SQLState
  /// The decisive line.
  var message: String
  /// All other lines: which hosts were tried, what the server adds.
  var detail: String?

  /// - Parameters:
  ///   - text: `PQerrorMessage`; a line or more for each host that was tried, continuations indented.
  ///   - needsPassword: whether the server asked for a password and there was none.
  init(_ text: String, needsPassword: Bool) {
    var lines = text.split(whereSeparator: \.isNewline).map(String.init).filter { !Self.isSourceLocation($0) }
    if let index = lines.lastIndex(where: { Self.coded($0) != nil }), let coded = Self.coded(lines[index]) {
      sqlState = coded.sqlState
      message = coded.message
      lines[index] = coded.place
    } else {
      sqlState = needsPassword ? .invalidPassword : .cannotEstablishConnection
      let index = lines.lastIndex { $0.first?.isWhitespace == false }
      message = index.map { lines.remove(at: $0) } ?? "no reason given"
    }
    let others = lines.map { String($0.drop(while: \.isWhitespace)) }.filter { !$0.isEmpty }
    detail = others.isEmpty ? nil : others.joined(separator: "\n")
  }

  /// Splits `PLACE: SEVERITY:  CODE: MESSAGE`.
  private static func coded(_ line: String) -> (place: String, sqlState: SQLState, message: String)? {
    let bytes = Array(line.utf8)
    // ":  12345: " is ten bytes.
    guard bytes.count > 10,
      let start = (0..<(bytes.count - 10)).first(where: { isCode(bytes[$0..<($0 + 10)]) })
    else { return nil }
    func text(_ slice: ArraySlice<UInt8>) -> String { String(decoding: slice, as: UTF8.self) }
    let before = bytes[..<start]
    let place = before.lastIndex(of: UInt8(ascii: ":")).map { text(before[..<$0]) } ?? ""
    return (place, SQLState(rawValue: text(bytes[(start + 3)..<(start + 8)])), text(bytes[(start + 10)...]))
  }

  private static func isCode(_ bytes: ArraySlice<UInt8>) -> Bool {
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    let letters = UInt8(ascii: "A")...UInt8(ascii: "Z")
    return bytes.starts(with: ":  ".utf8) && bytes.dropFirst(8).elementsEqual(": ".utf8)
      && bytes.dropFirst(3).prefix(5).allSatisfy { digits.contains($0) || letters.contains($0) }
  }

  /// Verbose messages end with the place in the server's source: `LOCATION:  auth_failed, auth.c:326`.
  private static func isSourceLocation(_ line: String) -> Bool {
    guard let colon = line.lastIndex(of: ":") else { return false }
    return line[..<colon].hasSuffix(".c") && Int(line[line.index(after: colon)...]) != nil
  }
}
