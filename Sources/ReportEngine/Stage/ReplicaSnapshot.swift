import PostgresClient
import ReportLedger
import ReportModel

/// One READ ONLY REPEATABLE READ snapshot on one replica; every report of a level is read in it.
///
/// A report's error is undone to a savepoint, so that the others go on in the same snapshot.
package struct ReplicaSnapshot: Sendable {
  /// In the transaction that holds the snapshot.
  package let connection: Connection
  /// With the snapshot's exported name.
  package let asOf: AsOf
  /// Shared with the sessions that have joined.
  package let memo: CatalogMemo

  /// - Parameter asOf: gets the snapshot's name.
  package static func begin(on connection: Connection, asOf: AsOf) async throws -> ReplicaSnapshot {
    let rows = try await connection.query(
      "SELECT pg_export_snapshot() AS snapshot", after: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
      before: "SAVEPOINT report")
    var asOf = asOf
    asOf.snapshot = try Row(only: rows)["snapshot"]
    return ReplicaSnapshot(connection: connection, asOf: asOf, memo: CatalogMemo())
  }

  /// The same snapshot in a session of its own, on the same server, so that reports are read side by side.
  ///
  /// It stays good when the session that it came from ends.
  /// - Throws: `RunError`, transient, when the snapshot is gone already.
  package func joined(by servers: Servers) async throws -> ReplicaSnapshot {
    let session =
      asOf.replica == ReplicaGate.primaryPlace
      ? try await servers.openReaderOfPrimary() : try await servers.openReplica(at: await connection.place)
    do {
      _ = try await session.execute(
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;"
          + " SET TRANSACTION SNAPSHOT \(SQLQuote.literal(asOf.snapshot)); SAVEPOINT report")
      return ReplicaSnapshot(connection: session, asOf: asOf, memo: memo)
    } catch {
      await session.close()
      guard let error = error as? PostgresError, error.sqlState.matches(.invalidParameterValue) else {
        throw error
      }
      throw RunError(
        .tryAgain,
        Diagnostic(
          "the level's snapshot on the replica was lost (SQLSTATE \(error.sqlState))",
          effect: .nothingPublished, hint: "Run again; what was published before is unchanged."),
        sqlState: error.sqlState.rawValue, isTransient: true, server: "replica")
    }
  }

  /// Runs one report's reads. After an error of the report itself the snapshot is still good.
  package func reading<Value: Sendable>(_ body: (Connection) async throws -> Value) async throws -> Value {
    do {
      return try await body(connection)
    } catch {
      // The session may be gone; then the next read says so, and the level is read again.
      _ = try? await connection.execute("ROLLBACK TO SAVEPOINT report")
      throw error
    }
  }

  /// Ends one report's reads: what it read has to be what the snapshot shows.
  ///
  /// Undoes what functions that the report's SQL called have changed in the session: `set_config` outlives its statement,
  /// and the next report must mean what its SQL says. The transaction's locks on what was read are gone afterwards.
  /// - Throws: `RunError`, transient, that names a table which was replaced meanwhile.
  func endReport() async throws {
    try await ReplacedTables(connection: connection).requireNone(thenRollBackTo: "report")
  }

  /// The as-of of a report that was read just now, with what it does not hold for. The transaction's locks, which tell what
  /// was read, must be of this report alone.
  ///
  /// - Throws: `RunError` 65 when the report read rows of other servers, and does not allow it.
  package func provenAsOf(of report: Report) async throws -> AsOf {
    let elsewhere = try await reading { replica in
      let elsewhere = try await RowsElsewhere.read(by: report, in: replica, memo: memo)
      try elsewhere.requireAllowed(by: report)
      return elsewhere
    }
    return elsewhere.isEmpty ? asOf : asOf.unproven(for: elsewhere.sources)
  }

  /// Ends the transaction. Nothing may wait for replay before: an open snapshot can hold up the replay of our own publish.
  ///
  /// By a rollback, for the reason of `endReport`: the session reads files' rows and the ledger afterwards.
  package func end() async {
    _ = try? await connection.execute("ROLLBACK")
  }

  /// Ends a session that `joined` has opened.
  package func leave() async { await connection.close() }
}
