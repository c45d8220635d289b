/// Finds a password in a libpq connection string.
struct ConnectionString {
  private let text: String

  init(_ text: String) { self.text = text }

  private static let secrets: Set<String> = ["password", "sslpassword"]

  var holdsPassword: Bool {
    for scheme in ["postgresql://", "postgres://"] where text.hasPrefix(scheme) {
      return uriHoldsPassword(text.dropFirst(scheme.count))
    }
    return !Self.secrets.isDisjoint(with: keywords)
  }

  private func uriHoldsPassword(_ rest: Substring) -> Bool {
    let authority = rest.prefix { $0 != "/" && $0 != "?" }
    if let end = authority.lastIndex(of: "@"), authority[..<end].contains(":") { return true }
    let query = rest.firstIndex(of: "?").map { rest[rest.index(after: $0)...] } ?? ""
    return query.split(separator: "&").contains { pair in
      Self.secrets.contains(String(pair.prefix { $0 != "=" }))
    }
  }

  /// The keywords of `host=a dbname='b c'`; values in quotes are stepped over.
  private var keywords: Set<String> {
    var found = Set<String>()
    var rest = text[...]
    while let equals = rest.firstIndex(of: "=") {
      let words = rest[..<equals].split(whereSeparator: \.isWhitespace)
      if let word = words.last { found.insert(String(word)) }
      rest = rest[rest.index(after: equals)...].drop(while: \.isWhitespace)
      rest = rest.first == "'" ? afterQuoted(rest.dropFirst()) : rest.drop { !$0.isWhitespace }
    }
    return found
  }

  private func afterQuoted(_ rest: Substring) -> Substring {
    var rest = rest
    while let character = rest.popFirst(), character != "'" {
      if character == "\\" { rest = rest.dropFirst() }
    }
    return rest
  }
}
