import Foundation

/// The response of a member to `GET /patroni`: its own state.
package struct PatroniNode: Hashable, Sendable, Decodable {
  /// `running`, `streaming`, `stopped`, `start failed`, …
  package var state: String
  /// `master` in Patroni 3, `primary` in 4; `replica`, `standby_leader`.
  package var role: String
  /// As PostgreSQL writes a `timestamptz`.
  package var startedAt: String?
  /// 150018 for 15.18.
  package var serverVersion: Int?
  /// nil when PostgreSQL is not running.
  package var timeline: Int?
  /// `pg_control_system()`; a number of up to 20 digits.
  package var systemIdentifier: String?
  /// `pg_is_wal_replay_paused()`.
  package var isReplayPaused: Bool
  /// Whether changed settings need a restart of PostgreSQL.
  package var isRestartPending: Bool
  /// The version of Patroni.
  package var version: String?
  /// The name of the cluster.
  package var scope: String?

  package init(
    state: String, role: String, startedAt: String? = nil, serverVersion: Int? = nil, timeline: Int? = nil,
    systemIdentifier: String? = nil, isReplayPaused: Bool = false, isRestartPending: Bool = false,
    version: String? = nil, scope: String? = nil
  ) {
    self.state = state
    self.role = role
    self.startedAt = startedAt
    self.serverVersion = serverVersion
    self.timeline = timeline
    self.systemIdentifier = systemIdentifier
    self.isReplayPaused = isReplayPaused
    self.isRestartPending = isRestartPending
    self.version = version
    self.scope = scope
  }

  enum CodingKeys: String, CodingKey {
    case state, role, timeline, xlog, patroni
    case startedAt = "postmaster_start_time"
    case serverVersion = "server_version"
    case systemIdentifier = "database_system_identifier"
    case isRestartPending = "pending_restart"
  }

  private struct Log: Decodable {
    var paused: Bool?
  }

  private struct Software: Decodable {
    var version: String?
    var scope: String?
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    state = try container.decode(String.self, forKey: .state)
    role = try container.decodeIfPresent(String.self, forKey: .role) ?? "unknown"
    startedAt = try container.decodeIfPresent(String.self, forKey: .startedAt)
    serverVersion = try container.decodeIfPresent(Int.self, forKey: .serverVersion)
    timeline = try container.decodeIfPresent(Int.self, forKey: .timeline)
    systemIdentifier = try container.decodeIfPresent(String.self, forKey: .systemIdentifier)
    isReplayPaused = try container.decodeIfPresent(Log.self, forKey: .xlog)?.paused ?? false
    isRestartPending = (try? container.decodeIfPresent(Bool.self, forKey: .isRestartPending)) ?? false
    let software = try container.decodeIfPresent(Software.self, forKey: .patroni)
    version = software?.version
    scope = software?.scope
  }

  /// Whether the member says that its server is the primary.
  package var isPrimary: Bool { role == "master" || role == "primary" }
  /// Whether PostgreSQL is running; `streaming` since Patroni 3.
  package var isRunning: Bool { state == "running" || state == "streaming" }
}
