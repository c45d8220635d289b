/// Why a step failed: the diagnostic that is printed, and the exit code.
package struct RunError: Error, Hashable, Sendable {
  /// What the command ends with when nothing worse happens.
  package var status: ExitStatus
  /// Its `sqlState` is that of the error.
  package var diagnostic: Diagnostic
  /// Five characters such as `57014`; nil when no server reported the error.
  package var sqlState: String?
  /// A retry of the same step can succeed: lag, a lock, a lost or demoted server.
  package var isTransient: Bool
  /// The server that reported the error, `primary` or `replica`; nil when none did, or no connection was open.
  package var server: String?
  /// The rows of an interval caused the error, so the attempt's other intervals can still be published.
  package var isOfRows: Bool

  package init(
    _ status: ExitStatus, _ diagnostic: Diagnostic, sqlState: String? = nil, isTransient: Bool = false,
    server: String? = nil, isOfRows: Bool = false
  ) {
    self.status = status
    self.server = server
    self.diagnostic = diagnostic
    self.diagnostic.sqlState = sqlState
    self.sqlState = sqlState
    self.isTransient = isTransient
    self.isOfRows = isOfRows
  }
}
