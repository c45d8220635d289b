import PostgresClient
import ReportModel

/// An operator, function or type that a report uses without its schema, and that is in a schema which is not in the
/// search path.
struct UnlistedObject: Hashable, Sendable {
  /// As the SQL has it.
  var name: String
  var schema: String
  var isOperator: Bool

  var hint: String {
    let quoted = SQLQuote.identifier(schema)
    let written = isOperator ? "OPERATOR(\(quoted).\(name))" : "\(quoted).\(name)"
    return
      "\(isOperator ? "An operator" : "A function or type") of that name is in schema \"\(schema)\": write"
      + " \"search_path: [\(schema)]\" in reportgen.yaml, or \(written) in the SQL."
  }

  /// - Parameter name: an operator, or a name as SQL has it.
  /// - Returns: nil for a name with a schema, and when no schema has it.
  static func find(_ name: String, on connection: Connection) async throws -> UnlistedObject? {
    guard !name.contains(".") else { return nil }
    let rows = try await connection.query(query, [name])
    guard let row = rows.decoded.first else { return nil }
    return UnlistedObject(name: name, schema: try row["schema"], isOperator: try row.bool("is_operator"))
  }

  private static let query = """
    WITH given AS (SELECT $1::text AS written, btrim(CASE WHEN $1 ~ '^"' THEN $1 ELSE lower($1) END, '"') AS name),
    found(namespace, is_operator) AS (
      SELECT o.oprnamespace, true FROM pg_operator o, given WHERE o.oprname = given.written
      UNION SELECT p.pronamespace, false FROM pg_proc p, given WHERE p.proname = given.name
      UNION SELECT t.typnamespace, false FROM pg_type t, given WHERE t.typname = given.name AND t.typcategory <> 'A'
    )
    SELECT n.nspname AS schema, f.is_operator
    FROM found f JOIN pg_namespace n ON n.oid = f.namespace
    WHERE n.nspname <> ALL (current_schemas(true)) ORDER BY 1 LIMIT 1
    """
}
