import PostgresClient
import ReportModel

/// Tables that a transaction has read and that are not those of its snapshot any more.
///
/// TRUNCATE, another type of a column or a swap of names leave nothing for older snapshots: what is read of such a table
/// afterwards looks empty. A transaction keeps its locks on all that it has read, through views and functions, too; the
/// catalogs as the snapshot shows them know a table's old file, and the server the new one.
package struct ReplacedTables: Sendable {
  let connection: Connection

  /// - Parameter connection: the session whose transaction has read the tables.
  package init(connection: Connection) {
    self.connection = connection
  }

  /// - Throws: `RunError`, transient, that names one of them.
  package func requireNone() async throws { try Self.requireNone(try await connection.query(Self.query)) }

  /// The same, and then the locks of what was read are released.
  ///
  /// - Parameter savepoint: the transaction goes back to it.
  func requireNone(thenRollBackTo savepoint: String) async throws {
    try Self.requireNone(
      try await connection.query(Self.query, before: "ROLLBACK TO SAVEPOINT \(savepoint)"))
  }

  private static func requireNone(_ found: Rows) throws {
    guard let table = found.rows.first?.first ?? nil else { return }
    throw RunError(
      .tryAgain,
      Diagnostic(
        "\(table) was emptied or replaced after the snapshot was taken",
        detail: "What was read of it is not used: table and files are as they were.",
        hint: "Run again when what writes to it has ended."), isTransient: true)
  }

  /// An index that is newer than the snapshot is no table; nor is a view, which has no file.
  private static let query = """
    SELECT l.relation::regclass::text
    FROM pg_locks l LEFT JOIN pg_class c ON c.oid = l.relation
    WHERE l.locktype = 'relation' AND l.pid = pg_backend_pid() AND l.relation >= 16384
      AND CASE WHEN c.oid IS NULL
        THEN pg_relation_filenode(l.relation) IS NOT NULL AND pg_get_indexdef(l.relation) IS NULL
        ELSE c.relkind IN ('r', 'm') AND c.relfilenode <> pg_relation_filenode(c.oid) END
    LIMIT 1
    """
}
