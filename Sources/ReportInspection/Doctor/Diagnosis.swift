import ReportLedger
import ReportModel

/// Turns facts into findings. Pure.
struct Diagnosis {
  static let unreadable = Diagnostic("the server's answer about itself is not readable")

  let facts: DoctorFacts

  /// In the order of `Finding.Area`.
  var findings: [Finding] {
    let all =
      configuration + servers + patroni + etcd + certificates + replication + settings + archiving + backup
      + rights + ledger
      + reports + clock + disk
    return Finding.Area.allCases.flatMap { area in all.filter { $0.area == area } }
  }

  private var configuration: [Finding] {
    facts.configuration.map { Finding(.ok, .configuration, $0.name, "\($0.value) (\($0.source))") }
  }

  // MARK: Servers

  private var servers: [Finding] {
    var findings = [primaryServer]
    let named = facts.replicas.map { (subject: subject($0), server: $0.server) }
    let answering = named.filter { $0.server.facts != nil }
    for (subject, server) in named {
      switch server {
      case .answers(let facts, _, _): findings.append(replicaServer(subject, facts))
      case .silent(let silence):
        // A run needs one of them, unless it may read on the primary.
        let isNeeded = answering.isEmpty && facts.environment.lagging == .fail
        findings.append(silent(subject, silence, isNeeded: isNeeded))
      }
    }
    let usable = answering.compactMap(\.server.facts).filter(\.isReplica)
    if usable.isEmpty, !answering.isEmpty, facts.environment.lagging == .fail {
      findings.append(
        Finding(
          .problem, .servers, "replica", "the string leads to no replica",
          hint: Servers.replicaHint))
    }
    if !facts.environment.hasReplica {
      findings.append(
        Finding(.ok, .servers, "replica", "none: reports are read on the primary, and it alone keeps them"))
    }
    return findings + secondPrimaries
  }

  /// Two servers that accept writes have two histories, of which one will be discarded.
  private var secondPrimaries: [Finding] {
    let primaries = answering.filter { !$0.facts.isReplica }
    return primaries.dropFirst().map { subject, server in
      Finding(
        .problem, .servers, subject, "\(server.place) accepts writes besides \(primaries[0].facts.place)",
        hint:
          "Stop the one that is not the leader, or start its Patroni: whatever is written there will be lost."
      )
    }
  }

  private var primaryServer: Finding {
    switch facts.primary {
    case .silent(let silence):
      (silence.isTransient ? leaderElsewhere(nil, reason: silence.reason) : nil)
        ?? silent("primary", silence, isNeeded: true)
    case .answers(let server, _, _) where server.isReplica:
      leaderElsewhere(server)
        ?? Finding(
          .problem, .servers, "primary", "the string leads to a replica, \(server.place)",
          hint: Servers.leaderHint)
    case .answers(let server, _, _):
      Finding(
        .ok, .servers, "primary", "\(server.place), \(version(server)), timeline \(server.timeline ?? 0)")
    }
  }

  /// The one member that holds the leader's key; nil without Patroni, without a leader, or with two.
  private var leaderName: String? {
    let holders = (facts.patroni?.members ?? []).filter { $0.holdsKey.value == true }.map(\.member.name)
    return holders.count == 1 ? holders[0] : nil
  }

  /// The primary's address is not on the server that leads, or nobody has it.
  ///
  /// - Parameter reason: why no primary is there; nil when a replica is.
  /// - Returns: nil when no member leads.
  private func leaderElsewhere(_ server: ServerFacts?, reason: String? = nil) -> Finding? {
    guard let leader = leaderName else { return nil }
    let address =
      facts.primaryAddress.isEmpty ? server?.place ?? "the primary's address" : facts.primaryAddress
    let holder = facts.patroni?.primaries.first { $0 != leader }
    let fact =
      holder.map { "\(leader) leads, \(address) is on \($0)" }
      ?? reason.map { "\(leader) leads, and is not reached at \(address): \($0)" }
      ?? "\(leader) leads, \(address) is on a replica"
    return .later(
      .servers, "primary", fact,
      hint:
        "Look at vip-manager \(holder == nil ? "" : "there, and ")on \(leader), which has to have the address alone."
    )
  }

  private func silent(_ subject: String, _ silence: DoctorFacts.Refusal, isNeeded: Bool) -> Finding {
    guard isNeeded else { return Finding(.warning, .servers, subject, silence.reason, hint: silence.hint) }
    // An error that a later attempt cannot avoid is a wrong configuration.
    return silence.isTransient
      ? .away(subject, silence.reason, hint: silence.hint)
      : Finding(.problem, .servers, subject, silence.reason, hint: silence.hint)
  }

