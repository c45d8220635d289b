import CLibPQ

extension Connection {
  /// Opens a session on the first host that accepts one.
  ///
  /// - Parameter conninfo: libpq's connection string: `key=value` pairs or a URI, with a `service` or several hosts. A host
  ///   that does not answer within `connect_timeout` is skipped; looking up its name can take longer.
  /// - Throws: `PostgresError` with `isConnectFailure` and the server's SQLSTATE (28P01, 3D000, 57P03, 53300 …), 08001
  ///   when no server answered, 22023 for an invalid string, 0A000 for a server older than `ServerVersion.oldestMajor`;
  ///   `CancellationError`.
  package static func open(_ conninfo: String, _ options: ConnectionOptions) async throws -> Connection {
    try Task.checkCancellation()
    let connection = try Connection(options)
    do {
      try await connection.establish(conninfo, options)
    } catch {
      await connection.close()
      throw error
    }
    return connection
  }

  private func establish(_ conninfo: String, _ options: ConnectionOptions) async throws {
    try await cancellable { connection in
      var string = try ConnectionString(conninfo, options)
      if let place = options.place { string = string.leading(to: [place]) }
      if options.acceptsAnyRole { string.keywords.append(("target_session_attrs", "any")) }
      var opener = SessionOpener(
        name: connection.name, wakeup: connection.wakeup, notices: connection.notices,
        trustsLoopback: connection.trustsLoopback)
      connection.handle = try opener.open(string)
      let limit = options.setUpLimit ?? string.connectTimeoutSeconds.map { .seconds($0) }
      try connection.setUp(options.settings, within: limit)
    }
  }
}
