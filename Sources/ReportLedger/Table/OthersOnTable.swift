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
    try await primary.ask(reading([table]))[table]
      ?? OthersOnTable(rewriting: [], children: [], hidesRows: false)
  }

  /// - Returns: of those tables that have anything.
  static func reading(_ tables: [QualifiedName]) -> Question<[QualifiedName: OthersOnTable]> {
    Question(query, [postgresArray(tables.map(\.schema)), postgresArray(tables.map(\.name))]) { rows in
      var found: [QualifiedName: OthersOnTable] = [:]
      for row in rows.decoded {
        let name = QualifiedName(schema: try row["schema_name"], name: try row["table_name"])
        var others = found[name] ?? OthersOnTable(rewriting: [], children: [], hidesRows: false)
        switch try row["kind"] {
        case "rewriting": others.rewriting.append(try row["object"])
        case "child": others.children.append(try row["object"])
        default: others.hidesRows = true
        }
        found[name] = others
      }
      return found
    }
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
      SELECT c.oid, n.nspname AS schema_name, c.relname AS table_name,
        c.relforcerowsecurity AND c.relrowsecurity AS hides
      FROM unnest($1::name[], $2::name[]) w(schema, name)
      JOIN pg_namespace n ON n.nspname = w.schema JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = w.name
    )
    SELECT schema_name, table_name, 'rewriting' AS kind, format('trigger %I', t.tgname) AS object
    FROM pg_trigger t JOIN target ON t.tgrelid = target.oid
    WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND t.tgtype & 28 > 0
    UNION ALL
    SELECT schema_name, table_name, 'rewriting', format('rule %I', r.rulename)
    FROM pg_rewrite r JOIN target ON r.ev_class = target.oid WHERE r.ev_enabled IN ('O', 'A') AND r.ev_type <> '1'
    UNION ALL
    SELECT schema_name, table_name, 'child', format('%I.%I', n.nspname, c.relname)
    FROM pg_inherits i JOIN target ON i.inhparent = target.oid JOIN pg_class c ON c.oid = i.inhrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    UNION ALL
    SELECT schema_name, table_name, 'policies', '' FROM target WHERE hides
    ORDER BY 1, 2, 3, 4
    """
}
