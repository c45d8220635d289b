import PostgresClient
import ReportModel

/// What others have put on a summary table that changes which rows a publish writes, or which rows readers see.
package struct OthersOnTable: Hashable, Sendable {
  /// Enabled triggers and rules, `trigger t`.
  package var rewriting: [String]
  /// Tables that inherit from it: who reads the table reads their rows, too.
  package var children: [String]
  /// Policies apply to the table's owner, too, who would then see some of its rows.
  package var hidesRows: Bool

  package static func read(_ table: QualifiedName, on primary: Connection) async throws -> OthersOnTable {
    let rows = try await primary.query(query, [table.schema, table.name]).decoded
    func all(_ kind: String) throws -> [String] {
      try rows.filter { try $0["kind"] == kind }.map { try $0["object"] }
    }
    return OthersOnTable(
      rewriting: try all("rewriting"), children: try all("child"), hidesRows: try !all("policies").isEmpty)
  }

  /// - Throws: `RunError` 65 for what no publish can deal with.
  package func requireOwnRows(of report: Report, in table: QualifiedName) throws {
    let found =
      children.first.map {
        (
          "\(table) shows the rows of \($0), which inherits from it",
          "Run ALTER TABLE \($0) NO INHERIT \(table.quoted)."
        )
      }
      ?? (hidesRows
        ? (
          "policies hide rows of \(table) from its owner",
          "Run ALTER TABLE \(table.quoted) NO FORCE ROW LEVEL SECURITY."
        ) : nil)
    guard let (message, hint) = found else { return }
    throw RunError(
      .definition,
      Diagnostic(
        message, detail: "What a run compares and publishes would not be what readers see.",
        effect: .nothingPublished, hint: hint, file: report.metadataFile))
  }

  /// Triggers of constraints only check; those for TRUNCATE never run, since a summary table's rows are deleted.
  private static let query = """
    WITH target AS (
      SELECT c.oid, c.relforcerowsecurity AND c.relrowsecurity AS hides FROM pg_class c
      JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2
    )
    SELECT 'rewriting' AS kind, format('trigger %I', t.tgname) AS object
    FROM pg_trigger t JOIN target ON t.tgrelid = target.oid
    WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND t.tgtype & 28 > 0
    UNION ALL
    SELECT 'rewriting', format('rule %I', r.rulename)
    FROM pg_rewrite r JOIN target ON r.ev_class = target.oid WHERE r.ev_enabled IN ('O', 'A') AND r.ev_type <> '1'
    UNION ALL
    SELECT 'child', format('%I.%I', n.nspname, c.relname)
    FROM pg_inherits i JOIN target ON i.inhparent = target.oid JOIN pg_class c ON c.oid = i.inhrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    UNION ALL
    SELECT 'policies', '' FROM target WHERE hides
    ORDER BY 1, 2
    """
}
