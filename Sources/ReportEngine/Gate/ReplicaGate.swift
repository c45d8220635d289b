import Foundation
import PostgresClient
import ReportLedger
import ReportModel

/// Chooses a replica, and waits until it has replayed everything that was committed on the primary before.
package struct ReplicaGate: Sendable {
  /// What the as-of calls a primary that was read in place of a replica.
  static let primaryPlace = "primary"

  package let servers: Servers
  let environment: Project.Environment

  /// - Parameter environment: says how long a replica is waited for, and what to do when it lags for longer.
  package init(servers: Servers, environment: Project.Environment) {
    self.servers = servers
    self.environment = environment
  }

  /// The primary's clock, position and identity, read once.
  package struct Reading {
    /// Without a snapshot and a replica, which are not chosen yet.
    package var asOf: AsOf
    /// Equal on all servers of one cluster.
    package var systemIdentifier: String
    package var database: String
    /// Of the primary's session.
    var locale: SessionLocale
  }

  /// Marks the run's row first. A replica that a failover has left behind shows an older mark. And the mark's commit
  /// writes out the WAL before it: a replica would otherwise wait up to `wal_writer_delay` for what nobody has flushed, as
  /// a write to an unlogged table leaves it.
  ///
  /// - Parameters:
  ///   - runID: the run whose row must be seen on the replica, which proves that it follows this primary.
  ///   - primary: called while sessions on the replicas are opened.
  /// - Returns: a session without a transaction, and the as-of.
  /// - Throws: `RunError`: 65 when the two belong to different clusters or databases, 75 when the replica lags, 69 when it
  ///   cannot be reached; what `primary` throws.
  func pass(runID: UUID, primary: () async throws -> Connection) async throws -> (
    replica: Connection, asOf: AsOf
  ) {
    try await pass {
      let primary = try await primary()
      let marked = try await Ledger(connection: primary).mark(runID)
      return (RunMark(runID: runID, gates: marked), try await read(primary))
    }
  }

  /// - Parameter ask: asks the primary, while sessions on the replicas are opened.
  func pass(
    _ ask: () async throws -> (mark: RunMark, reading: Reading)
  ) async throws -> (replica: Connection, asOf: AsOf) {
    guard environment.hasReplica else { return try await usePrimary(try await ask().reading.asOf) }
    async let opening = OpenedReplicas.open(by: self)
    let mark: RunMark
    let reading: Reading
    do {
      (mark, reading) = try await ask()
    } catch {
      await opening.close()
      throw error
    }
    let candidates: [ReplicaCandidate]
    do {
      candidates = try await opening.candidates { try await requirePair($0, reading) }
    } catch let error as PostgresError where error.isTransient && environment.lagging == .usePrimary {
      return try await usePrimary(reading.asOf)
    }
    do {
      let choice = try await ReplayWait(
        needed: reading.asOf.position, mark: mark,
        patienceMilliseconds: environment.lagWaitSeconds * 1000
      ).choose(from: candidates)
      for candidate in candidates where candidate.session !== choice.candidate.session {
        await candidate.session.close()
      }
      var asOf = reading.asOf
      asOf.replica = choice.candidate.place
      guard let refusal = choice.refusal else { return (choice.candidate.session, asOf) }
      await choice.candidate.session.close()
      guard environment.lagging == .usePrimary else { throw refused(asOf, refusal) }
      return try await usePrimary(reading.asOf)
    } catch {
      for candidate in candidates { await candidate.session.close() }
      throw error
    }
  }

  /// The as-of of something that reads no replica: a view.
  func asOfPrimary(_ primary: Connection) async throws -> AsOf { try await read(primary).asOf }

  /// The clock first, then the position, which the query makes depend on the clock: whatever was committed before the
  /// clock was read lies before the position.
  package func read(_ primary: Connection) async throws -> Reading {
    let rows = try await primary.query(
      """
      SELECT pg_is_in_recovery() AS is_replica, to_char(c.now, 'YYYY-MM-DD HH24:MI:SS TZ') AS time, c.now AS iso_time,
        c.now::date AS today, (pg_control_system()).system_identifier, current_database() AS database,
        p.lsn, ('x' || substr(pg_walfile_name(p.lsn), 1, 8))::bit(32)::int AS timeline,
        \(SessionLocale.columns)
      FROM (SELECT \(servers.now) AS now OFFSET 0) c
      CROSS JOIN LATERAL (
        SELECT CASE WHEN c.now IS NOT NULL AND NOT pg_is_in_recovery() THEN pg_current_wal_insert_lsn() END AS lsn OFFSET 0) p
      """)
    let facts = try Row(only: rows)
    guard try facts["is_replica"] == "f" else {
      throw RunError(
        .tryAgain,
        Diagnostic(
          "the primary's connection string leads to a replica", effect: .nothingPublished,
          hint: Servers.leaderHint),
        isTransient: true)
    }
    guard let lsn = WALPosition(try facts["lsn"]), let today = CalendarDate(try facts["today"]) else {
      throw RunError(.bug, Diagnostic("the primary's clock or position is not readable"))
    }
    let asOf = AsOf(
      position: lsn.roundedToPageStart(), time: try facts["time"], isoTime: try facts["iso_time"],
      today: today,
      timeline: try facts.int("timeline"), snapshot: "", replica: "")
    return Reading(
      asOf: asOf, systemIdentifier: try facts["system_identifier"], database: try facts["database"],
      locale: try SessionLocale(facts))
  }

  private func usePrimary(_ asOf: AsOf) async throws -> (replica: Connection, asOf: AsOf) {
    let connection = try await servers.openReaderOfPrimary()
    var asOf = asOf
    asOf.replica = Self.primaryPlace
    return (connection, asOf)
  }

  private func refused(_ asOf: AsOf, _ refusal: GateRefusal) -> RunError {
    let (message, hint) =
      switch refusal {
      case .otherHistory:
        (
          "replica \"\(asOf.replica)\" does not follow the primary",
          "Both strings of the environment have to lead to the current leader's cluster; see docs/runbook.md,"
            + " \"After a failover\"."
        )
      case .notReplayed:
        (
          "replica \"\(asOf.replica)\" has not replayed \(asOf.position)",
          "Run again later or raise on_lag.wait; see docs/runbook.md, \"Replica behind\"."
        )
      }
    return RunError(
      .tryAgain, Diagnostic(message, detail: refusal.sentence, effect: .nothingPublished, hint: hint))
  }
}
