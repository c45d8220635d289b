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

extension RunError {
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
      "\(prefix)\(error.message) (SQLSTATE \(error.sqlState))", detail: detail, effect: effect,
      hint: error.hint ?? (error.isTransient ? "Run again; what was published before is unchanged." : nil))
    return RunError(
      error.isTransient ? .tryAgain : .failed, diagnostic, sqlState: error.sqlState.rawValue,
      isTransient: error.isTransient, server: error.server)
  }

  /// What an interruption means to a command that writes nothing.
  package static let interruptedAsking = RunError(
    .interrupted, Diagnostic("interrupted", effect: .nothingChanged))

  private static func readOnly(_ error: PostgresError) -> RunError {
    RunError(
      .tryAgain,
      Diagnostic(
        "the primary does not accept writes: \(error.message) (SQLSTATE \(error.sqlState))",
        detail: "Its connection string leads to a replica, or its role may only read.",
        effect: .nothingPublished,
        hint: "Name the leader: the virtual address, or all hosts with target_session_attrs=read-write."),
      sqlState: error.sqlState.rawValue, isTransient: true, server: error.server)
  }

  private static func connectFailure(_ error: PostgresError) -> RunError {
    let permanent = error.isPermanentConnectFailure
    let diagnostic = Diagnostic(
      error.message, detail: error.detail?.replacing("\n", with: " "), effect: .nothingChanged,
      hint: connectHint(error, isPermanent: permanent))
    // 69 says that no server at all was there; one that refuses is, and without its replica alone a run can only wait.
    let isAway = error.server == "primary" && !error.isRefusalForNow
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
    guard isPermanent else { return error.hint ?? "Check that the server runs and that \(source) names it." }
    // A server that is too old; its hint is ours.
    if error.sqlState.matches(.featureNotSupported), let hint = error.hint { return hint }
    if error.sqlState.matches(.invalidPassword) {
      return "Passwords come from ~/.pgpass, a service file or PGPASSWORD, never from an option."
    }
    return "Check role, owner, database and options in \(source)."
  }
}
