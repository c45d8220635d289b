import Foundation
import PostgresClient
import ReportModel

extension TableRecords {
  /// The privileges on the tables and views of the reports; one query for all of them.
  ///
  /// - Returns: by report; without those whose table does not exist.
  package func grantFacts(of reports: [Report]) async throws -> [String: GrantFacts] {
    let tables = reports.compactMap { report in report.materialization.table.map { (report.name, $0) } }
    let roles = reports.flatMap { report in
      Set(report.materialization.grants.map(\.role)).sorted().map { (report.name, $0) }
    }
    guard !tables.isEmpty else { return [:] }
    let rows = try await connection.query(
      """
      SELECT n.report, pg_has_role(s.nspowner, 'USAGE') AS may_grant_usage,
        (SELECT jsonb_agg(jsonb_build_object('role', coalesce(r.rolname, 'public'), 'privilege', lower(x.privilege_type)))
          FROM aclexplode(c.relacl) x LEFT JOIN pg_roles r ON r.oid = x.grantee) AS existing,
        (SELECT jsonb_agg(jsonb_build_object('role', p.role, 'privilege', p.privilege)) FROM reportgen.privilege p
          WHERE p.schema_name = n.schema_name AND p.table_name = n.table_name) AS recorded,
        (SELECT jsonb_agg(w.role ORDER BY w.role) FROM unnest($4::text[], $5::text[]) w(report, role)
          WHERE w.report = n.report AND CASE WHEN w.role = 'public' THEN NOT has_schema_privilege('public', s.oid, 'USAGE')
            ELSE EXISTS (
              SELECT FROM pg_roles r WHERE r.rolname = w.role AND NOT has_schema_privilege(r.oid, s.oid, 'USAGE')) END)
          AS without_usage,
        (SELECT jsonb_agg(w.role ORDER BY w.role) FROM unnest($4::text[], $5::text[]) w(report, role)
          WHERE w.report = n.report AND w.role <> 'public'
            AND NOT EXISTS (SELECT FROM pg_roles r WHERE r.rolname = w.role)) AS unknown
      FROM unnest($1::text[], $2::text[], $3::text[]) n(report, schema_name, table_name)
      JOIN pg_namespace s ON s.nspname = n.schema_name
      JOIN pg_class c ON c.relnamespace = s.oid AND c.relname = n.table_name
      """,
      [
        postgresArray(tables.map(\.0)), postgresArray(tables.map(\.1.schema)),
        postgresArray(tables.map(\.1.name)), postgresArray(roles.map(\.0)), postgresArray(roles.map(\.1)),
      ])
    var facts: [String: GrantFacts] = [:]
    for row in rows.decoded {
      facts[try row["report"]] = GrantFacts(
        existing: try row.json("existing") ?? [], recorded: try row.json("recorded") ?? [],
        withoutUsage: try row.json("without_usage") ?? [], unknownRoles: try row.json("unknown") ?? [],
        mayGrantUsage: try row.bool("may_grant_usage"))
    }
    return facts
  }

  /// Records privileges on a table that reportgen has granted or taken back, in the transaction that does it.
  package func recordGrants(
    on table: QualifiedName, granted: [Materialization.Grant], revoked: [Materialization.Grant] = []
  ) async throws {
    guard !granted.isEmpty || !revoked.isEmpty else { return }
    _ = try await connection.query(
      """
      WITH revoked AS (
        DELETE FROM reportgen.privilege p USING unnest($5::text[], $6::text[]) r(role, privilege)
        WHERE p.schema_name = $1 AND p.table_name = $2 AND p.role = r.role AND p.privilege = r.privilege
      )
      INSERT INTO reportgen.privilege (schema_name, table_name, role, privilege)
      SELECT $1, $2, g.role, g.privilege FROM unnest($3::text[], $4::text[]) g(role, privilege)
      ON CONFLICT DO NOTHING
      """,
      [
        table.schema, table.name, postgresArray(granted.map(\.role)),
        postgresArray(granted.map(\.privilege.rawValue)), postgresArray(revoked.map(\.role)),
        postgresArray(revoked.map(\.privilege.rawValue)),
      ])
  }
}

extension Row {
  /// Nil for NULL.
  fileprivate func json<Value: Decodable>(_ column: String) throws -> Value? {
    try optional(column).map { try JSONDecoder().decode(Value.self, from: Data($0.utf8)) }
  }
}
