/// Why a step could not go on: what people read, and what the exit code says.
package struct RunError: Error, Hashable, Sendable {
  package var status: ExitStatus
  package var diagnostic: Diagnostic
  package var sqlState: String?
  /// The same step can succeed at the next try: lag, a lock, a lost or demoted server.
  package var isTransient: Bool
  /// Which server said so, `primary` or `replica`; nil when none did, or when no connection stood.
  package var server: String?
  /// The rows of some interval are the cause: the other intervals of the same attempt can still be published.
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
