import Foundation

/// What one member's `GET /cluster` says of all members: hearsay, which can be older than Patroni's ttl.
///
/// Reads the forms of Patroni 2 to 4: a healthy replica is `running` or `streaming`, its lag a number or a word.
/// - SeeAlso: Patroni, "REST API", cluster status endpoints.
public struct PatroniCluster: Hashable, Sendable, Decodable {
  public var members: [PatroniMember]
  /// Automatic failover is switched off by hand.
  public var isPaused: Bool

  public init(members: [PatroniMember], isPaused: Bool = false) {
    self.members = members
    self.isPaused = isPaused
  }

  enum CodingKeys: String, CodingKey {
    case members
    case isPaused = "pause"
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    members = try container.decode([PatroniMember].self, forKey: .members)
    isPaused = try container.decodeIfPresent(Bool.self, forKey: .isPaused) ?? false
  }

  public var leader: PatroniMember? { members.first(where: \.isLeader) }
}

/// One member as another one tells of it.
public struct PatroniMember: Hashable, Sendable, Decodable {
  public var name: String
  /// `leader`, `replica`, `sync_standby`, `standby_leader`, …
  public var role: String
  /// `running`, `streaming`, `stopped`, `start failed`, …
  public var state: String
  public var host: String
  public var port: Int
  /// Nil where its server does not run.
  public var timeline: Int?
  /// Bytes not yet received; nil on the leader, and where it is unknown.
  public var lagBytes: Int?
  /// The URL of its own interface, without a path.
  public var url: String
  public var tags: PatroniTags

  public init(
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

  public init(from decoder: any Decoder) throws {
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

  public var isLeader: Bool { role == "leader" || role == "standby_leader" }
  public var isRunning: Bool { state == "running" || state == "streaming" }
}

/// What an operator has said of a member.
public struct PatroniTags: Hashable, Sendable, Decodable {
  /// Never becomes the leader.
  public var noFailover: Bool
  /// Not to be read from.
  public var noLoadBalance: Bool
  /// Never a synchronous replica.
  public var noSync: Bool

  public init(noFailover: Bool = false, noLoadBalance: Bool = false, noSync: Bool = false) {
    self.noFailover = noFailover
    self.noLoadBalance = noLoadBalance
    self.noSync = noSync
  }

  enum CodingKeys: String, CodingKey {
    case nofailover, noloadbalance, nosync
    case priority = "failover_priority"
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    func flag(_ key: CodingKeys) -> Bool { (try? container.decodeIfPresent(Bool.self, forKey: key)) ?? false }
    let priority = try? container.decodeIfPresent(Int.self, forKey: .priority)
    noFailover = flag(.nofailover) || priority.map { $0 <= 0 } ?? false
    noLoadBalance = flag(.noloadbalance)
    noSync = flag(.nosync)
  }
}
