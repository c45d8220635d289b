import Foundation
import PostgresClient
import ReportModel

/// The two servers of an environment and how sessions on them are set up.
///
/// Everything that could change a query's meaning or its text is pinned when the session starts, without a round trip.
package struct Servers: Sendable {
  var replica: String
  var primary: String
  /// The role that owns summary and staging tables; nil to stay the role that connects.
  var owner: String?
  /// Name of the project's time zone, which becomes `TimeZone` of every session.
  package var timezone: String
  var statementTimeoutSeconds: Int
  var applicationName: String
  /// The hint for a server that does not answer; nil for the usual one.
  package var startHint: String?
  /// For tests over several days: days added to the primary's clock wherever a day is compared with it.
  var clockShiftDays = 0

  /// - Parameters:
  ///   - replica: connection string; may name several hosts.
  ///   - primary: connection string.
  package init(
    replica: String, primary: String, owner: String?, timezone: String, statementTimeoutSeconds: Int = 3600,
    applicationName: String = "reportgen"
  ) {
    self.replica = replica
    self.primary = primary
    self.owner = owner
    self.timezone = timezone
    self.statementTimeoutSeconds = statementTimeoutSeconds
    self.applicationName = applicationName
  }

  /// Opens a READ ONLY session; a policy that would hide rows is an error (`row_security = off`).
  ///
  /// - Parameters:
  ///   - place: one of the string's hosts; nil for the first that answers.
  ///   - ofAnyRole: accept a primary, too, whatever `target_session_attrs` asks for.
  package func openReplica(at place: ServerPlace? = nil, ofAnyRole: Bool = false) async throws -> Connection {
    try await open(
      replica, name: "replica", settings: pinned + reading, place: place, ofAnyRole: ofAnyRole)
  }

  /// The hosts among which a run may choose its replica.
  package func replicaPlaces() throws -> [ServerPlace] {
    try Connection.places(in: replica, ConnectionOptions(name: "replica"))
  }

  /// The hosts of the primary's string.
  package func primaryPlaces() throws -> [ServerPlace] {
    try Connection.places(in: primary, ConnectionOptions(name: "primary"))
  }

  /// Opens a READ ONLY session on the primary, for `use_primary`; as the owner, who then needs the reader's rights.
  package func openReaderOfPrimary() async throws -> Connection {
    let role = owner.map { [("role", $0)] } ?? []
    return try await open(primary, name: "primary", settings: pinned + reading + role)
  }

  private var reading: [(String, String)] {
    [
      ("default_transaction_read_only", "on"), ("row_security", "off"),
      ("statement_timeout", "\(statementTimeoutSeconds)s"), ("idle_in_transaction_session_timeout", "0"),
    ]
  }

  /// Opens a session that writes, as `owner`, with `lock_timeout` 0.
  package func openPrimary() async throws -> Connection {
    var settings =
      pinned + [("lock_timeout", "0"), ("row_security", "off"), ("idle_in_transaction_session_timeout", "0")]
    if let owner { settings.append(("role", owner)) }
    return try await open(primary, name: "primary", settings: settings)
  }

  /// SQL for the primary's clock.
  package var now: String {
    clockShiftDays == 0
      ? "clock_timestamp()" : "(clock_timestamp() + make_interval(days => \(clockShiftDays)))"
  }

  /// The day in the session's time zone, by the server's clock.
  package func today(on primary: Connection) async throws -> CalendarDate {
    let row = try Row(only: try await primary.query("SELECT (\(now))::date AS today"))
    guard let today = CalendarDate(try row["today"]) else {
      throw RunError(.bug, Diagnostic("the primary's date is not readable"))
    }
    return today
  }

  private static let deadlineMarginSeconds = 5

  /// Lets the server detect a lost client within seconds: until then it keeps the locks and continues the statement.
  private static let lossDetection = [
    ("client_connection_check_interval", "2s"), ("tcp_keepalives_idle", "5"),
    ("tcp_keepalives_interval", "2"),
    ("tcp_keepalives_count", "3"), ("tcp_user_timeout", "10s"),
  ]

  private var pinned: [(String, String)] {
    Self.lossDetection + [
      ("search_path", "pg_catalog"), ("TimeZone", timezone), ("DateStyle", "ISO, YMD"),
      ("IntervalStyle", "postgres"), ("extra_float_digits", "1"), ("bytea_output", "hex"),
      ("standard_conforming_strings", "on"),
    ]
  }

  private func open(
    _ conninfo: String, name: String, settings: [(String, String)], place: ServerPlace? = nil,
    ofAnyRole: Bool = false
  ) async throws -> Connection {
    var options = ConnectionOptions(name: name, applicationName: applicationName, settings: settings)
    options.place = place
    options.acceptsAnyRole = ofAnyRole
    // A network that drops every packet does not close the connection, so the client needs a deadline, too. The
    // server's statement_timeout, whose error names the cause, expires first.
    options.statementDeadline = .seconds(statementTimeoutSeconds + Self.deadlineMarginSeconds)
    let connection: Connection
    do {
      connection = try await Connection.open(conninfo, options)
    } catch let error as PostgresError where error.isMissingRight {
      throw await RefusedRole(error: error, conninfo: conninfo, options: options).failure()
    } catch var error as PostgresError where error.sqlState.matches(.cannotEstablishConnection) {
      error.hint = startHint
      throw error
    }
    do {
      try await refuseProxy(connection)
      return connection
    } catch {
      await connection.close()
      throw error
    }
  }

  /// A transaction-pooling proxy hands out another server process for each transaction: locks, snapshots and settings
  /// of a session have no effect there. It shows in the process id, which such a proxy invents at connection start.
  private func refuseProxy(_ connection: Connection) async throws {
    let rows = try await connection.query("SELECT pg_backend_pid()")
    let answered = rows.rows.first?.first.flatMap { $0.flatMap { Int32($0) } }
    guard await connection.backendPID == answered else {
      throw RunError(
        .definition,
        Diagnostic(
          "\(connection.name) answers through a proxy that pools transactions",
          hint: "Connect to PostgreSQL itself: snapshots, locks and settings have to belong to one session."))
    }
  }
}
