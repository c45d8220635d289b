import HTTPClient
import ReportModel

/// A request to Superset that failed.
package struct SupersetFailure: Error, Sendable {
  /// Decides the exit code of the command.
  package enum Kind: Sendable {
    /// Superset cannot be reached, or is starting or overloaded: a retry may succeed.
    case unavailable
    /// The password is wrong, or the account lacks a right.
    case account
    /// Superset refused the request, or its response is not in the expected format.
    case refused
    /// Superset has an asset of the same name that reportgen did not make.
    case conflict
  }

  /// Which errors may be retried.
  package var kind: Kind
  /// The message for the user; contains no secret.
  package var diagnostic: Diagnostic

  init(_ kind: Kind, _ message: String, detail: String? = nil, hint: String? = nil) {
    self.kind = kind
    diagnostic = Diagnostic(message, detail: detail, hint: hint)
  }

  init(_ error: HTTPError, url: String) {
    switch error.kind {
    case .unreachable, .timeout, .broken:
      self.init(.unavailable, "could not reach Superset: \(error)")
    case .certificate:
      self.init(
        .unavailable, "could not reach Superset: \(error)",
        hint: "Add its certificate to the trusted ones of this host (update-ca-certificates).")
    case .request, .tooLarge:
      self.init(.refused, "the request to Superset failed: \(error)")
    }
  }
}

extension RunError {
  /// 69 for a Superset that is away, 65 for a wrong account, 1 otherwise.
  package init(_ failure: SupersetFailure) {
    let status: ExitStatus =
      switch failure.kind {
      case .unavailable: .unavailable
      case .account: .definition
      case .refused, .conflict: .failed
      }
    self.init(status, failure.diagnostic)
  }
}
