import PostgresClient
import ReportLedger
import ReportModel

/// What the primary says of summary tables, whether or not there is a ledger.
package struct SummaryCatalog: Sendable {
  private let servers: Servers

  package init(servers: Servers) { self.servers = servers }

  /// The columns of tables and views with their types, as `format_type` writes them; domains as their base types.
  ///
  /// - Returns: nothing of tables that do not exist.
  /// - Throws: `RunError`.
  package func columns(of tables: [QualifiedName]) async throws -> [QualifiedName: [Column]] {
    guard !tables.isEmpty else { return [:] }
    return try await reading { primary in
      let rows = try await primary.query(
        """
        SELECT s.nspname AS schema, c.relname AS table, a.attname AS column,
          CASE t.typtype WHEN 'd' THEN format_type(t.typbasetype, t.typtypmod)
            ELSE format_type(a.atttypid, a.atttypmod) END AS type
        FROM unnest($1::text[], $2::text[]) n(schema_name, table_name)
        JOIN pg_namespace s ON s.nspname = n.schema_name
        JOIN pg_class c ON c.relnamespace = s.oid AND c.relname = n.table_name
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        JOIN pg_type t ON t.oid = a.atttypid
        ORDER BY c.oid, a.attnum
        """, [postgresArray(tables.map(\.schema)), postgresArray(tables.map(\.name))])
      var found: [QualifiedName: [Column]] = [:]
      for row in rows.decoded {
        let table = QualifiedName(schema: try row["schema"], name: try row["table"])
        found[table, default: []].append(Column(name: try row["column"], type: try row["type"]))
      }
      return found
    }
  }

  /// The tables with more rows than a number. Views are not among them: they would run code of others as the owner of the
  /// summary tables. Neither are tables that this role cannot read.
  ///
  /// - Throws: `RunError`.
  package func larger(than rows: Int, _ tables: [QualifiedName]) async throws -> Set<QualifiedName> {
    guard !tables.isEmpty else { return [] }
    return try await reading { primary in
      let found = try await primary.query(
        """
        SELECT s.nspname AS schema, c.relname AS table
        FROM unnest($1::text[], $2::text[]) n(schema_name, table_name)
        JOIN pg_namespace s ON s.nspname = n.schema_name
        JOIN pg_class c ON c.relnamespace = s.oid AND c.relname = n.table_name
        WHERE c.relkind IN ('r', 'p', 'm') AND has_table_privilege(c.oid, 'SELECT')
        """, [postgresArray(tables.map(\.schema)), postgresArray(tables.map(\.name))])
      var larger: Set<QualifiedName> = []
      for row in found.decoded {
        let table = QualifiedName(schema: try row["schema"], name: try row["table"])
        let more = try await primary.query(
          "SELECT count(*) AS rows FROM (SELECT FROM \(table.quoted) OFFSET \(rows) LIMIT 1) q")
        if try Row(only: more).int("rows") > 0 { larger.insert(table) }
      }
      return larger
    }
  }

  private func reading<Value: Sendable>(_ body: (Connection) async throws -> Value) async throws -> Value {
    do {
      let primary = try await servers.openReaderOfPrimary()
      defer { Task { await primary.close() } }
      return try await body(primary)
    } catch {
      throw RunError.from(error, "could not read the summary tables")
    }
  }
}
