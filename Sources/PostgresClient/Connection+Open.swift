import CLibPQ
import Glibc

extension Connection {
  /// Connects.
  ///
  /// - Parameter conninfo: what libpq takes: `key=value` pairs, a URI, a `service`, several hosts. A host that says
  ///   nothing for `connect_timeout` is left out and the others are tried; looking up a name can take longer.
  /// - Throws: `PostgresError` with `isConnectFailure` and the server's SQLSTATE (28P01, 3D000, 57P03, 53300 …), 08001
  ///   when no server answered, 22023 for a string that cannot be read; `CancellationError`.
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
      var silent: [String] = []
      while let left = try connection.connect(string, &silent) { string = left }
      try connection.overrule(options.settings)
    }
  }

  /// - Parameter silent: the hosts that were given up, for the error when no other answers either.
  /// - Returns: nil when connected; the string to try next when a host was silent.
  private func connect(_ string: ConnectionString, _ silent: inout [String]) throws -> ConnectionString? {
    guard let connection = string.start() else { throw connectFailure("out of memory", false, silent) }
    do {
      notices.attach(to: connection)
      // The only way to learn the SQLSTATE of a refusal.
      PQsetErrorVerbosity(connection, PQERRORS_VERBOSE)
      guard try negotiate(connection, string) else {
        let host = String(cString: PQhost(connection))
        let port = String(cString: PQport(connection))
        silent.append("host \"\(host)\", port \(port)")
        guard let others = string.without(host: host, port: port) else {
          throw connectFailure(timeoutText(string), false, silent)
        }
        PQfinish(connection)
        return others
      }
      guard PQstatus(connection) == CONNECTION_OK else {
        var refusal = connectFailure(
          String(cString: PQerrorMessage(connection)), PQconnectionNeedsPassword(connection) == 1, silent)
        refusal.role = PQuser(connection).map { String(cString: $0) }
        refusal.database = PQdb(connection).map { String(cString: $0) }
        throw refusal
      }
      PQsetErrorVerbosity(connection, PQERRORS_DEFAULT)
      PQsetnonblocking(connection, 1)
    } catch {
      PQfinish(connection)
      throw error
    }
    handle = connection
    return nil
  }

  /// - Returns: false when a host was silent for too long; its own limit for each host.
  private func negotiate(_ connection: OpaquePointer, _ string: ConnectionString) throws -> Bool {
    let limit = string.connectTimeoutSeconds.map { Duration.seconds($0) }
    var attempt = ""
    var deadline: ContinuousClock.Instant?
    var polling = PGRES_POLLING_WRITING
    while PQstatus(connection) != CONNECTION_BAD, polling != PGRES_POLLING_OK, polling != PGRES_POLLING_FAILED
    {
      let address = Self.address(of: connection)
      if attempt != address || deadline == nil {
        attempt = address
        deadline = limit.map { .now + $0 }
      }
      let events = polling == PGRES_POLLING_READING ? POLLIN : POLLOUT
      guard PQsocket(connection) >= 0 else {
        polling = PQconnectPoll(connection)
        continue
      }
      switch wakeup.wait(socket: PQsocket(connection), events: Int16(events), until: deadline) {
      case .ready: polling = PQconnectPoll(connection)
      case .woken: try Task.checkCancellation()
      case .deadline: return false
      }
    }
    return true
  }

  private static func address(of connection: OpaquePointer) -> String {
    [PQhost(connection), PQhostaddr(connection), PQport(connection)]
      .map { $0.map { String(cString: $0) } ?? "" }.joined(separator: " ")
  }

  private func timeoutText(_ string: ConnectionString) -> String {
    "no answer within \(string.connectTimeoutSeconds ?? 0) s"
  }

  private func connectFailure(_ text: String, _ needsPassword: Bool, _ silent: [String]) -> PostgresError {
    let failure = ConnectFailure(text, needsPassword: needsPassword)
    let details = silent.map { "No answer in time: \($0)." } + [failure.detail].compactMap { $0 }
    return PostgresError(
      severity: "FATAL", sqlState: failure.sqlState,
      message: "could not connect to \"\(name)\": \(failure.message)",
      detail: details.isEmpty ? nil : details.joined(separator: "\n"), server: name, isConnectFailure: true)
  }

  /// `PGTZ` and `PGDATESTYLE` of the environment reach the server behind the settings of the command line and win.
  private func overrule(_ settings: [(String, String)]) throws {
    for (setting, value) in settings {
      guard let actual = parameterStatus(setting), actual != value else { continue }
      _ = try run(
        "SELECT set_config($1, $2, false)", [setting, value], makePatience(cancelLimit))
    }
  }
}
