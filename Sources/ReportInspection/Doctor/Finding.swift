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
    case configuration, servers, patroni, etcd, certificates, replication, settings, archiving, backup,
      rights, ledger,
      reports, clock, disk
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
  /// Ends by itself, or by a hand on the cluster: a run ends 75 until then.
  var isLater = false

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

  /// A problem that keeps runs waiting and that no definition or right is the cause of.
  static func later(_ area: Area, _ subject: String, _ fact: String, hint: String?) -> Finding {
    var finding = Finding(.problem, area, subject, fact, hint: hint)
    finding.isLater = true
    return finding
  }

  /// The first error of the definitions.
  package init(wrongDefinition error: Diagnostic) {
    self.init(
      .problem, .reports, "definitions", error.message,
      hint: "\"reportgen lint\" shows every error and where it is.")
  }

  static func away(_ subject: String, _ reason: String, hint: String?) -> Finding {
    var finding = Finding(.problem, .servers, subject, reason, hint: hint)
    finding.isAway = true
    return finding
  }
}

extension [Finding] {
  /// 69 where a server that every run needs is away, 75 where nothing but the cluster keeps runs waiting, 1 for any other
  /// problem.
  package var status: ExitStatus {
    if contains(where: \.isAway) { return .unavailable }
    let problems = filter { $0.level == .problem }
    if problems.isEmpty { return .done }
    return problems.allSatisfy(\.isLater) ? .tryAgain : .failed
  }
}
