import PostgresClient
import ReportModel

/// Finds out whether a proxy gives a session's server process to others between transactions: then snapshots, locks and
/// settings of a session have no effect.
///
/// A proxy shows in the process id that it invents at the start of a session. How it pools, it does not say. So a second
/// session is opened, and both are asked who they are: a proxy that pools transactions lets the second one use the process
/// of the first, or gives the first one another process.
struct SharedBackend: Sendable {
  /// The pool may have several free processes, of which the first session would get its own again by chance.
  private static let questions = 5
  /// A pool of one process has none for the second session: then it belongs to the first alone.
  private static let patienceSeconds = 2

  let conninfo: String
  /// Those of the session.
  let options: ConnectionOptions

  /// Does nothing for a session without a proxy.
  ///
  /// - Throws: `RunError` 65 for a proxy that pools transactions or statements.
  func refuse(_ session: Connection) async throws {
    guard await session.isBehindProxy else { return }
    if try await isShared(session) {
      throw RunError(
        .definition,
        Diagnostic(
          "\(session.name) answers through a proxy that pools transactions",
          detail: "Two sessions were served by one process of the server, or one session by two.",
          effect: .nothingChanged,
          hint: "Set pool_mode = session for this database in PgBouncer, or connect to PostgreSQL itself: "
            + "snapshots, locks and settings have to belong to one session."))
    }
  }

  private func isShared(_ session: Connection) async throws -> Bool {
    let pid = await session.backendPID
    let second = await openSecond(at: await session.place)
    let isOne = await second?.backendPID == pid
    do {
      var isMoved = false
      for _ in 0..<Self.questions where !isOne && !isMoved { isMoved = try await answered(session) != pid }
      await second?.close()
      return isOne || isMoved
    } catch {
      await second?.close()
      throw error
    }
  }

  private func answered(_ session: Connection) async throws -> Int {
    try Row(only: try await session.query("SELECT pg_catalog.pg_backend_pid() AS pid")).int("pid")
  }

  private func openSecond(at place: ServerPlace) async -> Connection? {
    var options = options
    options.place = place
    options.setUpLimit = .seconds(Self.patienceSeconds)
    return try? await Connection.open(conninfo, options)
  }
}
