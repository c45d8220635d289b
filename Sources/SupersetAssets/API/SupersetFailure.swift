import HTTPClient
import ReportModel

/// Superset could not be asked, or did not do what it was asked.
package struct SupersetFailure: Error, Sendable {
  package enum Kind: Sendable {
    /// It cannot be reached, or says that it is busy or broken: another time it may work.
    case unavailable
    /// The account is wrong, or may not do this.
    case account
    /// It answered, and the answer is no, or nothing that it should say.
    case refused
    /// Something is in the way that somebody else made.
    case conflict
  }

  package var kind: Kind
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
        hint: "Trust its certificate on this host, as with update-ca-certificates.")
    case .request, .tooLarge:
      self.init(.refused, "could not ask Superset: \(error)")
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
