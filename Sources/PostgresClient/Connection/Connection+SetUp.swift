import CLibPQ
import ReportModel

/// The session's own settings.
extension Connection {
  /// Sets the parameters that the server knows, in one round trip, and reads the process id of the session.
  ///
  /// They are not part of the start of the session: libpq's own test of `target_session_attrs` would see them, and proxies
  /// refuse them there.
  /// - Throws: `PostgresError` with `isConnectFailure` and `isSessionRefused`.
  func setUp(_ settings: [SessionSetting], within limit: Duration?) throws {
    guard !settings.isEmpty else { return }
    do {
      let results = try run(setUpSQL(settings), [], makePatience(limit))
      guard let pid = try results.last?.rows.int(0, "pid") else { throw UnexpectedRows("no rows") }
      sessionPID = Int32(truncatingIfNeeded: pid)
    } catch var error as PostgresError {
      // Without a reply to its first statement the session is as good as not open.
      let unanswered: [SQLState] = [.queryCanceled, .connectionFailure]
      if unanswered.contains(error.sqlState) { error.sqlState = .cannotEstablishConnection }
      error.isConnectionLost = false
      throw refused(error)
    } catch let error as UnexpectedRows {
      throw refused(
        PostgresError(sqlState: .protocolViolation, message: error.description, server: name))
    }
  }

  private func setUpSQL(_ settings: [SessionSetting]) -> String {
    let version = serverVersion
    let values = settings.filter { $0.isKnown(to: version) }.map { setting in
      let (name, value) = (SQLQuote.literal(setting.name), SQLQuote.literal(setting.value))
      let call = "pg_catalog.set_config(\(name), \(value), false)"
      guard let replaced = setting.replaces.map(SQLQuote.literal) else { return call }
      let current = "pg_catalog.current_setting(\(name))"
      return "CASE WHEN \(current) OPERATOR(pg_catalog.=) \(replaced) THEN \(call) END"
    }
    // A replica takes no snapshot where the default isolation level is serializable, and SELECT needs one.
    return "SET TRANSACTION ISOLATION LEVEL READ COMMITTED;"
      + " SELECT \((["pg_catalog.pg_backend_pid() AS pid"] + values).joined(separator: ", "))"
  }

  private func refused(_ error: PostgresError) -> PostgresError {
    var error = error
    error.message = "could not set up the session on \"\(name)\": \(error.message)"
    error.isConnectFailure = true
    error.isSessionRefused = true
    if let handle {
      func text(_ value: UnsafeMutablePointer<CChar>?) -> String { value.map { String(cString: $0) } ?? "" }
      let place = ConnectFailure.place(host: text(PQhost(handle)), port: text(PQport(handle)))
      error.detail = (["The server is \(place)."] + [error.detail].compactMap { $0 }).joined(separator: "\n")
      (error.role, error.database) = (text(PQuser(handle)), text(PQdb(handle)))
    }
    return error
  }
}
