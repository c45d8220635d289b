import CLibPQ
import Glibc

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
      var unanswered: [(place: String, reason: String)] = []
      while let others = try connection.connect(string, &unanswered) { string = others }
      let limit = options.setUpLimit ?? string.connectTimeoutSeconds.map { .seconds($0) }
      try connection.setUp(options.settings, within: limit)
    }
  }

  /// Tries the hosts of a string up to the first that does not answer in time.
  ///
  /// - Parameter unanswered: the hosts that did not answer, for the error when no other answers either.
  /// - Returns: nil when connected; otherwise the string with the hosts that are left.
  private func connect(
    _ string: ConnectionString, _ unanswered: inout [(place: String, reason: String)]
  ) throws -> ConnectionString? {
    guard let connection = string.start() else { throw connectFailure("out of memory", false, unanswered) }
    do {
      notices.attach(to: connection)
      // libpq gives the SQLSTATE of a refusal in verbose messages only.
      PQsetErrorVerbosity(connection, PQERRORS_VERBOSE)
      var isEncrypting = false
      guard try negotiate(connection, string, &isEncrypting) else {
        let host = String(cString: PQhost(connection))
        let port = String(cString: PQport(connection))
        unanswered.append(
          (
            ConnectFailure.place(host: host, port: port),
            "no answer within \(string.connectTimeoutSeconds ?? 0) s"
          ))
        guard let others = string.without(host: host, port: port) else {
          throw connectFailure("", false, unanswered)
        }
        PQfinish(connection)
        return others
      }
      guard PQstatus(connection) == CONNECTION_OK else {
        var refusal = connectFailure(
          String(cString: PQerrorMessage(connection)), PQconnectionNeedsPassword(connection) == 1, unanswered)
        if isEncrypting { refusal.hint = Self.encryptionHint }
        // A server reports it once it has let the role in; what it refuses after that has an SQLSTATE.
        refusal.isOfOtherKind =
          refusal.sqlState == .cannotEstablishConnection
          && PQparameterStatus(connection, "in_hot_standby") != nil
        refusal.role = PQuser(connection).map { String(cString: $0) }
        refusal.database = PQdb(connection).map { String(cString: $0) }
        throw refusal
      }
      try requireVersion(ServerVersion(number: Int(PQserverVersion(connection))))
      PQsetErrorVerbosity(connection, PQERRORS_DEFAULT)
      PQsetnonblocking(connection, 1)
    } catch {
      PQfinish(connection)
      throw error
    }
    handle = connection
    return nil
  }

  private func requireVersion(_ version: ServerVersion) throws {
    guard version.isTooOld else { return }
    throw PostgresError(
      severity: "FATAL", sqlState: .featureNotSupported,
      message:
        "\(name) is PostgreSQL \(version), but version \(ServerVersion.oldestMajor) or newer is needed",
      hint: "Upgrade the server, or name another one; versions \(ServerVersion.oldestMajor) to "
        + "\(ServerVersion.newestTestedMajor) are tested.",
      server: name, isConnectFailure: true)
  }

  /// Waits until libpq has connected or failed. The limit of `connect_timeout` counts anew for each address.
  ///
  /// - Parameter isEncrypting: whether the last attempt ended while it negotiated encryption: the server has none, or its
  ///   certificate was refused.
  /// - Returns: false when an address did not answer within the limit.
  private func negotiate(
    _ connection: OpaquePointer, _ string: ConnectionString, _ isEncrypting: inout Bool
  ) throws -> Bool {
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
        isEncrypting = false
        polling = PQconnectPoll(connection)
        continue
      }
      switch wakeup.wait(socket: PQsocket(connection), events: Int16(events), until: deadline) {
      case .ready:
        if events == POLLIN, PQstatus(connection) == CONNECTION_AWAITING_RESPONSE,
          ConnectionPrivacy.isOpen(connection, trustsLoopback: trustsLoopback)
        {
          switch AuthenticationRequest.waiting(on: PQsocket(connection)) {
          case .clearTextPassword: throw clearTextRefused(connection)
          case .incomplete:
            usleep(1000)
            continue
          case .other: break
          }
        }
        isEncrypting = PQstatus(connection) == CONNECTION_SSL_STARTUP
        polling = PQconnectPoll(connection)
      case .woken: try Task.checkCancellation()
      case .deadline: return false
      }
    }
    return true
  }

  private static let encryptionHint =
    "Look at sslmode, sslrootcert and the host's name: verify-full needs a certificate of an authority in sslrootcert that"
    + " names the host as the connection string does."

  private func clearTextRefused(_ connection: OpaquePointer) -> PostgresError {
    let place = ConnectFailure.place(
      host: String(cString: PQhost(connection)), port: String(cString: PQport(connection)))
    return PostgresError(
      severity: "FATAL", sqlState: .invalidAuthorization,
      message:
        "could not connect to \"\(name)\": \(place) asks for the password in clear text, without encryption",
      detail: "It was not sent.",
      hint: "Set sslmode=verify-full and sslrootcert, or let pg_hba.conf ask by scram-sha-256.", server: name,
      isConnectFailure: true)
  }

  private static func address(of connection: OpaquePointer) -> String {
    [PQhost(connection), PQhostaddr(connection), PQport(connection)]
      .map { $0.map { String(cString: $0) } ?? "" }.joined(separator: " ")
  }

  private func connectFailure(
    _ text: String, _ needsPassword: Bool, _ unanswered: [(place: String, reason: String)]
  ) -> PostgresError {
    let failure = ConnectFailure(text, needsPassword: needsPassword, unanswered: unanswered)
    return PostgresError(
      severity: "FATAL", sqlState: failure.sqlState,
      message: "could not connect to \"\(name)\": \(failure.message)", detail: failure.detail, server: name,
      isConnectFailure: true)
  }
}
