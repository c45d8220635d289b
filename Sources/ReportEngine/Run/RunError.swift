import PostgresClient
import ReportModel

/// Why a step could not go on: what people read, and what the exit code says.
public struct RunError: Error, Hashable, Sendable {
  public var status: ExitStatus
  public var diagnostic: Diagnostic
  public var sqlState: String?
  /// The same step can succeed at the next try: lag, a lock, a lost or demoted server.
  public var isTransient: Bool
  /// The rows of some interval are the cause: the other intervals of the same attempt can still be published.
  public var isOfRows: Bool

  public init(
    _ status: ExitStatus, _ diagnostic: Diagnostic, sqlState: String? = nil, isTransient: Bool = false,
    isOfRows: Bool = false
  ) {
    self.status = status
    self.diagnostic = diagnostic
    self.sqlState = sqlState
    self.isTransient = isTransient
    self.isOfRows = isOfRows
  }
}

extension PostgresError {
  /// A retry can help: the server was lost, is starting, was promoted or demoted, or chose us as a victim.
  var isTransient: Bool {
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
    ]
    return permanent.contains(where: sqlState.matches)
  }
}

extension RunError {
  /// What a server's error means to a run, when no place in a file is known.
  ///
  /// - Parameter what: the lower-case start of the message, `could not publish "sales-daily"`.
  static func from(_ error: any Error, _ what: String? = nil, detail: String? = nil) -> RunError {
    if let error = error as? RunError { return error }
    if let diagnostic = error as? Diagnostic { return RunError(.definition, diagnostic) }
    if error is CancellationError {
      return RunError(.interrupted, Diagnostic("interrupted", detail: "Nothing was published."))
    }
    guard let error = error as? PostgresError else {
      return RunError(.bug, Diagnostic("unexpected error: \(error)"))
    }
    if error.isConnectFailure { return connectFailure(error) }
    let prefix = what.map { "\($0): " } ?? ""
    let diagnostic = Diagnostic(
      "\(prefix)\(error.message) (SQLSTATE \(error.sqlState))", detail: detail,
      hint: error.hint ?? (error.isTransient ? "Run again; what was published before is unchanged." : nil))
    return RunError(
      error.isTransient ? .tryAgain : .failed, diagnostic, sqlState: error.sqlState.rawValue,
      isTransient: error.isTransient)
  }

  private static func connectFailure(_ error: PostgresError) -> RunError {
    let permanent = error.isPermanentConnectFailure
    let message = error.message.split(separator: "\n").joined(separator: "; ")
    let cause = message.replacing("could not connect to \"\(error.server)\": ", with: "", maxReplacements: 1)
    let diagnostic = Diagnostic(
      "could not connect to the \(error.server): \(cause)", detail: "Nothing was changed.",
      hint: permanent
        ? "Check user, database and password: ~/.pgpass, a service file or PG* variables hold them."
        : "Check that the server runs and that the connection string of environment and REPORTGEN_\(error.server.uppercased()) names it; \"reportgen sandbox up\" starts the sandbox."
    )
    // 69 says that no server at all was there; without its replica alone a run can only wait.
    let status: ExitStatus = permanent ? .definition : error.server == "primary" ? .unavailable : .tryAgain
    return RunError(
      status, diagnostic, sqlState: error.sqlState.rawValue,
      isTransient: !permanent)
  }
}
