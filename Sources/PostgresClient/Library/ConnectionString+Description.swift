extension ConnectionString {
  private static let shown = [
    "service", "host", "hostaddr", "port", "dbname", "user", "sslmode",
  ]
  fileprivate static let secrets = ["password", "sslpassword"]

  /// The settings that libpq reads from the string, its service file and the environment; secrets as `<redacted>`.
  var description: String {
    let plain = Self.shown.compactMap { keyword in
      userSettings[keyword].flatMap { $0.isEmpty ? nil : "\(keyword)=\($0)" }
    }
    let hidden = Self.secrets.filter { !(userSettings[$0] ?? "").isEmpty }.map { "\($0)=<redacted>" }
    return (plain + hidden).joined(separator: " ")
  }
}

extension Connection {
  /// Whether a connection string itself holds a secret; one that it names, as a service does, does not count.
  ///
  /// A string that libpq cannot read counts as holding one when it has the word or the place of a password.
  package static func holdsPassword(_ conninfo: String) -> Bool {
    if let keywords = ConnectionString.keywords(writtenIn: conninfo) {
      return !keywords.isDisjoint(with: ConnectionString.secrets)
    }
    return conninfo.contains("password") || conninfo.contains(#/:\/\/[^\/?]*:[^\/?]*@/#)
  }
}
