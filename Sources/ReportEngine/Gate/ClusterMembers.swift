import ClusterClient
import PostgresClient
import ReportModel

/// What Patroni says of the servers that a run may read, where it is configured and answers.
///
/// It only gives the order in which hosts are tried, and excludes some: what a replica holds is decided by its replay
/// position and the ledger's rows.
struct ClusterMembers: Hashable, Sendable {
  let cluster: PatroniCluster

  /// - Returns: nil where no Patroni is configured, or none answers: then only the servers' own answers count.
  static func ask(_ environment: Project.Environment) async throws -> ClusterMembers? {
    guard !environment.patroni.isEmpty,
      let client = try? ClusterClient(tls: environment.clusterTLS, seconds: 3)
    else { return nil }
    return try await client.cluster(environment.patroni).value.map(ClusterMembers.init)
  }

  func member(at place: ServerPlace) -> PatroniMember? {
    cluster.members.first { member in
      (member.host == place.host || member.host == place.address) && !member.host.isEmpty
        && (place.port.isEmpty || place.port == String(member.port))
    }
  }

  /// Hosts worth asking, the best first and otherwise in the order of the string: those to be read from, then those that
  /// an operator keeps readers away from; not those that do not run or are on a timeline that was left.
  ///
  /// - Returns: all of them where none would be left: Patroni may be wrong.
  func order(_ places: [ServerPlace]) -> [ServerPlace] {
    let usable = places.filter { member(at: $0).map(isUsable) ?? true }
    let spared = usable.filter { member(at: $0)?.tags.noLoadBalance ?? false }
    let others = usable.filter { !spared.contains($0) }
    return usable.isEmpty ? places : others + spared
  }

  private func isUsable(_ member: PatroniMember) -> Bool {
    member.isRunning && !isLeftBehind(member)
  }

  private func isLeftBehind(_ member: PatroniMember) -> Bool {
    guard let timeline = member.timeline, let leads = cluster.leader?.timeline else { return false }
    return timeline < leads
  }

  /// Why a failover can lose rows that this server shows; nil when it keeps them.
  func refusal(at place: ServerPlace) -> String? {
    guard let member = member(at: place) else { return nil }
    if member.tags.noFailover { return "replica \"\(member.name)\" never becomes the leader (nofailover)" }
    if isLeftBehind(member) { return "replica \"\(member.name)\" is on a timeline that the leader has left" }
    return nil
  }
}
