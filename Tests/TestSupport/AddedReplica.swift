import Sandbox

/// A further replica of a pair's primary.
package struct AddedReplica: Sendable {
  private let pair: ServerPair
  private let server: PostgresServer

  init(_ pair: ServerPair, name: String, port: Int) async throws {
    self.pair = pair
    server = pair.makeReplica(name, port: port)
    try await pair.copyPrimary(to: server)
    try await server.start()
  }

  package var port: Int { server.port }

  /// The rows of one statement of the superuser.
  package func query(_ sql: String) async throws -> String { try await pair.query(server, sql) }

  /// Ends the server; a pair that is stopped does not know of it.
  package func stop() async throws { try await server.stopNow() }
}