  private func replicaServer(_ subject: String, _ server: ServerFacts) -> Finding {
    if let primary = facts.primary.facts {
      if primary.systemIdentifier != server.systemIdentifier || primary.database != server.database {
        return Finding(
          .problem, .servers, subject,
          "database \"\(server.database)\" of system \(server.systemIdentifier), not the primary's",
          hint: "Both strings have to lead to one cluster and one database.")
      }
      if primary.version / 10_000 != server.version / 10_000 {
        return Finding(
          .problem, .servers, subject, "\(version(server)), the primary has \(version(primary))",
          hint: "A replica has the primary's major version.")
      }
    }
    guard server.isReplica else {
      let isPrimary = server.startedAt == facts.primary.facts?.startedAt
      return Finding(
        .ok, .servers, subject, "\(server.place), " + (isPrimary ? "is the primary now" : "accepts writes"))
    }
    if server.isReplayPaused {
      return Finding(
        .problem, .servers, subject, "\(server.place), replay is paused",
        hint: "Run \"SELECT pg_wal_replay_resume()\" there.")
    }
    let behind =
      facts.primary.facts?.position.flatMap { written in server.position.map { written - $0 } } ?? 0
    guard behind <= Self.lagBytes else {
      return Finding(
        .warning, .servers, subject, "\(server.place), \(shownBytes(behind)) of WAL behind the primary",
        hint:
          "Look in its log whether it still receives: without WAL it is neither read nor a failover candidate."
      )
    }
    return Finding(.ok, .servers, subject, "\(server.place), \(version(server))")
  }

  private func version(_ server: ServerFacts) -> String {
    "PostgreSQL \(server.versionText.split(separator: " ").first.map(String.init) ?? server.versionText)"
  }

  func subject(_ place: DoctorFacts.Place) -> String {
    place.name.isEmpty ? "replica" : "replica \(place.name)"
  }

  /// Each server once, told apart by the microsecond of its start: two strings may lead to the same one.
  var answering: [(subject: String, facts: ServerFacts)] {
    var known: Set<String> = []
    let all = [("primary", facts.primary)] + facts.replicas.map { (subject($0), $0.server) }
    return all.compactMap { subject, server in
      guard let facts = server.facts, known.insert(facts.startedAt).inserted else {
        return nil
      }
      return (subject, facts)
    }
  }

  /// The primary with what only the role that reads may see of it.
  var seenPrimary: ServerFacts? {
    guard var primary = facts.primary.facts, let reader = facts.primaryAsReader else {
      return facts.primary.facts
    }
    if primary.replicas.contains(where: { $0.state == nil }) { primary.replicas = reader.replicas }
    primary.walBytes = primary.walBytes ?? reader.walBytes
    return primary
  }

  /// Who is to be given rights to see more: they belong to the role that reads, which changes nothing.
  var monitor: String { facts.primaryAsReader?.role.actsAs ?? facts.primary.facts?.role.actsAs ?? "" }

  /// How a setting is changed: Patroni writes the servers' configuration, and undoes what others write there.
  func setting(_ assignment: String) -> String {
    facts.environment.patroni.isEmpty
      ? "ALTER SYSTEM SET \(assignment); SELECT pg_reload_conf();"
      : "Set it for all members with \"patronictl edit-config\": postgresql.parameters, \(assignment)."
  }

  /// The sandbox's settings prefer speed to safety, so they are no findings.
  var isSandbox: Bool { facts.environment.name == Project.sandboxName }
}

/// `1.5 MB`, in powers of 1000.
func shownBytes(_ bytes: Int) -> String {
  var value = Double(bytes)
  for unit in ["bytes", "kB", "MB", "GB"] {
    if value < 1000 { return unit == "bytes" ? "\(bytes) bytes" : rounded(value) + " " + unit }
    value /= 1000
  }
  return rounded(value) + " TB"
}

private func rounded(_ value: Double) -> String {
  value < 10 ? "\((value * 10).rounded() / 10)" : "\(Int(value.rounded()))"
}

/// `3 h`, `12 min`.
func shownAge(_ seconds: Int) -> String {
  switch seconds {
  case ..<120: "\(max(seconds, 0)) s"
  case ..<7200: "\(seconds / 60) min"
  case ..<172_800: "\(seconds / 3600) h"
  default: "\(seconds / 86_400) days"
  }
}
