import Foundation
import ReportModel

/// The state of a sandbox: its servers and its files.
package struct SandboxStatus: Sendable, Hashable, Codable {
  /// The state of one server.
  package enum State: String, Sendable, Hashable, Codable {
    /// Accepts connections; a replica also streams from its primary.
    case up
    /// Complete, and not running.
    case down
    /// Partly created, not answering, or a replica that does not stream; `up` repairs it.
    case broken
    /// Never created, or removed.
    case absent
  }

  /// One of the two servers.
  package struct Server: Sendable, Hashable, Codable {
    package var state: State
    /// `server_version`; nil unless the server answers.
    package var version: String?
    /// The postmaster's process; nil unless it runs.
    package var processID: Int32?
    /// A part of the socket's name.
    package var port: Int
    /// Nil where nothing was created.
    package var logFile: String?
  }

  package var primary: Server
  package var replica: Server
  /// Holds data and logs; nil where nothing was created.
  package var dataDirectory: String?
  /// Also while there are no sockets.
  package var socketDirectory: String
  /// The database of the setup files.
  package var database: String
  /// The primary's WAL that the replica has not replayed; nil unless both answer.
  package var replayLagBytes: Int?

  /// Whether both servers are up.
  package var isUp: Bool { primary.state == .up && replica.state == .up }
}

extension Sandbox {
  /// Whether the primary is complete and accepts connections, by its files alone.
  package var isPrimaryUp: Bool {
    guard let folder = layout.dataDirectory, Markers(folder).isComplete(.primary),
      let user = try? ServerUser.current(), let pair = try? makePair(folder, user, ofAnyVersion: true)
    else { return false }
    return pair.primary.isReady
  }

  /// Reads folders, processes and, where they answer, servers; changes nothing and takes at most seconds.
  package func status() async -> SandboxStatus {
    var status = SandboxStatus(
      primary: .init(state: .absent, port: ServerPair.primaryPort),
      replica: .init(state: .absent, port: ServerPair.replicaPort),
      dataDirectory: layout.dataDirectory, socketDirectory: layout.socketDirectory,
      database: settings.database)
    guard let folder = layout.dataDirectory else { return status }
    guard let user = try? ServerUser.current(), let pair = try? makePair(folder, user, ofAnyVersion: true)
    else {
      status.primary.state = .broken
      status.replica.state = .broken
      return status
    }
    status.primary = look(at: pair.primary, Markers(folder).isComplete(.primary))
    status.replica = look(at: pair.replica, Markers(folder).isComplete(.replica))
    await ask(pair, &status)
    return status
  }

  private func look(at server: PostgresServer, _ isComplete: Bool) -> SandboxStatus.Server {
    let process = server.processID
    let state: SandboxStatus.State =
      !isComplete ? .broken : process == nil ? .down : server.isReady ? .up : .broken
    return .init(
      state: state, version: nil, processID: process, port: server.port, logFile: server.logFile)
  }

  private func ask(_ pair: ServerPair, _ status: inout SandboxStatus) async {
    var position: String?
    if status.primary.state == .up {
      let sql = "select current_setting('server_version'), pg_current_wal_lsn()"
      let answer = try? await pair.query(pair.primary, sql).split(separator: "|").map(String.init)
      status.primary.version = answer?.first
      position = answer?.last
      if answer == nil { status.primary.state = .broken }
    }
    guard status.replica.state == .up else { return }
    let since = position.map { "'\($0)'" } ?? "pg_last_wal_replay_lsn()"
    let sql = """
      select current_setting('server_version'), pg_is_in_recovery(),
        (select count(*) from pg_stat_wal_receiver where status = 'streaming'),
        greatest(pg_wal_lsn_diff(\(since), pg_last_wal_replay_lsn()), 0)
      """
    let answer = try? await pair.query(pair.replica, sql).split(separator: "|").map(String.init)
    status.replica.version = answer?.first
    let streams = answer?.dropFirst(2).first == "1" || (answer != nil && status.primary.state != .up)
    if answer?.dropFirst().first != "t" || !streams { status.replica.state = .broken }
    if position != nil, status.replica.state == .up {
      status.replayLagBytes = answer?.last.flatMap { Int($0) }
    }
  }
}
