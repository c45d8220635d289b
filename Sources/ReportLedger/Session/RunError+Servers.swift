import PostgresClient
import ReportModel

extension PostgresError {
  /// A retry can help: the server was lost, is starting, was promoted or demoted, or chose us as a victim.
  package var isTransient: Bool {
    if isConnectionLost || isConnectFailure { return !isPermanentConnectFailure }
    let transient: [SQLState] = [
      .serializationFailure, .deadlockDetected, .lockNotAvailable, .adminShutdown, .crashShutdown,
      .cannotConnectNow,
      .readOnlySQLTransaction, .tooManyConnections, .connectionException,
    ]
    return transient.contains(where: sqlState.matches)
  }

  var isPermanentConnectFailure: Bool {
    let permanent: [SQLState] = [
      .invalidPassword, .invalidAuthorization, .invalidCatalogName, .undefinedObject,
      .insufficientPrivilege, .invalidParameterValue, .featureNotSupported,
    ]
    return permanent.contains(where: sqlState.matches)
  }
}

extension PostgresError {
  /// What the user can do about the error where the server does not say it, or may not be quoted.
  package var advice: String? {
    if let safeHint { return safeHint }
    guard hidesWords else { return nil }
    return "The server's own words can quote rows: \"--verbose\" shows them, on a terminal only."
  }
}

extension RunError {
  /// - Parameter error: what the server reported; the diagnostic's message has its `reason` in it.
  package init(
    _ status: ExitStatus, _ diagnostic: Diagnostic, of error: PostgresError, isTransient: Bool = false,
    isOfRows: Bool = false
  ) {
    var diagnostic = diagnostic
    diagnostic.serverWords = error.ownWords
    self.init(
      status, diagnostic, sqlState: error.sqlState.rawValue, isTransient: isTransient, server: error.server,
      isOfRows: isOfRows)
  }

  /// What a server's error means to a run, when no place in a file is known.
  ///
  /// - Parameter what: the lower-case start of the message, `could not publish "sales-daily"`.
  package static func from(
    _ error: any Error, _ what: String? = nil, detail: String? = nil, effect: FailureEffect? = nil
  ) -> RunError {
    if let error = error as? RunError { return error }
    if let diagnostic = error as? Diagnostic { return RunError(.definition, diagnostic) }
    if error is CancellationError {
      return RunError(
        .interrupted,
        Diagnostic(
          "interrupted",
          detail: "Each table and file is as it was before, or as it is after its report's publish.",
          hint: "Run again: what is missing or owed is done then."))
    }
    guard let error = error as? PostgresError else {
      return RunError(.bug, Diagnostic("unexpected error: \(error)"))
    }
    if error.isConnectFailure { return connectFailure(error) }
    if error.sqlState.matches(.readOnlySQLTransaction), error.server == "primary" { return readOnly(error) }
    let prefix = what.map { "\($0): " } ?? ""
    let diagnostic = Diagnostic(
      "\(prefix)\(error.reason)", detail: detail, effect: effect,
      hint: error.isTransient
        ? error.safeHint ?? "Run again; what was published before is unchanged." : error.advice)
    return RunError(
      error.isTransient ? .tryAgain : .failed, diagnostic, of: error, isTransient: error.isTransient)
  }

  /// What an interruption means to a command that writes nothing.
  package static let interruptedAsking = RunError(
    .interrupted, Diagnostic("interrupted", effect: .nothingChanged))

  private static func readOnly(_ error: PostgresError) -> RunError {
    RunError(
      .tryAgain,
      Diagnostic(
        "the primary does not accept writes: \(error.reason)",
        detail: "Its connection string leads to a replica, or its role may only read.",
        effect: .nothingPublished,
        hint: Servers.leaderHint),
      of: error, isTransient: true)
  }

  private static func connectFailure(_ error: PostgresError) -> RunError {
    let permanent = error.isPermanentConnectFailure
    let diagnostic = Diagnostic(
      error.message, detail: error.detail?.replacing("\n", with: " "), effect: .nothingChanged,
      hint: connectHint(error, isPermanent: permanent))
    // 69 says that no server at all was there; one that refuses is, and without its replica alone a run can only wait.
    let isAway = error.server == "primary" && !error.isRefusalForNow && !error.isOfOtherKind
    let status: ExitStatus = permanent ? .definition : isAway ? .unavailable : .tryAgain
    return RunError(
      status, diagnostic, sqlState: error.sqlState.rawValue,
      isTransient: !permanent)
  }

  private static func connectHint(_ error: PostgresError, isPermanent: Bool) -> String {
    let source = "\"\(error.server)\" in reportgen.yaml or REPORTGEN_\(error.server.uppercased())"
    if error.sqlState.matches(.cannotConnectNow) { return "Run again when the server has started." }
    if error.isOfTooManySessions {
      return "Run again later, with fewer --jobs, or raise max_connections or the role's CONNECTION LIMIT:"
        + " a run has a session on each server for each of its --jobs."
    }
    if error.isOfOtherKind {
      return error.server == "primary" ? Servers.leaderHint : Servers.replicaHint
    }
    if isPermanent, let hint = error.hint { return hint }
    guard isPermanent else { return error.hint ?? "Check that the server runs and that \(source) names it." }
    // A server that is too old; its hint is ours.
    if error.sqlState.matches(.featureNotSupported), let hint = error.hint { return hint }
    if error.sqlState.matches(.invalidPassword) {
      return "Passwords come from ~/.pgpass, a service file or PGPASSWORD, never from an option."
    }
    return "Check role, owner, database and options in \(source)."
  }
}
