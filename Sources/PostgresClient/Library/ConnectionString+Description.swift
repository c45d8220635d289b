extension ConnectionString {
  private static let shown = [
    "service", "host", "hostaddr", "port", "dbname", "user", "sslmode",
  ]
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
