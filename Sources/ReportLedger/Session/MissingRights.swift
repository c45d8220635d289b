import PostgresClient
import ReportModel

/// Finds out which rights a session's role lacks, as the statements that give them.
///
/// Asked only after the server refused something: its own message names one object, and often not the one to grant.
struct MissingRights: Sendable {
  enum Need: Hashable, Sendable {
    /// `USAGE`, `CREATE`.
    case schema(String, [String])
    /// To own the schema, or to be able to make it.
    case ownSchema(String)
    /// `SELECT`, `INSERT`…, and for `SELECT` all of the rows.
    case table(QualifiedName, [String])
    case tableOwner(QualifiedName)
  }

  let connection: Connection

  /// - Returns: statements for a superuser or the objects' owner, in the order of the needs; empty when every need is
  ///   met, or when its object does not exist.
  func statements(_ needs: [Need]) async throws -> [String] {
    let role = try Row(only: try await connection.query("SELECT quote_ident(current_user) AS role"))["role"]
    var statements: [String] = []
    for need in needs {
      for statement in try await grants(for: need, role) where !statements.contains(statement) {
        statements.append(statement)
      }
    }
    return statements
  }

  private func grants(for need: Need, _ role: String) async throws -> [String] {
    switch need {
    case .schema(let schema, let rights):
      return try await grants(
        """
        SELECT r.name, quote_ident(n.nspname) FROM pg_namespace n, unnest($2::text[]) WITH ORDINALITY r(name, position)
        WHERE n.nspname = $1 AND NOT has_schema_privilege(n.oid, r.name) ORDER BY r.position
        """, [schema, postgresArray(rights)]
      ).map { "GRANT \($0.rights) ON SCHEMA \($0.object) TO \(role);" }
    case .ownSchema(let schema):
      let owned = try await names(
        "SELECT quote_ident(nspname) FROM pg_namespace WHERE nspname = $1 AND NOT pg_has_role(nspowner, 'USAGE')",
        [schema])
      let missing = try await names(
        """
        SELECT quote_ident(current_database()) WHERE NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1)
          AND NOT has_database_privilege(current_database(), 'CREATE')
        """, [schema])
      return owned.map { "ALTER SCHEMA \($0) OWNER TO \(role);" }
        + missing.map { "GRANT CREATE ON DATABASE \($0) TO \(role);" }
    case .table(let table, let rights):
      return try await tableGrants(table, rights, role)
    case .tableOwner(let table):
      return try await tables(table, where: "NOT pg_has_role(c.relowner, 'USAGE')")
        .map { "ALTER TABLE \($0) OWNER TO \(role);" }
    }
  }

  private func tableGrants(_ table: QualifiedName, _ rights: [String], _ role: String) async throws
    -> [String]
  {
    let denied = try await grants(
      """
      SELECT r.name, format('%I.%I', n.nspname, c.relname)
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, unnest($3::text[]) WITH ORDINALITY r(name, position)
      WHERE n.nspname = $1 AND c.relname = $2 AND NOT has_table_privilege(c.oid, r.name) ORDER BY r.position
      """, [table.schema, table.name, postgresArray(rights)])
    if !denied.isEmpty { return denied.map { "GRANT \($0.rights) ON \($0.object) TO \(role);" } }
    guard rights.contains("SELECT") else { return [] }
    // Sessions ask for all rows or an error, so a policy that would hide some refuses them.
    return try await tables(table, where: "row_security_active(c.oid)").map { _ in
      "ALTER ROLE \(role) BYPASSRLS;"
    }
  }

  /// - Returns: one element with all rights that are missing, or none.
  private func grants(_ sql: String, _ values: [String]) async throws -> [(rights: String, object: String)] {
    let rows = try await connection.query(sql, values).rows
    guard let object = rows.first.flatMap({ $0[1] }) else { return [] }
    return [(rows.compactMap { $0[0] }.joined(separator: ", "), object)]
  }

  private func tables(_ table: QualifiedName, where condition: String) async throws
    -> [String]
  {
    try await names(
      """
      SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = $1 AND c.relname = $2 AND \(condition)
      """, [table.schema, table.name])
  }

  /// Names as SQL needs them: quoted where they have to be.
  private func names(_ sql: String, _ values: [String]) async throws -> [String] {
    try await connection.query(sql, values).rows.compactMap { $0[0] }
  }
}
