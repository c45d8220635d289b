import ReportModel
import SupersetAssets

extension Diagnostic {
  /// What an error of the steps after a run says.
  init(of error: any Error) {
    switch error {
    case let error as RunError: self = error.diagnostic
    case let diagnostic as Diagnostic: self = diagnostic
    case let failure as SupersetFailure: self = failure.diagnostic
    default: self.init("\(error)")
    }
  }

  /// A warning in place of an error; what follows a run never fails it.
  static func warning(of error: any Error, hint: String? = nil, _ message: (Diagnostic) -> String)
    -> Diagnostic
  {
    Diagnostic(.warning, message(Diagnostic(of: error)), hint: hint)
  }
}
