import PostgresClient
import ReportModel

/// How many rows of a table the open transaction has inserted, updated and deleted, by the server's own count: the
/// statements of triggers and rules included, whichever rows they meet.
package struct WrittenRows: Hashable, Sendable {
  package var inserted: Int
  package var updated: Int
  package var deleted: Int

  package init(inserted: Int = 0, updated: Int = 0, deleted: Int = 0) {
    self.inserted = inserted
    self.updated = updated
    self.deleted = deleted
  }

  /// The counts so far. Those of a session's last transactions can be among them, so that only the difference of two
  /// readings in one transaction says something.
  ///
  /// - Returns: nil when there is no such table, and where the server does not count (`track_counts = off`).
  package static func read(_ table: QualifiedName, on primary: Connection) async throws -> WrittenRows? {
    let rows = try await primary.query(query, [table.quoted]).decoded
    guard let row = rows.first else { return nil }
    return WrittenRows(
      inserted: try row.int("inserted"), updated: try row.int("updated"), deleted: try row.int("deleted"))
  }

  package static func - (after: WrittenRows, before: WrittenRows) -> WrittenRows {
    WrittenRows(
      inserted: after.inserted - before.inserted, updated: after.updated - before.updated,
      deleted: after.deleted - before.deleted)
  }

  private static let query = """
    SELECT pg_stat_get_xact_tuples_inserted(c.oid) AS inserted, pg_stat_get_xact_tuples_updated(c.oid) AS updated,
      pg_stat_get_xact_tuples_deleted(c.oid) AS deleted
    FROM (SELECT to_regclass($1)::oid AS oid) c WHERE c.oid IS NOT NULL AND current_setting('track_counts')::boolean
    """
}
