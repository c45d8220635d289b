import Foundation

/// The response of one member to `GET /cluster`. It shows what etcd stores, which can be older than Patroni's ttl.
///
/// Decodes the responses of Patroni 2 to 4: a healthy replica is `running` or `streaming`, and lag a number or `unknown`.
/// - SeeAlso: Patroni, "REST API", cluster status endpoints.
package struct PatroniCluster: Hashable, Sendable, Decodable {
  /// In Patroni's order.
  package var members: [PatroniMember]
  /// Whether automatic failover is switched off (`patronictl pause`).
  package var isPaused: Bool

  package init(members: [PatroniMember], isPaused: Bool = false) {
    self.members = members
    self.isPaused = isPaused
  }

  enum CodingKeys: String, CodingKey {
    case members
    case isPaused = "pause"
  }

  /// - Throws: `DecodingError` when `members` is missing.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    members = try container.decode([PatroniMember].self, forKey: .members)
    isPaused = try container.decodeIfPresent(Bool.self, forKey: .isPaused) ?? false
  }

  /// nil while the cluster has no leader.
  package var leader: PatroniMember? { members.first(where: \.isLeader) }
}

/// One member in the response of another.
package struct PatroniMember: Hashable, Sendable, Decodable {
  /// As in Patroni's configuration.
  package var name: String
  /// `leader`, `replica`, `sync_standby`, `standby_leader`, …
  package var role: String
  /// `running`, `streaming`, `stopped`, `start failed`, …
  package var state: String
  /// Where PostgreSQL listens.
  package var host: String
  package var port: Int
  /// nil when PostgreSQL is not running.
  package var timeline: Int?
  /// Bytes of WAL that the member has not received; nil for the leader, and when it is unknown.
  package var lagBytes: Int?
  /// The URL of its REST API, without a path.
  package var url: String
  package var tags: PatroniTags

  package init(
    name: String, role: String, state: String, host: String, port: Int = 5432, timeline: Int? = nil,
    lagBytes: Int? = nil, url: String = "", tags: PatroniTags = PatroniTags()
  ) {
    self.name = name
    self.role = role
    self.state = state
    self.host = host
    self.port = port
    self.timeline = timeline
    self.lagBytes = lagBytes
    self.url = url
    self.tags = tags
  }

  enum CodingKeys: String, CodingKey {
    case name, role, state, host, port, timeline, tags, lag
    case url = "api_url"
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    name = try container.decode(String.self, forKey: .name)
    role = try container.decode(String.self, forKey: .role)
    state = try container.decodeIfPresent(String.self, forKey: .state) ?? "unknown"
    host = try container.decodeIfPresent(String.self, forKey: .host) ?? ""
    port = try container.decodeIfPresent(Int.self, forKey: .port) ?? 5432
    timeline = try container.decodeIfPresent(Int.self, forKey: .timeline)
    // "unknown" when the member does not report it.
    lagBytes = try? container.decodeIfPresent(Int.self, forKey: .lag)
    let url = try container.decodeIfPresent(String.self, forKey: .url) ?? ""
    self.url = url.hasSuffix("/patroni") ? String(url.dropLast("/patroni".count)) : url
    tags = try container.decodeIfPresent(PatroniTags.self, forKey: .tags) ?? PatroniTags()
  }

  /// Also true for the leader of a standby cluster.
  package var isLeader: Bool { role == "leader" || role == "standby_leader" }
  /// Whether PostgreSQL is running; `streaming` since Patroni 3.
  package var isRunning: Bool { state == "running" || state == "streaming" }
}

/// The tags in a member's configuration.
package struct PatroniTags: Hashable, Sendable, Decodable {
  /// `nofailover`, or `failover_priority: 0`: the member never becomes the leader.
  package var noFailover: Bool
  /// `noloadbalance`: the member is not used for reading.
  package var noLoadBalance: Bool
  /// `nosync`: the member is never a synchronous replica.
  package var noSync: Bool

  package init(noFailover: Bool = false, noLoadBalance: Bool = false, noSync: Bool = false) {
    self.noFailover = noFailover
    self.noLoadBalance = noLoadBalance
    self.noSync = noSync
  }

  enum CodingKeys: String, CodingKey {
    case nofailover, noloadbalance, nosync
    case priority = "failover_priority"
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    func flag(_ key: CodingKeys) -> Bool { (try? container.decodeIfPresent(Bool.self, forKey: key)) ?? false }
    let priority = try? container.decodeIfPresent(Int.self, forKey: .priority)
    noFailover = flag(.nofailover) || priority.map { $0 <= 0 } ?? false
    noLoadBalance = flag(.noloadbalance)
    noSync = flag(.nosync)
  }
}
