/// Why a step failed: the diagnostics that are printed, and the exit code.
///
/// The one error type that reaches the end of the command, which prints every diagnostic and exits with the status.
package struct RunError: Error, Hashable, Sendable {
  /// What the command ends with when nothing worse happens.
  package var status: ExitStatus
  /// Its `sqlState` is that of the error.
  package var diagnostic: Diagnostic
  /// Further findings of the same step, such as the other errors of a definition.
  package var others: [Diagnostic]
  /// Five characters such as `57014`; nil when no server reported the error.
  package var sqlState: String?
  /// A retry of the same step can succeed: lag, a lock, a lost or demoted server.
  package var isTransient: Bool
  /// The server that reported the error, `primary` or `replica`; nil when none did, or no connection was open.
  package var server: String?
  /// What the server did not find: an operator, or a name as the SQL has it; nil for other errors.
  package var undefinedName: String?
  /// The rows of an interval caused the error, so the attempt's other intervals can still be published.
  package var isOfRows: Bool
  /// The next attempt has to stage all rows: those that were compared on the replica are not the published ones any more.
  package var needsFullStaging = false

  package init(
    _ status: ExitStatus, _ diagnostic: Diagnostic, sqlState: String? = nil, isTransient: Bool = false,
    server: String? = nil, isOfRows: Bool = false, others: [Diagnostic] = []
  ) {
    self.status = status
    self.server = server
    self.diagnostic = diagnostic
    self.diagnostic.sqlState = sqlState
    self.sqlState = sqlState
    self.isTransient = isTransient
    self.isOfRows = isOfRows
    self.others = others
  }

  /// - Parameter diagnostics: at least one; the first is `diagnostic`, whose SQLSTATE is kept.
  package init(_ status: ExitStatus, _ diagnostics: [Diagnostic]) {
    guard let first = diagnostics.first else { preconditionFailure("an error without a diagnostic") }
    self.init(status, first, sqlState: first.sqlState, others: Array(diagnostics.dropFirst()))
  }

  /// All findings, in the order in which they are shown.
  package var diagnostics: [Diagnostic] { [diagnostic] + others }
}

extension RunError {
  /// Runs the body; a `Diagnostic` or a `SystemError` that it throws becomes an error of this status.
  package static func wrapping<Value>(_ status: ExitStatus, _ body: () throws -> Value) throws -> Value {
    do { return try body() } catch { throw converted(error, status) }
  }

  /// The same for a body that waits.
  package nonisolated(nonsending) static func wrapping<Value>(
    _ status: ExitStatus, _ body: () async throws -> Value
  ) async throws -> Value {
    do { return try await body() } catch { throw converted(error, status) }
  }

  private static func converted(_ error: any Error, _ status: ExitStatus) -> any Error {
    switch error {
    case let diagnostic as Diagnostic: RunError(status, diagnostic)
    case let error as SystemError: RunError(status, error.diagnostic())
    default: error
    }
  }
}
