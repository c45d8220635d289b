import PostgresClient
import ReportLedger
import ReportModel

/// What the definitions need of the servers.
extension DoctorEngine {
  /// - Parameter reader: a session of the role that reads; nil when it cannot connect.
  /// - Returns: nil when there are no definitions, or the catalogs could not be read.
  func examineReports(
    _ session: Connection, reader: Connection?, _ ledger: DoctorFacts.LedgerState?
  ) async throws -> DoctorFacts.Reports? {
    guard let graph else { return nil }
    var found = DoctorFacts.Reports(count: graph.reports.count)
    do {
      found.missingForOwner = try await servers.missingRights(graph.reports, isPrimary: true, on: session)
      if let reader { try await examineReading(graph, reader, &found) }
      found.absent = try await absent(graph, session)
      guard ledger == .current else { return found }
      let tables = try await Ledger(connection: session).tables.facts(of: graph.reports)
      found.lost = graph.reports.compactMap { report in
        tables[report.name].flatMap { facts in
          facts.loss(of: report)?.diagnostic(report, intervals: facts.publishedIntervals, .warning)
        }
      }
      found.orphans = try await Ledger(connection: session).orphans.all(defined: graph.reports.map(\.name))
        .map(
          \.name)
      return found
    } catch let error as PostgresError where !error.isTransient {
      return nil
    }
  }

  /// What the role that reads lacks, and queries that the server refuses it.
  private func examineReading(
    _ graph: DependencyGraph, _ reader: Connection, _ found: inout DoctorFacts.Reports
  ) async throws {
    var asked = graph.reports
    let reads = ServerReads(servers)
    for index in asked.indices where asked[index].syntax == .server {
      let report = asked[index]
      guard let refusal = try await reads.refusal(of: report, on: reader) else {
        // Names in a text that only the server parses can be of columns: asked about when it refuses one.
        asked[index].mentions = SQLMentions()
        continue
      }
      if refusal.sqlState.matches(.insufficientPrivilege) {
        guard try await servers.missingRights([report], isPrimary: false, on: reader).isEmpty else {
          continue
        }
      } else if try await waitsForAnother(report, graph, refusal, reader) {
        continue
      }
      found.refused.append(
        DoctorFacts.RefusedQuery(report: report.name, reason: refusal.reason, hint: refusal.advice))
    }
    found.missingForReader = try await servers.missingRights(asked, isPrimary: false, on: reader)
  }

  /// Whether a query is refused because a report that it reads has not made its table yet.
  private func waitsForAnother(
    _ report: Report, _ graph: DependencyGraph, _ refusal: PostgresError, _ reader: Connection
  ) async throws -> Bool {
    guard refusal.sqlState.matches(.undefinedTable) else { return false }
    for table in report.mentions.relations where graph.maker(of: table) != nil {
      if try await TableShape.read(table, on: reader) == nil { return true }
    }
    return false
  }

  private func absent(_ graph: DependencyGraph, _ session: Connection) async throws -> [DoctorFacts.Absence] {
    let reads = graph.reports.flatMap { report in
      Set(report.reads + report.checkReads).filter { graph.maker(of: $0) == nil }.sorted()
        .map { DoctorFacts.Absence(report: report.name, table: $0) }
    }
    let rows = try await session.query(
      """
      SELECT DISTINCT t.schema, t.name FROM unnest($1::text[], $2::text[]) t(schema, name)
      WHERE NOT EXISTS (
        SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = t.schema AND c.relname = t.name)
      """, [postgresArray(reads.map(\.table.schema)), postgresArray(reads.map(\.table.name))])
    let absent = Set(try rows.decoded.map { QualifiedName(schema: try $0["schema"], name: try $0["name"]) })
    return reads.filter { absent.contains($0.table) }
  }
}
