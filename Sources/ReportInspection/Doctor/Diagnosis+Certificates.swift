import ReportModel

/// How long the certificates of servers and files are valid.
extension Diagnosis {
  /// Before the end of a certificate's validity, in seconds, from which on it is a warning.
  private static let notice = 30 * 86_400

  var certificates: [Finding] {
    let servers = answering.compactMap { _, server in
      server.certificateEnd.map { certificate("postgres://" + server.place, end: $0) }
    }
    let others = facts.certificates.compactMap { shown -> Finding? in
      switch shown.certificate {
      case .value(let found): certificate(shown.subject, end: found.end)
      case .noAnswer where shown.isAskedElsewhere: nil
      case .noAnswer(let reason):
        Finding(
          .warning, .certificates, shown.subject, reason,
          hint: "Look whether it is there; without an answer, nobody sees that its certificate ends.")
      }
    }
    return servers + others
  }

  private func certificate(_ subject: String, end: Int) -> Finding {
    let day = CalendarDate(daysSinceEpoch: end / 86_400).map(String.init) ?? "a day beyond the calendar"
    let left = end - facts.now
    if left < 0 {
      return Finding(
        .problem, .certificates, subject, "expired on \(day)",
        hint: "Renew it, and have the server read it: whoever verifies it refuses it.")
    }
    let fact = "valid until \(day), \(left / 86_400) more days"
    return left < Self.notice
      ? Finding(
        .warning, .certificates, subject, fact,
        hint: "Renew it before that day, and have the server read it: whoever verifies it refuses it then.")
      : Finding(.ok, .certificates, subject, fact)
  }
}
