import Foundation

/// What one member's `GET /cluster` says of all members: hearsay, which can be older than Patroni's ttl.
///
/// Reads the forms of Patroni 2 to 4: a healthy replica is `running` or `streaming`, its lag a number or a word.
/// - SeeAlso: Patroni, "REST API", cluster status endpoints.
package struct PatroniCluster: Hashable, Sendable, Decodable {
  package var members: [PatroniMember]
  /// Automatic failover is switched off by hand.
  package var isPaused: Bool

  package init(members: [PatroniMember], isPaused: Bool = false) {
    self.members = members
    self.isPaused = isPaused
  }

  enum CodingKeys: String, CodingKey {
    case members
    case isPaused = "pause"
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    members = try container.decode([PatroniMember].self, forKey: .members)
    isPaused = try container.decodeIfPresent(Bool.self, forKey: .isPaused) ?? false
  }

  package var leader: PatroniMember? { members.first(where: \.isLeader) }
}

/// One member as another one tells of it.
package struct PatroniMember: Hashable, Sendable, Decodable {
  package var name: String
  /// `leader`, `replica`, `sync_standby`, `standby_leader`, …
  package var role: String
  /// `running`, `streaming`, `stopped`, `start failed`, …
  package var state: String
  package var host: String
  package var port: Int
  /// Nil where its server does not run.
  package var timeline: Int?
  /// Bytes not yet received; nil on the leader, and where it is unknown.
  package var lagBytes: Int?
  /// The URL of its own interface, without a path.
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
    // "unknown" for one that does not say.
    lagBytes = try? container.decodeIfPresent(Int.self, forKey: .lag)
    let url = try container.decodeIfPresent(String.self, forKey: .url) ?? ""
    self.url = url.hasSuffix("/patroni") ? String(url.dropLast("/patroni".count)) : url
    tags = try container.decodeIfPresent(PatroniTags.self, forKey: .tags) ?? PatroniTags()
  }

  package var isLeader: Bool { role == "leader" || role == "standby_leader" }
  package var isRunning: Bool { state == "running" || state == "streaming" }
}

/// What an operator has said of a member.
package struct PatroniTags: Hashable, Sendable, Decodable {
  /// Never becomes the leader.
  package var noFailover: Bool
  /// Not to be read from.
  package var noLoadBalance: Bool
  /// Never a synchronous replica.
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
