/// What can be read from a user's connection string without connecting.
package enum Conninfo {
  /// The hosts of a connection string in its order, those of its service file and the environment included.
  ///
  /// - Throws: `PostgresError` 22023 for a string that cannot be read.
  package static func places(in conninfo: String, _ options: ConnectionOptions) throws -> [ServerPlace] {
    try ConnectionString(conninfo, options).places
  }

  /// The host, port, database and user of a connection string, for display; secrets as `<redacted>`. Values that come
  /// from libpq's variables are followed by their names.
  ///
  /// - Throws: `PostgresError` 22023 for a string that cannot be read.
  package static func describe(_ conninfo: String, _ options: ConnectionOptions) throws -> String {
    let string = try ConnectionString(conninfo, options)
    let variables = string.variables(besides: conninfo)
    return string.description + (variables.isEmpty ? "" : ", with \(variables.joined(separator: ", "))")
  }

  /// The role and the database that a connection string leads to, its service file and the environment included; nil where
  /// none of them names one.
  ///
  /// - Throws: `PostgresError` 22023 for a string that cannot be read.
  package static func target(of conninfo: String, _ options: ConnectionOptions) throws -> (
    user: String?, database: String?
  ) {
    let settings = try ConnectionString(conninfo, options).userSettings
    func value(_ keyword: String) -> String? { settings[keyword].flatMap { $0.isEmpty ? nil : $0 } }
    return (value("user"), value("dbname") ?? value("user"))
  }

  /// The password file that libpq would ignore because of its rights or its kind; nil for one that it uses, or none.
  package static func ignoredPasswordFile(_ conninfo: String) -> IgnoredPasswordFile? {
    ConnectionString.ignoredPasswordFile(of: conninfo)
  }

  /// Whether the string, its service file or `PGOPTIONS` asks for run-time parameters at the start of the session.
  package static func hasOptions(_ conninfo: String) -> Bool {
    let string = try? ConnectionString(conninfo, ConnectionOptions(name: ""))
    return string?.userSettings["options"] != nil
  }

  /// Whether a connection string itself holds a secret; one that it names, as a service does, does not count.
  ///
  /// A string that libpq cannot read counts as holding one when it has the word or the place of a password.
  package static func holdsPassword(_ conninfo: String) -> Bool {
    if let keywords = ConnectionString.keywords(writtenIn: conninfo),
      ConnectionString.mistake(in: conninfo, [:]) == nil
    {
      return !keywords.isDisjoint(with: ConnectionString.secrets)
    }
    let plain = ConnectionString.percentDecoded(conninfo)
    return plain.contains("password") || conninfo.contains(#/:\/+[^\/?]*:[^?]*@/#)
  }
}
