import PostgresClient
import ReportModel

/// A server refused to let a role in (SQLSTATE 42501): finds out which right it lacks.
///
/// The server's message names what is missing only in the server's language. What decides instead:
/// - the session is open and its settings are refused: the role may not become the owner, since no other setting of ours
///   needs a right;
/// - not even a session without the string's own `options` is opened: the role may not connect to the database;
/// - otherwise the role may not change one of those, and no GRANT is named.
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
    if error.isSessionRefused {
      guard let owner = options.settings.last(where: { $0.name == "role" })?.value else { return nil }
      let lacksOption = await isMember(of: owner)
      return "GRANT \(SQLQuote.identifier(owner)) TO \(role)\(lacksOption ? " WITH SET TRUE" : "");"
    }
    var plain = options
    plain.settings = []
    plain.ignoresOptionsOfString = true
    guard let database = error.database, await refusal(of: plain)?.isMissingRight ?? false else { return nil }
    return "GRANT CONNECT ON DATABASE \(SQLQuote.identifier(database)) TO \(role);"
  }

  /// Since PostgreSQL 16 a member needs the option SET to become a role, and granting it once more adds no option.
  private func isMember(of owner: String) async -> Bool {
    var plain = options
    plain.settings.removeAll { $0.name == "role" }
    guard let session = try? await Connection.open(conninfo, plain) else { return false }
    let found = try? await session.query("SELECT pg_has_role($1::name, 'MEMBER') AS is_member", [owner])
    await session.close()
    return found.flatMap { try? Row(only: $0).bool("is_member") } ?? false
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
