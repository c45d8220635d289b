import ReportModel

/// One result of `reportgen doctor`.
package struct Finding: Hashable, Sendable, Encodable {
  /// The raw value is that of the JSON.
  package enum Level: String, Hashable, Sendable, Encodable, CaseIterable {
    case ok
    /// Works now, but can fail later.
    case warning
    /// Reports fail, or what is published can be lost.
    case problem
    /// Could not be examined.
    case unknown
  }

  /// In the order in which findings are listed.
  package enum Area: String, Hashable, Sendable, Encodable, CaseIterable {
    case configuration, servers, patroni, etcd, replication, settings, archiving, backup, rights, ledger,
      clock,
      disk
  }

  package var level: Level
  package var area: Area
  /// What was examined: a server, a member, a setting.
  package var subject: String
  /// A fact, in lower case, without a full stop.
  package var fact: String
  /// How to correct it; nil when there is nothing to correct.
  package var hint: String?
  /// A server that every run needs did not answer.
  var isAway = false

  enum CodingKeys: String, CodingKey {
    case level, area, subject, fact, hint
  }

  init(_ level: Level, _ area: Area, _ subject: String, _ fact: String, hint: String? = nil) {
    self.level = level
    self.area = area
    self.subject = subject
    self.fact = fact
    self.hint = hint
  }

  static func away(_ subject: String, _ reason: String, hint: String?) -> Finding {
    var finding = Finding(.problem, .servers, subject, reason, hint: hint)
    finding.isAway = true
    return finding
  }
}

extension [Finding] {
  /// 69 where a server that every run needs is away, 1 for any other problem.
  package var status: ExitStatus {
    if contains(where: \.isAway) { return .unavailable }
    return contains { $0.level == .problem } ? .failed : .done
  }
}
