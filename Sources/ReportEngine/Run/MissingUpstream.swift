import PostgresClient
import ReportLedger
import ReportModel

/// Names the report that makes a table which another report reads and which is not there yet.
struct MissingUpstream: Sendable {
  let graph: DependencyGraph
  let report: Report

  /// Adds the hint to the failure of a query that read a table which does not exist.
  ///
  /// The catalogs decide which table is missing: the server's message names it in the server's language.
  func explaining(_ failure: RunError, on sessions: RunSessions) async -> RunError {
    guard failure.sqlState == SQLState.undefinedTable.rawValue, !made.isEmpty else { return failure }
    let (tables, main) = (made.map(\.table), await sessions.main)
    let missing = try? await Self.missing(tables, on: main.connection())
    return explaining(failure, missing: missing ?? [])
  }

  /// Pure.
  func explaining(_ failure: RunError, missing: Set<QualifiedName>) -> RunError {
    guard let maker = made.first(where: { missing.contains($0.table) })?.maker else { return failure }
    var explained = failure
    explained.diagnostic.hint =
      "\"\(maker)\" makes it: run \"reportgen run +\(report.name)\", which runs what \"\(report.name)\" reads first."
    return explained
  }

  /// What it reads and other reports make.
  private var made: [(table: QualifiedName, maker: String)] {
    report.reads.compactMap { table in
      graph.maker(of: table).flatMap { $0 == report.name ? nil : (table, $0) }
    }
  }

  private static func missing(_ tables: [QualifiedName], on connection: Connection) async throws -> Set<
    QualifiedName
  > {
    let rows = try await connection.query(
      """
      SELECT t.schema, t.name FROM unnest($1::text[], $2::text[]) t(schema, name)
      WHERE NOT EXISTS (
        SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = t.schema AND c.relname = t.name)
      """, [postgresArray(tables.map(\.schema)), postgresArray(tables.map(\.name))])
    return Set(try rows.decoded.map { QualifiedName(schema: try $0["schema"], name: try $0["name"]) })
  }
}
