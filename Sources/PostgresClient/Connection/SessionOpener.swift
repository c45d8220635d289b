import CLibPQ
import Glibc

/// Connects to the first host of a connection string that accepts a session. Waits in `poll`, on the thread of the
/// connection that it works for; cancelling the task ends its waiting.
struct SessionOpener {
  /// The name of the connection, for messages.
  let name: String
  let wakeup: Wakeup
  let notices: NoticeReceiver
  let trustsLoopback: Bool
  /// The hosts that did not answer, for the error when no other answers either.
  private var unanswered: [(place: String, reason: String)] = []

  init(name: String, wakeup: Wakeup, notices: NoticeReceiver, trustsLoopback: Bool) {
    self.name = name
    self.wakeup = wakeup
    self.notices = notices
    self.trustsLoopback = trustsLoopback
  }

  /// Waits until a host has accepted a session.
  ///
  /// - Returns: a connection of libpq in non-blocking mode; the caller ends it with `PQfinish`.
  /// - Throws: `PostgresError` with `isConnectFailure`; `CancellationError`.
  mutating func open(_ string: ConnectionString) throws -> OpaquePointer {
    var string = string
    while true {
      switch try connect(string) {
      case .session(let connection): return connection
      case .noAnswer(let others): string = others
      }
    }
  }

  private enum Trial {
    case session(OpaquePointer)
    /// A host did not answer in time; the string has the hosts that are left.
    case noAnswer(others: ConnectionString)
  }

  /// Tries the hosts of a string up to the first that does not answer in time.
  private mutating func connect(_ string: ConnectionString) throws -> Trial {
    guard let connection = string.start() else { throw connectFailure("out of memory") }
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
          throw connectFailure("")
        }
        PQfinish(connection)
        return .noAnswer(others: others)
      }
      guard PQstatus(connection) == CONNECTION_OK else {
        var refusal = connectFailure(
          String(cString: PQerrorMessage(connection)),
          needsPassword: PQconnectionNeedsPassword(connection) == 1)
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
    return .session(connection)
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

  private func connectFailure(_ text: String, needsPassword: Bool = false) -> PostgresError {
    let failure = ConnectFailure(text, needsPassword: needsPassword, unanswered: unanswered)
    return PostgresError(
      severity: "FATAL", sqlState: failure.sqlState,
      message: "could not connect to \"\(name)\": \(failure.message)", detail: failure.detail, server: name,
      isConnectFailure: true)
  }
}
