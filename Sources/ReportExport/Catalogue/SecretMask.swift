/// Hides passwords of connection strings in SQL, such as those of `dblink`: a page is read by more people than a definition.
enum SecretMask {
  static let mark = "<redacted>"

  static func masked(_ sql: String) -> String {
    guard sql.lowercased().contains("password") || sql.contains("://") else { return sql }
    // A value in quotes stands in a literal, so that its quotes are double.
    let setting = /((?i:password)\s*=\s*)(?:''[^']*''|[^\s'"&;\)]+)/
    let address = /(:\/\/[^\s:\/@'"]*:)[^\s@'"]+@/
    return sql.replacing(setting) { "\($0.output.1)\(mark)" }.replacing(address) { "\($0.output.1)\(mark)@" }
  }
}
