import CLibPQ

extension Connection {
  /// The hosts of a connection string in its order, those of its service file and the environment included.
  ///
  /// - Throws: `PostgresError` 22023 for a string that cannot be read.
  package static func places(in conninfo: String, _ options: ConnectionOptions) throws -> [ServerPlace] {
    try ConnectionString(conninfo, options).places
  }

  /// A password opened the session over a network connection that is not encrypted.
  package var exposesPassword: Bool {
    handle.map {
      PQconnectionUsedPassword($0) == 1 && ConnectionPrivacy.isOpen($0, trustsLoopback: trustsLoopback)
    } ?? false
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
