import PostgresClient
import ReportModel

/// A summary table as one transaction sees it: which relation, which file, and which publish wrote it last.
///
/// The file of a relation is another one after TRUNCATE, VACUUM FULL, CLUSTER and a change of a column's type, and with
/// it the places of all rows.
package struct PublishedTable: Hashable, Sendable {
  var relation: String
  var file: String
  /// Of the rows themselves, without indexes and large values stored apart.
  package var bytes: Int
  /// The session may read every row of it.
  package var isReadable: Bool
  /// The attempt that published the report last; nil when none has.
  var newestAttempt: String?

  package init(relation: String, file: String, bytes: Int, isReadable: Bool, newestAttempt: String?) {
    self.relation = relation
    self.file = file
    self.bytes = bytes
    self.isReadable = isReadable
    self.newestAttempt = newestAttempt
  }

  /// Whether both are the same rows at the same places, but for what others than reportgen have written.
  package func isSame(as other: PublishedTable) -> Bool {
    relation == other.relation && file == other.file && newestAttempt == other.newestAttempt
  }

  /// - Parameter opening: a statement that goes before, in the same round trip; nil for none.
  /// - Returns: nil when no plain table has the name.
  package static func read(
    of report: Report, on connection: Connection, opening: String? = nil
  ) async throws -> PublishedTable? {
    guard let table = report.materialization.table else { return nil }
    let sql = """
      \(opening.map { $0 + "; " } ?? "")SELECT c.oid AS relation, c.relfilenode AS file, pg_relation_size(c.oid) AS bytes,
        has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') AND NOT row_security_active(c.oid)
          AS is_readable,
        (SELECT r.attempt_id FROM reportgen.report_run r
          WHERE r.report = \(SQLQuote.literal(report.name)) AND r.published_at IS NOT NULL
          ORDER BY r.published_at DESC LIMIT 1) AS newest_attempt
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = \(SQLQuote.literal(table.schema)) AND c.relname = \(SQLQuote.literal(table.name))
        AND c.relkind = 'r'
      """
    guard let row = try await connection.query(sql).decoded.first else { return nil }
    return PublishedTable(
      relation: try row["relation"], file: try row["file"], bytes: try row.int("bytes"),
      isReadable: try row.bool("is_readable"), newestAttempt: try row.optional("newest_attempt"))
  }

  /// Whether rows lie about in the order of the column, by the statistics.
  package static func isOrdered(_ table: QualifiedName, by column: String, on connection: Connection)
    async throws -> Bool
  {
    try await !connection.query(
      """
      SELECT FROM pg_stats WHERE schemaname = $1 AND tablename = $2 AND attname = $3 AND NOT inherited
        AND correlation > 0.9
      """, [table.schema, table.name, column]
    ).isEmpty
  }

  /// Those of the columns that hold a null in some row of the table.
  package static func columnsWithNulls(
    among columns: [String], of table: QualifiedName, on connection: Connection
  ) async throws -> Set<String> {
    guard !columns.isEmpty else { return [] }
    let looks = columns.map {
      "EXISTS (SELECT FROM \(table.quoted) t WHERE t.\(SQLQuote.identifier($0)) IS NULL)"
    }
    let found = try await connection.query("SELECT \(looks.joined(separator: ", "))").first
    return Set(columns.indices.filter { found?[$0] != "f" }.map { columns[$0] })
  }
}
