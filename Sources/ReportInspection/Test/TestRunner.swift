import PostgresClient
import ReportLedger
import ReportModel

/// Runs definition tests on the sandbox's primary: inserts their rows into empty tables, runs the report's own SQL on
/// them, and compares the result.
///
/// All of it is one transaction that is rolled back.
package struct TestRunner: Sendable {
  private let servers: Servers
  private let reader: String
  private let patienceSeconds: Int

  /// - Parameters:
  ///   - servers: the primary is that of the sandbox, as its superuser.
  ///   - reader: the role by which runs read.
  ///   - patienceSeconds: how long one statement may take, and how long another command's lock is waited for.
  package init(servers: Servers, reader: String, patienceSeconds: Int = 60) {
    self.servers = servers
    self.reader = reader
    self.patienceSeconds = patienceSeconds
  }

  /// - Parameter finished: called for each test, in the order of the files.
  /// - Throws: `RunError` when the tests could not be run to their end.
  package func run(
    _ suites: [ReportTests], graph: DependencyGraph, finished: @Sendable (TestOutcome) -> Void
  ) async throws -> [TestOutcome] {
    do {
      let connection = try await servers.openPrimary()
      do {
        let outcomes = try await run(suites, graph, connection, finished)
        await close(connection)
        return outcomes
      } catch {
        await close(connection)
        throw error
      }
    } catch {
      throw RunError.from(error, "could not run the tests")
    }
  }

  /// Waits for the rollback, so that whoever reads the sandbox afterwards finds it as it was.
  private func close(_ connection: Connection) async {
    await connection.rollback()
    await connection.close()
  }

  private func run(
    _ suites: [ReportTests], _ graph: DependencyGraph, _ connection: Connection,
    _ finished: (TestOutcome) -> Void
  ) async throws -> [TestOutcome] {
    var transaction = TestTransaction(
      connection: connection, timezone: servers.timezone, reader: reader, patienceSeconds: patienceSeconds)
    try await transaction.prepare(suites, graph: graph)
    var outcomes: [TestOutcome] = []
    for suite in suites {
      guard let report = graph.reports.first(where: { $0.name == suite.report }) else { continue }
      for test in suite.tests {
        let outcome = try await TestRun(
          transaction: transaction, report: report, file: suite.file, test: test
        ).run()
        try await transaction.reset()
        finished(outcome)
        outcomes.append(outcome)
      }
    }
    return outcomes
  }
}
