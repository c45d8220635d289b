import Glibc

extension ConnectionString {
  private static let shown = [
    "service", "host", "hostaddr", "port", "dbname", "user", "sslmode",
  ]
  private static let variables = [
    "service": "PGSERVICE", "host": "PGHOST", "hostaddr": "PGHOSTADDR", "port": "PGPORT",
    "dbname": "PGDATABASE",
    "user": "PGUSER", "sslmode": "PGSSLMODE", "password": "PGPASSWORD",
  ]

  /// The variables that give shown values: libpq reads them where neither the string nor its service has one. `PGSERVICE` alone
  /// where it names the service.
  ///
  /// - Parameter text: the string.
  func variables(besides text: String) -> [String] {
    let written = Self.keywords(writtenIn: text) ?? []
    // Which values a service's file has is not known; it comes before the other variables. libpq lists no service that a
    // variable names.
    if written.contains("service") { return [] }
    if getenv("PGSERVICE") != nil { return ["PGSERVICE"] }
    let read = Self.shown + Self.secrets
    return read.filter { !written.contains($0) }.compactMap { keyword in
      guard let name = Self.variables[keyword], let value = getenv(name).map({ String(cString: $0) }),
        value == userSettings[keyword]
      else { return nil }
      return name
    }
  }

  static let secrets = ["password", "sslpassword"]

  /// The settings that libpq reads from the string, its service file and the environment; secrets as `<redacted>`.
  var description: String {
    let plain = Self.shown.compactMap { keyword in
      userSettings[keyword].flatMap { $0.isEmpty ? nil : "\(keyword)=\($0)" }
    }
    let hidden = Self.secrets.filter { !(userSettings[$0] ?? "").isEmpty }.map { "\($0)=<redacted>" }
    return (plain + hidden).joined(separator: " ")
  }
}
