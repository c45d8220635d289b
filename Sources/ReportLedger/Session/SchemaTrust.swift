import PostgresClient
import ReportModel

/// Why a schema is not trusted: a role that is neither a superuser nor the owner of the ledger has something to say in it.
///
/// The one rule for everything that the owner's sessions evaluate: schemas of `search_path`, types and collations of
/// summary and staging tables. A schema is trusted when only those roles own it, may create objects in it, and own the
/// functions, operators and types in it: whoever owns a function or a domain can change what it does.
package struct SchemaTrust: Hashable, Sendable {
  /// What the role may do there.
  enum Means: String, Hashable, Sendable {
    /// It owns the schema.
    case owns
    /// It has CREATE on the schema.
    case creates
    /// It owns a function, an operator or a type in the schema.
    case holds
  }

  var schema: String
  /// Quoted for SQL where it has to be; `PUBLIC` for everybody.
  var role: String
  var means: Means

  /// What is wrong with the schema, to follow its name: `which role "app" owns`.
  var clause: String {
    let who = role == "PUBLIC" ? "every role" : "role \(role)"
    return switch means {
    case .owns: "which \(who) owns"
    case .creates: "in which \(who) may create objects"
    case .holds: "in which \(who) owns functions, operators or types"
    }
  }

  /// The statement that makes the schema trusted, as far as this role is concerned.
  var remedy: String {
    let name = SQLQuote.identifier(schema)
    return switch means {
    case .owns: "ALTER SCHEMA \(name) OWNER TO a superuser"
    case .creates: "REVOKE CREATE ON SCHEMA \(name) FROM \(role)"
    case .holds: "give what is in it to a superuser"
    }
  }

  /// A query of a WITH: one row for each role that keeps a schema from being trusted, `(oid, schema, role, means)`.
  ///
  /// The owner of the database stands behind `pg_database_owner`, which owns `public` in new databases.
  static let untrusted = """
    untrusted AS (
      SELECT n.oid, n.nspname AS schema, coalesce(quote_ident(r.rolname), 'PUBLIC') AS role, min(m.means) AS means
      FROM pg_namespace n
      CROSS JOIN LATERAL (
        SELECT n.nspowner AS role, '1 owns' AS means
        UNION ALL SELECT a.grantee, '2 creates' FROM aclexplode(n.nspacl) a WHERE a.privilege_type = 'CREATE'
        UNION ALL SELECT p.proowner, '3 holds' FROM pg_proc p WHERE p.pronamespace = n.oid
        UNION ALL SELECT o.oprowner, '3 holds' FROM pg_operator o WHERE o.oprnamespace = n.oid
        UNION ALL SELECT t.typowner, '3 holds' FROM pg_type t WHERE t.typnamespace = n.oid AND t.typcategory <> 'A'
          AND NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = t.typrelid AND c.relkind <> 'c')
      ) m
      JOIN pg_database d ON d.datname = current_database()
      LEFT JOIN pg_roles r ON r.oid = CASE WHEN m.role = 'pg_database_owner'::regrole THEN d.datdba ELSE m.role END
      WHERE n.nspname <> 'pg_catalog' AND NOT coalesce(r.rolsuper, false)
        AND r.oid IS DISTINCT FROM (SELECT l.nspowner FROM pg_namespace l WHERE l.nspname = '\(LedgerSchema.ledger)')
      GROUP BY n.oid, n.nspname, r.rolname
    )
    """

  init(schema: String, role: String, means: Means) {
    self.schema = schema
    self.role = role
    self.means = means
  }

  /// - Parameter row: with `schema`, `role` and `means`.
  init?(_ row: Row) throws {
    guard let means = try row.optional("means").flatMap({ Means(rawValue: String($0.dropFirst(2))) }) else {
      return nil
    }
    self.init(schema: try row["schema"], role: try row["role"], means: means)
  }
}
