import ReportLedger
import ReportModel

/// Somebody else holds the report's lock. Pure: what the ledger knows of the holder becomes the message.
struct LockRefusal: Sendable {
  var report: Report
  /// Nil when the lock became free just now, or the holder could not be asked for.
  var holder: LockHolder?

  var error: RunError {
    RunError(
      .tryAgain,
      Diagnostic(
        message, effect: .nothingChanged,
        hint:
          "Run again later, or wait for it with --lock-wait 10m. The session of a run that was killed ends "
          + "within seconds, and its lock with it."))
  }

  private var message: String {
    switch holder {
    case .run(let since, let host, let processID):
      "\"\(report.name)\" is already being run (since \(since), host \(host), pid \(processID))"
    case .session(let backendPID):
      "\"\(report.name)\" is locked by another session (backend pid \(backendPID) on the primary)"
    case nil: "\"\(report.name)\" is already being run"
    }
  }
}
