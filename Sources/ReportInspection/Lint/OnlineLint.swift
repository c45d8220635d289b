import PostgresClient
import ReportEngine
import ReportLedger
import ReportModel

/// What only the servers know of definitions: whether tables, columns, functions and types exist, with which rights, and
/// whether what a query gives fits the table that is there.
///
/// Queries are planned and not run, in READ ONLY transactions that are rolled back.
package struct OnlineLint: Sendable {
  let servers: Servers

  /// - Parameter servers: of the environment that is asked.
  package init(servers: Servers) { self.servers = servers }

  /// - Parameter graph: of every report of the project.
  /// - Returns: findings in the order of the reports, errors and warnings.
  /// - Throws: `RunError` when a server cannot be asked.
  package func lint(_ reports: [Report], graph: DependencyGraph) async throws -> [Diagnostic] {
    do {
      let replica = try await servers.openReplica()
      defer { Task { await replica.close() } }
      let primary = try await servers.openReaderOfPrimary()
      defer { Task { await primary.close() } }
      var found: [Diagnostic] = []
      for report in reports.sorted(by: { $0.name < $1.name }) {
        try Task.checkCancellation()
        let lint = ReportLint(report: report, graph: graph, timezone: servers.timezone)
        found += try await lint.findings(replica: replica, primary: primary, servers: servers)
      }
      return found
    } catch let error as CancellationError {
      throw RunError.from(error)
    } catch {
      throw RunError.from(error, "could not ask the servers about the definitions")
    }
  }
}
