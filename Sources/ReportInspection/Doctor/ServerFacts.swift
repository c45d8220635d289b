import Foundation
import PostgresClient
import ReportLedger
import ReportModel

/// A server's own state, read by one query.
struct ServerFacts: Hashable, Sendable, Decodable {
  struct Replica: Hashable, Sendable, Decodable {
    var name: String
    /// `streaming`, `catchup`, …; nil when the role may not see it.
    var state: String?
    /// WAL that it has not replayed.
    var lagBytes: Int?
  }

  struct Slot: Hashable, Sendable, Decodable {
    var name: String
    var isActive: Bool
    /// `reserved`, `extended`, `unreserved`, `lost`.
    var walStatus: String?
    /// WAL that the primary keeps for it.
    var retainedBytes: Int?
  }

  struct Archiver: Hashable, Sendable, Decodable {
    var failedCount: Int
    /// The last attempt was one that failed.
    var isFailing: Bool
    var lastFailedFile: String?
    var secondsSinceSuccess: Int?
    /// WAL written since the beginning of the last archived segment; nil when that is not known.
    var waitingBytes: Int?
  }

  struct Role: Hashable, Sendable, Decodable {
    var name: String
    /// Whose rights it uses.
    var actsAs: String
    var isSuperuser: Bool
    var bypassesRowSecurity: Bool
    /// May see what other sessions and the WAL do.
    var isMonitor: Bool
    /// Summary tables may be created and read as the configured owner.
    var mayBeOwner: Bool
    /// A member of the configured owner, which since PostgreSQL 16 is not enough to become it.
    var isMember: Bool
  }

  /// Host and port, the cluster's name, or `local`.
  var place: String
  var isReplica: Bool
  var systemIdentifier: String
  var database: String
  /// The timeline that it replays or writes.
  var timeline: Int?
  var version: Int
  var versionText: String
  /// Seconds since 1970 by its own clock, when it answered.
  var clock: Double
  var startedAt: String
  var isReplayPaused: Bool
  /// Bytes of WAL written, or replayed, since the cluster began; nil on a replica that has replayed nothing.
  var position: Int?
  /// As `pg_settings` has them, without units.
  var settings: [String: String]
  var replicas: [Replica]
  var slots: [Slot]
  var archiver: Archiver
  var role: Role
  var sessions: Int?
  var walBytes: Int?
  /// A password opened the session over a network connection that is not encrypted.
  var isPasswordExposed: Bool?
  /// The end of its certificate's validity, in seconds since 1970; nil without TLS.
  var certificateEnd: Int?

  /// Names of `settings`.
  private static let names = [
    "hot_standby_feedback", "max_standby_streaming_delay", "synchronous_standby_names", "wal_level",
    "archive_mode", "fsync", "full_page_writes", "wal_sender_timeout", "wal_receiver_timeout",
    "max_connections", "max_slot_wal_keep_size", "superuser_reserved_connections", "reserved_connections",
    "wal_log_hints", "data_checksums",
  ]

  /// - Parameter owner: the role that owns the summary tables.
  static func read(on connection: Connection, owner: String?) async throws -> ServerFacts {
    let names = names.map { "'\($0)'" }.joined(separator: ", ")
    let rows = try await connection.query(
      """
      SELECT jsonb_build_object(
        'place', coalesce(host(inet_server_addr()) || ':' || inet_server_port(),
          nullif(current_setting('cluster_name'), ''), 'local'),
        'isReplica', pg_is_in_recovery(), 'database', current_database(),
        'systemIdentifier', (SELECT system_identifier::text FROM pg_control_system()),
        'timeline', CASE WHEN pg_is_in_recovery()
          THEN (SELECT coalesce(received_tli, 0) FROM pg_stat_get_wal_receiver())
          ELSE ('x' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8))::bit(32)::int END,
        'version', current_setting('server_version_num')::int, 'versionText', current_setting('server_version'),
        'clock', extract(epoch FROM clock_timestamp()),
        'startedAt', pg_postmaster_start_time()::text,
        'isReplayPaused', CASE WHEN pg_is_in_recovery() THEN pg_is_wal_replay_paused() ELSE false END,
        'position', pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()
          ELSE pg_current_wal_lsn() END, '0/0')::bigint,
        'settings', (SELECT jsonb_object_agg(name, setting) FROM pg_settings WHERE name IN (\(names))),
        'replicas', CASE WHEN pg_is_in_recovery() THEN '[]' ELSE (SELECT coalesce(jsonb_agg(jsonb_build_object(
            'name', coalesce(application_name, 'one'), 'state', state,
            'lagBytes', pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)::bigint)), '[]')
          FROM pg_stat_replication) END,
        'slots', (SELECT coalesce(jsonb_agg(jsonb_build_object(
            'name', slot_name, 'isActive', active, 'walStatus', wal_status,
            'retainedBytes', CASE WHEN NOT pg_is_in_recovery()
              THEN pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::bigint END) ORDER BY slot_name), '[]')
          FROM pg_replication_slots WHERE NOT temporary),
        'archiver', (SELECT jsonb_build_object(
            'failedCount', failed_count, 'lastFailedFile', last_failed_wal,
            'isFailing', coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false),
            'secondsSinceSuccess', extract(epoch FROM clock_timestamp() - last_archived_time)::bigint,
            'waitingBytes', CASE WHEN NOT pg_is_in_recovery() AND last_archived_wal ~ '^[0-9A-F]{24}$'
                AND left(last_archived_wal, 8) = left(pg_walfile_name(pg_current_wal_insert_lsn()), 8)
              THEN pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint
                - ('x' || substr(last_archived_wal, 9, 8))::bit(32)::bigint * 4294967296
                - ('x' || substr(last_archived_wal, 17, 8))::bit(32)::bigint * (
                  SELECT setting::bigint FROM pg_settings WHERE name = 'wal_segment_size') END)
          FROM pg_stat_archiver),
        'role', (SELECT jsonb_build_object(
            'name', session_user, 'actsAs', current_user, 'isSuperuser', rolsuper, 'bypassesRowSecurity', rolbypassrls,
            'isMonitor', pg_has_role(current_user, 'pg_monitor', 'USAGE'),
            'mayBeOwner', coalesce(
              (SELECT pg_has_role(session_user, o.oid, CASE WHEN current_setting('server_version_num')::int >= 160000
                THEN 'SET' ELSE 'MEMBER' END) FROM pg_roles o WHERE o.rolname = $1), $1 IS NULL),
            'isMember', coalesce(
              (SELECT pg_has_role(session_user, o.oid, 'MEMBER') FROM pg_roles o WHERE o.rolname = $1), false))
          FROM pg_roles WHERE rolname = session_user),
        'sessions', (SELECT sum(numbackends) FROM pg_stat_database))
      """, [owner])
    guard let text = rows.rows.first?.first ?? nil else {
      throw RunError(.bug, Diagnosis.unreadable)
    }
    var facts = try JSONDecoder().decode(ServerFacts.self, from: Data(text.utf8))
    facts.isPasswordExposed = await connection.exposesPassword
    facts.certificateEnd = await connection.serverCertificate?.end
    // In a statement of its own: the server checks the privilege even when the call is not executed.
    if facts.role.isMonitor,
      let size = try? await connection.query("SELECT sum(size)::bigint AS bytes FROM pg_ls_waldir()")
    {
      facts.walBytes = try Row(only: size).int("bytes")
    }
    return facts
  }
}
