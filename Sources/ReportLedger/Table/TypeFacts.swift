import PostgresClient
import ReportModel

/// A type as the catalogs have it, as far as it decides whether a summary column can have it.
struct TypeFacts: Hashable, Sendable {
  enum Kind: String, Hashable, Sendable {
    case base, composite, domain, `enum`, pseudo, range, multirange, array
    /// The row type of a table or view.
    case row
  }

  /// As `format_type` writes it, without a modifier.
  var name: String
  var kind: Kind
  /// Belongs to PostgreSQL itself.
  var isBuiltIn: Bool
  /// Why its schema is not trusted; nil for a trusted one.
  var distrust: SchemaTrust?
  /// The domain's base type, the array's element type, the range's subtype or the types of the fields.
  var parts: [String]
  /// The base of a domain with its modifier: `numeric(10,2)`.
  var baseName: String?
}

/// The types of a query's columns and all types that these are made of, by OID.
struct TypeCatalog: Hashable, Sendable {
  var types: [String: TypeFacts]

  /// The OIDs below belong to PostgreSQL itself.
  static let firstOwn: UInt32 = 16384

  static func read(_ oids: [String], on connection: Connection) async throws -> TypeCatalog {
    let rows = try await connection.query(query, [postgresArray(oids)])
    var types: [String: TypeFacts] = [:]
    for row in rows.decoded {
      types[try row["oid"]] = TypeFacts(
        name: try row["name"], kind: TypeFacts.Kind(rawValue: try row["kind"]) ?? .base,
        isBuiltIn: try row.bool("is_built_in"), distrust: try SchemaTrust(row),
        parts: try row["parts"].split(separator: " ").map(String.init),
        baseName: try row.optional("base_name"))
    }
    return TypeCatalog(types: types)
  }

  /// A query of pairs: a type, and one that it is made of.
  static let parts = """
    SELECT t.oid, t.typbasetype FROM pg_type t WHERE t.typtype = 'd'
    UNION ALL SELECT t.oid, t.typelem FROM pg_type t WHERE t.typelem <> 0 AND t.typlen = -1 AND t.oid >= \(firstOwn)
    UNION ALL SELECT r.rngtypid, r.rngsubtype FROM pg_range r WHERE r.rngtypid >= \(firstOwn)
    UNION ALL SELECT r.rngmultitypid, r.rngsubtype FROM pg_range r WHERE r.rngtypid >= \(firstOwn)
    UNION ALL SELECT t.oid, a.atttypid FROM pg_type t JOIN pg_attribute a ON a.attrelid = t.typrelid
      WHERE t.typrelid <> 0 AND t.oid >= \(firstOwn) AND a.attnum > 0 AND NOT a.attisdropped
    """

  private static let query = """
    WITH RECURSIVE used(oid) AS (
      SELECT unnest($1::oid[])
      UNION
      SELECT p.oid FROM used u JOIN part p ON p.whole = u.oid
    ), part(whole, oid) AS NOT MATERIALIZED (\(parts)), \(SchemaTrust.untrusted)
    SELECT t.oid, format_type(t.oid, NULL) AS name, t.oid < \(firstOwn) AS is_built_in,
      CASE WHEN t.typcategory = 'A' AND t.typtype = 'b' AND t.typlen = -1 THEN 'array'
        WHEN t.typtype = 'c' AND c.relkind <> 'c' THEN 'row'
        ELSE CASE t.typtype WHEN 'c' THEN 'composite' WHEN 'd' THEN 'domain' WHEN 'e' THEN 'enum' WHEN 'p' THEN 'pseudo'
          WHEN 'r' THEN 'range' WHEN 'm' THEN 'multirange' ELSE 'base' END END AS kind,
      CASE WHEN t.typtype = 'd' THEN format_type(t.typbasetype, t.typtypmod) END AS base_name,
      coalesce((SELECT string_agg(DISTINCT p.oid::text, ' ') FROM part p WHERE p.whole = t.oid), '') AS parts,
      d.schema, d.role, d.means
    FROM used u JOIN pg_type t ON t.oid = u.oid
    LEFT JOIN pg_class c ON c.oid = t.typrelid
    LEFT JOIN LATERAL (SELECT * FROM untrusted n WHERE n.oid = t.typnamespace ORDER BY n.means, n.role LIMIT 1) d
      ON t.oid >= \(firstOwn)
    """
}
