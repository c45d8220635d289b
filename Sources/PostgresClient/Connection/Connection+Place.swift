import CLibPQ

extension Connection {
  /// The hosts of a connection string in its order, those of its service file and the environment included.
  ///
  /// - Throws: `PostgresError` 22023 for a string that cannot be read.
  package static func places(in conninfo: String, _ options: ConnectionOptions) throws -> [ServerPlace] {
    try ConnectionString(conninfo, options).places
  }

  /// Host, address and port of the session's server: another session opened with this place reaches the same server.
  ///
  /// - Returns: an empty host when the connection is lost.
  package var place: ServerPlace {
    func text(_ value: UnsafeMutablePointer<CChar>?) -> String { value.map { String(cString: $0) } ?? "" }
    guard let handle else { return ServerPlace(host: "") }
    return ServerPlace(
      host: text(PQhost(handle)), address: text(PQhostaddr(handle)), port: text(PQport(handle)))
  }
}

extension Connection {
  /// The host, port, database and user of a connection string, for display; secrets as `<redacted>`. Values that come
  /// from libpq's variables are followed by their names.
  ///
  /// - Throws: `PostgresError` 22023 for a string that cannot be read.
  package static func describe(_ conninfo: String, _ options: ConnectionOptions) throws -> String {
    let string = try ConnectionString(conninfo, options)
    let variables = string.variables(besides: conninfo)
    return string.description + (variables.isEmpty ? "" : ", with \(variables.joined(separator: ", "))")
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
