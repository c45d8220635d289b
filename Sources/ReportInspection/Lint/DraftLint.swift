import PostgresClient
import ReportLedger
import ReportModel

/// Whether the replica would run the query of a report that is not in the project yet.
package struct DraftLint: Sendable {
  let connection: Connection
  let servers: Servers

  /// - Parameter connection: a session on the replica, READ ONLY; the query is planned and not run.
  package init(connection: Connection, servers: Servers) {
    self.connection = connection
    self.servers = servers
  }

  /// - Returns: errors and warnings.
  /// - Throws: when the server cannot be asked any more.
  package func findings(_ report: Report) async throws -> [Diagnostic] {
    try await ReportLint(report: report, graph: DependencyGraph([report]), timezone: servers.timezone)
      .queryFindings(on: connection, servers: servers)
  }
}
