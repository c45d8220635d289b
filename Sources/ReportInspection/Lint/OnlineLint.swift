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

  /// - Parameter reports: every one of the project.
  /// - Returns: findings in the order of the reports, errors and warnings; first what is wrong with their order.
  /// - Throws: `RunError` when a server cannot be asked.
  package func lint(_ reports: [Report]) async throws -> [Diagnostic] {
    do {
      let (reports, circle) = try await known(reports)
      let graph = DependencyGraph(reports)
      let replica = try await servers.openReplica()
      defer { Task { await replica.close() } }
      let primary = try await servers.openReaderOfPrimary()
      defer { Task { await primary.close() } }
      var found = circle
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

  /// The reports with what the server says of those whose SQL it parses, as a run has them.
  private func known(_ reports: [Report]) async throws -> ([Report], circle: [Diagnostic]) {
    do {
      return (try await ServerReads(servers).adding(.summaryTables, to: reports), [])
    } catch let error as RunError where error.status == .definition {
      return (reports, error.diagnostics)
    }
  }
}
