import Foundation
import PostgresClient
import ReportLedger
import ReportModel

/// Step 8: a publish is confirmed once a failover would keep it: a replica shows the ledger's rows.
struct Confirmation: Sendable {
  let servers: Servers
  let environment: Project.Environment

  /// Waits, within the environment's bound, until a replica shows the attempts as published.
  ///
  /// No snapshot may be open on the replica: it could hold up the very replay that is waited for.
  /// - Parameter replica: a session that may be used; the string's hosts take turns when it is lost or shows nothing.
  /// - Returns: the attempts that are confirmed.
  func wait(for attempts: [UUID], replica: Connection?) async throws -> Set<UUID> {
    guard environment.confirm == .replica else { return Set(attempts) }
    let deadline = ContinuousClock.now + .seconds(environment.confirmWaitSeconds)
    var turns = ReplicaTurns(servers: servers, session: replica)
    var confirmed: Set<UUID> = []
    var pause = 1
    repeat {
      do {
        let session = try await turns.session()
        confirmed = try await Ledger(connection: session).kept(attempts)
        // Patroni is asked only once a replica shows something.
        if !confirmed.isEmpty, await !isKept(by: session) {
          confirmed = []
          if turns.hasOthers { await turns.pass() }
        }
      } catch let error as PostgresError where error.isTransient || error.sqlState.matches(.undefinedTable) {
        await turns.pass()
      }
      if confirmed.count == attempts.count { break }
      // Another replica can be ahead of this one.
      if pause >= ReplicaTurns.patienceMilliseconds, turns.hasOthers { await turns.pass() }
      try await Task.sleep(for: .milliseconds(pause))
      pause = min(pause * 2, ReplicaTurns.patienceMilliseconds)
    } while ContinuousClock.now < deadline
    await turns.close()
    return confirmed
  }

  /// Whether a failover can make this server the leader, as far as Patroni says.
  private func isKept(by session: Connection) async -> Bool {
    guard let members = try? await ClusterMembers.ask(environment) else { return true }
    return members.refusal(at: await session.place) == nil
  }
}

/// One session at a time on one of the replicas, each host in its turn.
private struct ReplicaTurns {
  static let patienceMilliseconds = 250

  let servers: Servers
  private let places: [ServerPlace]
  /// The caller's session at first, which is not closed here.
  private var current: Connection?
  private var isOurs = false
  private var turn = 0

  init(servers: Servers, session: Connection?) {
    self.servers = servers
    places = (try? servers.replicaPlaces()) ?? []
    current = session
  }

  var hasOthers: Bool { places.count > 1 }

  mutating func session() async throws -> Connection {
    if let current { return current }
    // With one host libpq reads the string as it is.
    let place = hasOthers ? places[turn % places.count] : nil
    turn += 1
    let opened = try await servers.openReplica(at: place)
    (current, isOurs) = (opened, true)
    return opened
  }

  /// Gives the session up, so that the next host has its turn.
  mutating func pass() async {
    await close()
    current = nil
  }

  func close() async {
    if isOurs { await current?.close() }
  }
}
