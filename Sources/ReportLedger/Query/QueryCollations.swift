import PostgresClient
import ReportModel

/// Asks which collations the columns of a report's query have, for a table that is to be made like it.
///
/// The query itself decides, and no row of it is read. `CREATE TABLE … AS` would know them, too, but it parses the
/// query as the owner of the table, and input functions of literals in it are then code of others with that owner's rights.
package struct QueryCollations: Sendable {
  let connection: Connection

  /// - Parameter connection: on which the report is read.
  package init(connection: Connection) { self.connection = connection }

  /// - Parameter columns: of the query.
  /// - Returns: the columns with those collations that are not their types' own.
  /// - Throws: `Diagnostic` for a column without a collation of its own, or with one of a schema that is not trusted.
  package func columns(_ columns: [ColumnShape], of query: ReportQuery, report: Report) async throws
    -> [ColumnShape]
  {
    let types = try await connection.query(
      "SELECT t.typcollation FROM unnest($1::text[]) WITH ORDINALITY c(type, position)"
        + " JOIN pg_type t ON t.oid = c.type::regtype ORDER BY c.position",
      [postgresArray(columns.map(\.type))])
    let own = types.rows.map { $0[0] ?? "0" }
    let collated = columns.indices.filter { own[$0] != "0" }
    guard !collated.isEmpty else { return columns }
    let list = collated.map {
      "pg_collation_for(q.\(SQLQuote.identifier(columns[$0].name)))::regcollation::oid"
    }
    let start =
      "\(Self.head)SELECT ARRAY[\(list.joined(separator: ", "))] AS oids"
      + " FROM (SELECT) one LEFT JOIN (SELECT * FROM (\n"
    let rows: [Row]
    do {
      rows = try await connection.query("\(start)\(query.sql)) q LIMIT 0) q ON true\(Self.tail)").decoded
    } catch let error as PostgresError where !error.isTransient {
      let place = error.position.flatMap { query.sourcePlace(serverPosition: $0, behind: start) }
      throw RunError.inReport(error, report: report, place: place)
    }
    var columns = columns
    for (index, row) in zip(collated, rows) {
      guard let oid = try row.optional("oid") else { throw Self.indeterminate(columns[index].name, report) }
      guard oid != own[index] else { continue }
      if let distrust = try SchemaTrust(row) {
        throw Self.distrusted(columns[index].name, try row["name"], distrust, report)
      }
      columns[index].collation = try row["name"]
    }
    return columns
  }

  private static let head = "WITH \(SchemaTrust.untrusted), found AS ("

  private static let tail = """
    )
    SELECT k.oid, quote_ident(n.nspname) || '.' || quote_ident(c.collname) AS name, d.schema, d.role, d.means
    FROM found CROSS JOIN LATERAL unnest(found.oids) WITH ORDINALITY k(oid, position)
    LEFT JOIN pg_collation c ON c.oid = k.oid
    LEFT JOIN pg_namespace n ON n.oid = c.collnamespace
    LEFT JOIN LATERAL (SELECT * FROM untrusted u WHERE u.oid = n.oid ORDER BY u.means, u.role LIMIT 1) d ON true
    ORDER BY k.position
    """

  private static func indeterminate(_ column: String, _ report: Report) -> Diagnostic {
    Diagnostic(
      "column \"\(column)\" mixes several collations", effect: .nothingPublished,
      hint: "Say with COLLATE in the SQL which one its values have.", file: report.sqlFile)
  }

  private static func distrusted(
    _ column: String, _ collation: String, _ distrust: SchemaTrust, _ report: Report
  ) -> Diagnostic {
    Diagnostic(
      "column \"\(column)\" has collation \(collation) of schema \"\(distrust.schema)\", \(distrust.clause)",
      detail: "Whoever can drop the collation could drop the column of the summary table with it.",
      effect: .nothingPublished,
      hint: "Say with COLLATE in the SQL which built-in collation its values have. Or \(distrust.remedy).",
      file: report.sqlFile)
  }
}

extension ColumnShape {
  /// The column list of a table that is made for a query.
  package static func list(_ columns: [ColumnShape]) -> String {
    "(\(columns.map(\.definition).joined(separator: ", ")))"
  }
}
