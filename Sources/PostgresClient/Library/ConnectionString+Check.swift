/// What libpq notices only when it connects, or never: strings that look right and are not what was meant. A piece of a
/// password is then taken for a host, a port or a database, and would be shown as one.
extension ConnectionString {
  private static let numbers = [
    "connect_timeout", "keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count",
    "tcp_user_timeout",
  ]

  /// - Parameter settings: what libpq has read of the text, its service file and the environment.
  /// - Returns: what is wrong, without any piece of the text; nil when nothing is.
  static func mistake(in text: String, _ settings: [String: String]) -> String? {
    if isUnreadURI(text) {
      return "it is neither a URI, which begins with \"postgresql://\", nor \"key=value\" pairs"
    }
    if hasMisplacedUser(text) {
      return "an \"@\" stands behind its host: write %40 for one that is part of a password"
    }
    let hosts = (settings["host"] ?? "").split(separator: ",")
    if hosts.contains(where: { $0.dropFirst().contains("@") }) { return "a host has an \"@\" in it" }
    let ports = (settings["port"] ?? "").split(separator: ",").map { Int(trimmed(String($0))) }
    if ports.contains(where: { $0.map { !(1...65_535).contains($0) } ?? true }) {
      return "\"port\" is not a number from 1 to 65535"
    }
    for keyword in numbers where settings[keyword].map({ Int32(trimmed($0)) == nil }) ?? false {
      return "\"\(keyword)\" is not a whole number"
    }
    return nil
  }

  private static func trimmed(_ text: String) -> String { String(text.filter { !$0.isWhitespace }) }

  /// `postgresql:/user:password@host/db`, which libpq takes for the name of a database or for a strange keyword.
  private static func isUnreadURI(_ text: String) -> Bool {
    let start = text.drop(while: \.isWhitespace).lowercased()
    let isURI = text.hasPrefix("postgresql://") || text.hasPrefix("postgres://")
    return !isURI && start.hasPrefix("postgres") && start.contains(#/^postgres(ql)?\s*:/#)
  }

  /// `postgresql://user:pass/word@host/db`: the host ends at the first slash.
  private static func hasMisplacedUser(_ text: String) -> Bool {
    guard text.hasPrefix("postgresql://") || text.hasPrefix("postgres://"),
      let start = text.firstRange(of: "://")?.upperBound,
      let end = text[start...].firstIndex(where: { "/?".contains($0) })
    else { return false }
    return text[end...].contains("@")
  }

  /// The text with `%61` read as `a`, as libpq reads a URI.
  static func percentDecoded(_ text: String) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.first {
      let digits = String(decoding: rest.dropFirst().prefix(2), as: UTF8.self)
      if byte == UInt8(ascii: "%"), digits.utf8.count == 2, let code = UInt8(digits, radix: 16) {
        bytes.append(code)
        rest = rest.dropFirst(3)
      } else {
        bytes.append(byte)
        rest = rest.dropFirst()
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
