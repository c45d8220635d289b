import Foundation
import PostgresClient
import ReportModel

/// The two servers of an environment and how sessions on them are set up.
///
/// Everything that could change a query's meaning, its text or its fate is fixed by `SessionSettings`, in one round trip.
package struct Servers: Sendable {
  var replica: String
  var primary: String
  /// The role that owns summary and staging tables; nil to stay the role that connects.
  var owner: String?
  /// Name of the project's time zone, which becomes `TimeZone` of every session.
  package var timezone: String
  var statementTimeoutSeconds: Int
  var applicationName: String
  /// Schemas whose objects every session finds without their schema's name.
  package var searchPath = SearchPath()
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

  /// One recommendation, as docs/configuration.md gives it, with its reason.
  package static let leaderHint =
    "Name the leader by an address that follows it, such as a virtual address: of a list of hosts, one that was the"
    + " leader can still take writes."
  package static let replicaHint =
    "Name every host that may be a replica, with target_session_attrs=prefer-standby; or allow reading on the primary"
    + " with on_lag: {then: use_primary}."

  /// Opens a READ ONLY session; a policy that would hide rows is an error (`row_security = off`).
  ///
  /// - Parameters:
  ///   - place: one of the string's hosts; nil for the first that answers.
  ///   - ofAnyRole: accept a primary, too, whatever `target_session_attrs` asks for.
  package func openReplica(at place: ServerPlace? = nil, ofAnyRole: Bool = false) async throws -> Connection {
    guard hasReplica else { return try await openReaderOfPrimary(ofAnyRole: ofAnyRole) }
    return try await open(
      replica, name: "replica", settings: settings.reading, place: place, ofAnyRole: ofAnyRole)
  }

  /// The hosts among which a run may choose its replica; none without one.
  package func replicaPlaces() throws -> [ServerPlace] {
    hasReplica ? try Conninfo.places(in: replica, ConnectionOptions(name: "replica")) : []
  }

  /// Otherwise every session that reads is one of the primary's, as the owner.
  package var hasReplica: Bool { replica != Project.Environment.noReplica }

  /// The hosts of the primary's string.
  package func primaryPlaces() throws -> [ServerPlace] {
    try Conninfo.places(in: primary, ConnectionOptions(name: "primary"))
  }

  /// Opens a READ ONLY session on the primary, for `use_primary`; as the owner, who then needs the reader's rights.
  ///
  /// - Parameter ofAnyRole: accept a replica, too, whatever `target_session_attrs` asks for.
  package func openReaderOfPrimary(ofAnyRole: Bool = false) async throws -> Connection {
    try await open(
      primary, name: "primary", settings: settings.reading + becomingOwner, ofAnyRole: ofAnyRole)
  }

  /// Opens a session that writes, as `owner`, with `lock_timeout` 0.
  package func openPrimary() async throws -> Connection {
    try await open(primary, name: "primary", settings: settings.writing + becomingOwner)
  }

  private var settings: SessionSettings {
    SessionSettings(
      searchPath: searchPath, timezone: timezone, statementTimeoutSeconds: statementTimeoutSeconds)
  }

  /// Last, so that the role that connects may set the others.
  private var becomingOwner: [SessionSetting] { owner.map { [SessionSetting("role", $0)] } ?? [] }

  /// SQL for the primary's clock.
  package var now: String {
    clockShiftDays == 0
      ? "clock_timestamp()" : "(clock_timestamp() + make_interval(days => \(clockShiftDays)))"
  }

  /// The day in the session's time zone, by the server's clock.
  package var today: Question<CalendarDate> {
    Question("SELECT (\(now))::date AS today") { rows in
      guard let today = CalendarDate(try Row(only: rows)["today"]) else {
        throw RunError(.bug, Diagnostic("the primary's date is not readable"))
      }
      return today
    }
  }

  private static let deadlineMarginSeconds = 5

  private func open(
    _ conninfo: String, name: String, settings: [SessionSetting], place: ServerPlace? = nil,
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
    } catch let error as PostgresError where error.isRefusalOfProxy && Conninfo.hasOptions(conninfo) {
      throw Self.optionsRefused(error)
    } catch var error as PostgresError where error.sqlState.matches(.cannotEstablishConnection) {
      error.hint = startHint ?? error.hint
      throw error
    }
    do {
      try await SharedBackend(conninfo: conninfo, options: options).refuse(connection)
      try await searchPath.requireTrusted(on: connection)
      return connection
    } catch {
      await connection.close()
      throw error
    }
  }

  /// PgBouncer's refusal of a run-time parameter at the start of a session.
  private static func optionsRefused(_ error: PostgresError) -> RunError {
    RunError(
      .definition,
      Diagnostic(
        error.message, detail: error.detail?.replacing("\n", with: " "), effect: .nothingChanged,
        hint:
          "Take \"options\" out of the connection string, its service file and PGOPTIONS: proxies such as PgBouncer"
          + " refuse them. ALTER ROLE … SET has the same effect."),
      sqlState: error.sqlState.rawValue, server: error.server)
  }
}

extension PostgresError {
  /// Servers have other codes for what they refuse at the start of a session.
  fileprivate var isRefusalOfProxy: Bool {
    isConnectFailure && !isSessionRefused && sqlState == .protocolViolation
  }
}
