import ClusterClient
import ReportModel

/// Patroni and etcd.
extension Diagnosis {
  private static let silentHint =
    "Start Patroni there; without it its PostgreSQL neither fails over nor follows."

  var patroni: [Finding] {
    guard let patroni = facts.patroni else {
      return facts.environment.patroni.isEmpty && !isSandbox
        ? [
          Finding(
            .unknown, .patroni, "cluster", "not configured",
            hint: "Name each member's interface under patroni: in reportgen.yaml.")
        ] : []
    }
    switch patroni.cluster {
    case .noAnswer(let reason):
      return [
        Finding(
          .problem, .patroni, "cluster", reason,
          hint: "Look whether Patroni runs on its hosts, and whether port 8008 is reachable from here.")
      ]
    case .value(let cluster):
      return leader(patroni, cluster) + patroni.members.map { member($0, cluster) }
        + patroni.silent.map {
          Finding(.problem, .patroni, $0.url, $0.reason, hint: Self.silentHint)
        }
        + (cluster.isPaused
          ? [
            Finding(
              .warning, .patroni, "cluster", "failover is paused",
              hint: "Run \"patronictl resume\" when the maintenance is over.")
          ] : [])
    }
  }

  private func leader(_ patroni: DoctorFacts.Patroni, _ cluster: PatroniCluster) -> [Finding] {
    let holders = patroni.members.filter { $0.holdsKey.value == true }.map(\.member.name)
    guard let holder = holders.first, holders.count == 1 else {
      return [
        Finding(
          .problem, .patroni, "leader",
          holders.isEmpty
            ? "no member holds the leader's key"
            : "several members report that they lead: "
              + holders.joined(separator: ", "),
          hint: holders.isEmpty
            ? "Look at etcd's quorum and at \"patronictl list\"; writes wait until a member leads." : nil)
      ]
    }
    // A server without Patroni still accepts writes, and all of them are discarded when it rejoins.
    let others = patroni.members.filter { member in
      member.member.name != holder && member.node.value.map { $0.isPrimary && $0.isRunning } ?? false
    }
    var findings = others.map {
      Finding(
        .problem, .patroni, $0.member.name, "accepts writes although \(holder) leads",
        hint: "Stop its PostgreSQL, or start its Patroni: whatever is written there will be lost.")
    }
    // A replica behind the primary's string is a finding of the servers.
    guard let server = facts.primary.facts, !server.isReplica else {
      findings.insert(Finding(.ok, .patroni, "leader", holder), at: 0)
      return findings
    }
    if patroni.primaries == [holder] {
      findings.insert(
        Finding(.ok, .patroni, "leader", "\(holder), where the primary's string leads to"), at: 0)
    } else {
      findings.insert(
        Finding(
          .problem, .patroni, "leader",
          "\(holder), but the primary's string leads to \(patroni.primaries.first ?? "a server that is no member")",
          hint:
            "Stop PostgreSQL there, or start its Patroni, and look whether vip-manager runs on every host:"
            + " the virtual address has to be on \(holder) alone."),
        at: 0)
    }
    return findings
  }

  private func member(_ member: DoctorFacts.Member, _ cluster: PatroniCluster) -> Finding {
    let (name, reported) = (member.member.name, member.member)
    switch member.node {
    case .noAnswer(let reason):
      return Finding(
        .problem, .patroni, name, "its Patroni does not answer: \(reason)",
        hint: Self.silentHint)
    case .value(let node):
      guard node.isRunning else {
        return Finding(
          .problem, .patroni, name, "state \(node.state)", hint: "Read Patroni's and PostgreSQL's logs there."
        )
      }
      let tags = [
        (reported.tags.noFailover, "nofailover"), (reported.tags.noLoadBalance, "noloadbalance"),
        (reported.tags.noSync, "nosync"),
      ].filter(\.0).map(\.1)
      var words = [reported.isLeader ? "leader" : reported.role]
      if let timeline = node.timeline { words.append("timeline \(timeline)") }
      if let lag = reported.lagBytes { words.append("\(shownBytes(lag)) behind") }
      if let version = node.version { words.append("Patroni \(version)") }
      if !tags.isEmpty { words.append("tagged " + tags.joined(separator: ", ")) }
      let text = words.joined(separator: ", ")
      if let timeline = node.timeline, let leads = cluster.leader?.timeline, timeline < leads {
        return Finding(
          .problem, .patroni, name, text + "; the leader is on timeline \(leads)",
          hint: "Run \"patronictl reinit\" for it when it does not follow by itself.")
      }
      if node.isRestartPending {
        return Finding(
          .warning, .patroni, name, text + "; settings wait for a restart",
          hint: "Run \"patronictl restart\" at a quiet hour.")
      }
      return Finding(.ok, .patroni, name, text)
    }
  }

  var etcd: [Finding] {
    guard !facts.etcd.isEmpty else { return [] }
    let healthy = facts.etcd.filter { $0.isHealthy.value == true }
    let needed = facts.etcd.count / 2 + 1
    let members = facts.etcd.map { etcd in
      switch etcd.isHealthy {
      case .value(true): Finding(.ok, .etcd, etcd.url, "healthy")
      case .value(false):
        Finding(
          .problem, .etcd, etcd.url, "sees no quorum",
          hint: "Start the other members; two of three have to run.")
      case .noAnswer(let reason):
        Finding(
          healthy.count >= needed ? .warning : .problem, .etcd, etcd.url, reason,
          hint: "Start etcd there: the next member that is lost takes the leader with it.")
      }
    }
    let quorum = "\(healthy.count) of \(facts.etcd.count) members are healthy"
    let whole =
      healthy.count >= needed
      ? Finding(.ok, .etcd, "quorum", quorum)
      : Finding(
        .problem, .etcd, "quorum", quorum + ", \(needed) are needed",
        hint: "Without a quorum no server leads: nothing can be published until etcd is back.")
    return [whole] + members
  }
}
