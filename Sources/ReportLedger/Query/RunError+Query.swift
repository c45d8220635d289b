import PostgresClient
import ReportModel

extension RunError {
  /// A server's error about a report's own SQL, at its place in the file.
  package static func inReport(
    _ error: PostgresError, report: Report, place: SourcePlace?, detail: String? = nil,
    effect: FailureEffect? = .nothingPublished
  ) -> RunError {
    let isTimeout = error.sqlState.matches(.queryCanceled)
    let hint =
      isTimeout
      ? "The environment's statement_timeout in reportgen.yaml says how long it may take." : error.advice
    var failure = RunError(
      .failed,
      Diagnostic(
        error.reason, detail: detail, effect: effect, hint: hint,
        file: report.sqlFile, place: place), of: error,
      isOfRows: error.sqlState.matches(.dataException) || error.sqlState.matches(.cardinalityViolation))
    failure.undefinedName = error.undefinedName
    return failure
  }
}

extension PostgresError {
  /// The operator, function or type that the server did not find.
  fileprivate var undefinedName: String? {
    sqlState.matches(.undefinedFunction) || sqlState.matches(.undefinedObject) ? nameAtPosition : nil
  }
}

extension RunError {
  /// A server's error about a check, at the check's place in the metadata file; nothing was published.
  package static func inCheck(_ error: PostgresError, report: Report, check: Check) -> RunError {
    var hint = error.advice
    if error.sqlState.matches(.insufficientPrivilege) {
      hint =
        "Checks run on the primary as the owner of the summary tables; a reconcile check reads its source on the "
        + "replica instead. Or GRANT SELECT to that role."
    }
    var failure = RunError(
      .failed,
      Diagnostic(
        "check could not run: \(error.reason)",
        effect: .nothingPublished,
        hint: hint, file: report.metadataFile, place: check.place), of: error)
    failure.undefinedName = error.undefinedName
    return failure
  }
}
