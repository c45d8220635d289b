import PostgresClient
import ReportModel

/// A server refused to let a role in (SQLSTATE 42501): finds out which right it lacks by connecting with less.
///
/// The server's message names what is missing only in the server's language, and libpq gives no field of an error to
/// connect but its text. Which connection succeeds decides instead:
/// - one without the owner: the role may not become the owner;
/// - none, not even without any setting: the role may not connect to the database;
/// - one without any setting: the role may not change one of the settings, and no GRANT is named.
struct RefusedRole: Sendable {
  let error: PostgresError
  let conninfo: String
  let options: ConnectionOptions

  /// The refusal, with the statement that grants the missing right where it is known.
  func failure() async -> RunError {
    var failure = RunError.from(error)
    if let grant = await missingGrant() {
      failure.diagnostic.hint = "Run on the primary, as a superuser: \(grant)"
    }
    return failure
  }

  private func missingGrant() async -> String? {
    guard let name = error.role else { return nil }
    let role = SQLQuote.identifier(name)
    if let owner = options.settings.last(where: { $0.0 == "role" })?.1 {
      var others = options
      others.settings.removeAll { $0.0 == "role" }
      if await refusal(of: others) == nil { return "GRANT \(SQLQuote.identifier(owner)) TO \(role);" }
    }
    var plain = options
    plain.settings = []
    plain.ignoresOptionsOfString = true
    guard let database = error.database, await refusal(of: plain)?.isMissingRight ?? false else { return nil }
    return "GRANT CONNECT ON DATABASE \(SQLQuote.identifier(database)) TO \(role);"
  }

  /// - Returns: nil when the connection succeeds.
  private func refusal(of options: ConnectionOptions) async -> PostgresError? {
    do {
      let connection = try await Connection.open(conninfo, options)
      await connection.close()
      return nil
    } catch {
      return error as? PostgresError
    }
  }
}

extension PostgresError {
  /// The server let the role in, or not even that, and refused what was asked for.
  var isMissingRight: Bool { isConnectFailure && sqlState.matches(.insufficientPrivilege) }
}
