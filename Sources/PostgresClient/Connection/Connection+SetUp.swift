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
      let results = try run(SessionSetting.sql(settings, version: serverVersion), [], makePatience(limit))
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
