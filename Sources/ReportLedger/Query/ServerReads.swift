import Foundation
import PostgresClient
import ReportModel

/// What reports with `syntax: server` read, as the server says: their SQL names tables that only it can tell from other
/// names, and hides others in views and functions.
package struct ServerReads: Sendable {
  /// Which of the relations count.
  package enum Kind: Sendable {
    /// Those that reports make: what decides the order of reports.
    case summaryTables
    /// All but PostgreSQL's own; with the tables under views.
    case all
  }

  private let open: @Sendable () async throws -> Connection
  private let timezone: String

  /// - Parameter open: opens a READ ONLY session, which is closed afterwards.
  package init(timezone: String, open: @escaping @Sendable () async throws -> Connection) {
    self.timezone = timezone
    self.open = open
  }

  /// On a replica, or else on the primary.
  package init(_ servers: Servers) {
    self.init(timezone: servers.timezone) {
      do { return try await servers.openReplica() } catch is CancellationError {
        throw CancellationError()
      } catch {
        return try await servers.openReaderOfPrimary()
      }
    }
  }

  /// The reports with these reads added to those that are known; opens no session when none needs it.
  ///
  /// A query that the server refuses keeps the reads that it has: its table may not be there yet, and any other error
  /// is one of the run, at its place in the file. So does every query when no server answers.
  /// - Throws: `RunError` with status 65 when reports turn out to depend on each other in a circle; `CancellationError`.
  package func adding(_ kind: Kind, to reports: [Report]) async throws -> [Report] {
    guard reports.contains(where: { $0.syntax == .server }) else { return reports }
    let connection: Connection
    do { connection = try await open() } catch let error as CancellationError { throw error } catch {
      return reports
    }
    let tables = Set(reports.compactMap(\.materialization.table))
    var reports = reports
    do {
      for index in reports.indices where reports[index].syntax == .server {
        guard let found = try await relations(of: reports[index], on: connection) else { continue }
        let kept = kind == .all ? found : found.intersection(tables)
        reports[index].reads = Set(reports[index].reads).union(kept).sorted()
      }
    } catch {
      await connection.close()
      throw error
    }
    await connection.close()
    try Self.requireOrder(reports)
    return reports
  }

  /// Why the server refuses a report's query to the role of a session; nil when it plans it.
  ///
  /// - Throws: an error of a lost session; `CancellationError`.
  package func refusal(of report: Report, on connection: Connection) async throws -> PostgresError? {
    do {
      try await connection.execute("BEGIN READ ONLY")
      _ = try await plan(report, on: connection)
      await connection.rollback()
      return nil
    } catch let error as PostgresError where !error.isTransient {
      await connection.rollback()
      return error
    }
  }

  /// - Returns: the plan as JSON; rights are looked at when it is made.
  private func plan(_ report: Report, on connection: Connection) async throws -> String {
    let interval = report.start.flatMap(report.period.interval(containing:))
    let sql = report.filledSQL(interval: interval, timezone: timezone)
    // As one statement, whatever its text is.
    _ = try await connection.describe(sql)
    return try Row(only: try await connection.query("EXPLAIN (VERBOSE, FORMAT JSON)\n\(sql)\n"))["QUERY PLAN"]
  }

  /// - Returns: nil when the server refuses the query, or is lost.
  private func relations(of report: Report, on connection: Connection) async throws -> Set<QualifiedName>? {
    do {
      try await connection.execute("BEGIN READ ONLY")
      let planned = QueryPlan.relations(try await plan(report, on: connection))
      let locked = try await connection.query(Self.locked).rows.compactMap { row in
        QualifiedName(schema: row[0] ?? "", name: row[1] ?? "")
      }
      await connection.rollback()
      return planned.union(locked).filter { !$0.schema.hasPrefix("pg_") && $0.schema != "information_schema" }
    } catch let error as CancellationError {
      throw error
    } catch {
      await connection.rollback()
      return nil
    }
  }

  /// What the transaction has locked since it parsed and planned the query: also views and partitioned tables, which a
  /// plan does not name, and tables that the planner has found it need not read.
  private static let locked = """
    SELECT n.nspname, c.relname FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
      JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
      AND NOT c.relispartition
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    """

  private static func requireOrder(_ reports: [Report]) throws {
    let graph = DependencyGraph(reports)
    for report in graph.reports where report.syntax == .server {
      let needed = graph.direct(upstreamOf: report.name)
      guard let other = needed.first(where: { graph.upstream(of: $0).contains(report.name) }) else {
        continue
      }
      throw RunError(
        .definition,
        Diagnostic(
          "\"\(report.name)\" and \"\(other)\" depend on each other, as the server says",
          hint: "A view or a function that one of them reads leads to the other's summary table.",
          file: report.sqlFile))
    }
  }
}

/// A plan as `EXPLAIN (VERBOSE, FORMAT JSON)` gives it.
private struct QueryPlan: Decodable {
  struct Node: Decodable {
    var schema: String?
    var relation: String?
    var nodes: [Node]?

    enum CodingKeys: String, CodingKey {
      case schema = "Schema"
      case relation = "Relation Name"
      case nodes = "Plans"
    }

    var relations: [QualifiedName] {
      let own = schema.flatMap { schema in relation.map { QualifiedName(schema: schema, name: $0) } }
      return (own.map { [$0] } ?? []) + (nodes ?? []).flatMap(\.relations)
    }
  }

  var plan: Node

  enum CodingKeys: String, CodingKey { case plan = "Plan" }

  /// The tables that it reads; those of partitions by their own names.
  static func relations(_ json: String) -> Set<QualifiedName> {
    let plans = (try? JSONDecoder().decode([QueryPlan].self, from: Data(json.utf8))) ?? []
    return Set(plans.flatMap(\.plan.relations))
  }
}
