import PostgresClient
import ReportModel

/// A type that a report touches, and whose operators or casts are in a schema that is not in the search path.
///
/// Without them PostgreSQL takes those of a type to which it casts by itself, and gives other rows without a word:
/// `citext` compared as `text`.
struct UnlistedType: Hashable, Sendable {
  /// With its schema.
  var type: String
  var schema: String
  /// Where the report meets it: `column crm.customer.email`.
  var origin: String

  func refusal(file: String) -> Diagnostic {
    Diagnostic(
      "\(origin) is of type \(type), whose operators are in schema \"\(schema)\", which is not in the search path",
      detail: "The SQL would mean something else than in psql, or fail.", effect: .nothingPublished,
      hint:
        "Write \"search_path: [\(schema)]\" in reportgen.yaml. Or read a view that casts the column to text.",
      file: file)
  }

  /// Whether there is any such type in the database.
  static func exists(on connection: Connection) async throws -> Bool {
    try await Row(only: connection.query("WITH \(candidate) SELECT EXISTS (SELECT FROM candidate) AS found"))
      .bool("found")
  }

  /// - Parameter outputs: OIDs of the types of output columns, with the columns' names.
  /// - Returns: the first one by origin; nil when there is none.
  static func find(_ mentions: SQLMentions, outputs: [(name: String, oid: UInt32)], on connection: Connection)
    async throws -> UnlistedType?
  {
    let relations = mentions.relations.sorted()
    let (types, functions) = (Array(mentions.types), Array(mentions.functions))
    let rows = try await connection.query(
      query,
      [
        postgresArray(relations.map(\.schema)), postgresArray(relations.map(\.name)),
        postgresArray(mentions.columns.sorted()), mentions.hasAllColumns ? "t" : "f",
        postgresArray(types.map { $0.schema ?? "" }), postgresArray(types.map(\.name)),
        postgresArray(functions.map { $0.schema ?? "" }), postgresArray(functions.map(\.name)),
        postgresArray(outputs.map(\.name)), postgresArray(outputs.map { String($0.oid) }),
      ])
    guard let row = rows.decoded.first else { return nil }
    return UnlistedType(type: try row["type"], schema: try row["schema"], origin: try row["origin"])
  }

  /// Types with operators or casts of their own that the search path does not find.
  private static let candidate = """
    candidate(type, namespace) AS (
      SELECT u.type, o.oprnamespace FROM pg_operator o CROSS JOIN LATERAL unnest(ARRAY[o.oprleft, o.oprright]) u(type)
      JOIN pg_namespace n ON n.oid = o.oprnamespace
      WHERE o.oid >= \(TypeCatalog.firstOwn) AND u.type >= \(TypeCatalog.firstOwn)
        AND n.nspname <> ALL (current_schemas(true))
      UNION
      SELECT t.oid, t.typnamespace FROM pg_cast c
      CROSS JOIN LATERAL unnest(ARRAY[c.castsource, c.casttarget]) u(type)
      JOIN pg_type t ON t.oid = u.type JOIN pg_namespace n ON n.oid = t.typnamespace
      WHERE c.oid >= \(TypeCatalog.firstOwn) AND t.oid >= \(TypeCatalog.firstOwn)
        -- Every range type has one to its multirange.
        AND NOT EXISTS (SELECT FROM pg_range r WHERE r.rngtypid = c.castsource AND r.rngmultitypid = c.casttarget)
        AND n.nspname <> ALL (current_schemas(true))
    )
    """

  /// A view is followed to its functions alone: its own operators were found when it was made. The body of a function is
  /// read when it is called, in the session's search path, unless the function sets one; what it uses is guessed from its
  /// words.
  private static let query = """
    WITH RECURSIVE \(candidate),
    named_relation AS (
      SELECT c.oid FROM unnest($1::text[], $2::text[]) w(schema, name)
      JOIN pg_namespace n ON n.nspname = w.schema JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = w.name
    ),
    named_routine AS (
      SELECT p.oid FROM unnest($7::text[], $8::text[]) w(schema, name)
      JOIN pg_proc p ON p.proname = w.name JOIN pg_namespace n ON n.oid = p.pronamespace
      WHERE p.oid >= \(TypeCatalog.firstOwn)
        AND CASE w.schema WHEN '' THEN n.nspname = ANY (current_schemas(true)) ELSE n.nspname = w.schema END
    ),
    late(oid, name, words) AS MATERIALIZED (
      SELECT p.oid, p.proname, ARRAY(SELECT DISTINCT w FROM regexp_split_to_table(lower(p.prosrc), '[^[:alnum:]_$]+') w)
        || CASE WHEN strpos(p.prosrc, '*') > 0 THEN ARRAY['*'] ELSE '{}' END
      FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
      WHERE p.oid >= \(TypeCatalog.firstOwn) AND l.lanname NOT IN ('c', 'internal') AND p.prosqlbody IS NULL
        AND NOT EXISTS (SELECT FROM unnest(p.proconfig) s WHERE s LIKE 'search\\_path=%')
    ),
    reached(class, oid) AS (
      SELECT 'pg_class'::regclass::oid, oid FROM named_relation
      UNION SELECT 'pg_proc'::regclass::oid, oid FROM named_routine
      UNION
      SELECT x.class, x.oid FROM reached r CROSS JOIN LATERAL (
        SELECT d.refclassid, d.refobjid FROM pg_rewrite w
        JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid
        WHERE r.class = 'pg_class'::regclass AND w.ev_class = r.oid
          AND d.refclassid IN ('pg_class'::regclass, 'pg_proc'::regclass)
        UNION ALL
        SELECT 'pg_proc'::regclass, q.oid FROM late f JOIN pg_proc q ON q.proname = ANY (f.words)
        WHERE r.class = 'pg_proc'::regclass AND f.oid = r.oid AND q.oid >= \(TypeCatalog.firstOwn)
      ) x(class, oid)
    ),
    met(type, origin) AS (
      SELECT a.atttypid, format('column %s.%I', a.attrelid::regclass, a.attname)
      FROM named_relation r JOIN pg_attribute a ON a.attrelid = r.oid
      WHERE a.attnum > 0 AND NOT a.attisdropped AND ($4::bool OR a.attname = ANY ($3::text[]))
      UNION
      SELECT t.oid, 'a value of the SQL' FROM unnest($5::text[], $6::text[]) w(schema, name)
      JOIN pg_type t ON t.typname = w.name JOIN pg_namespace n ON n.oid = t.typnamespace AND n.nspname = w.schema
      UNION
      SELECT u.type, format('an argument or result of function %s', p.oid::regproc)
      FROM reached r JOIN pg_proc p ON r.class = 'pg_proc'::regclass AND p.oid = r.oid
      CROSS JOIN LATERAL unnest(p.proargtypes::oid[] || p.prorettype || coalesce(p.proallargtypes, '{}')) u(type)
      WHERE EXISTS (SELECT FROM named_routine n WHERE n.oid = p.oid) OR EXISTS (SELECT FROM late f WHERE f.oid = p.oid)
      UNION
      SELECT a.atttypid, format('column %s.%I, which function %s uses,', a.attrelid::regclass, a.attname, f.oid::regproc)
      FROM reached r JOIN late f ON r.class = 'pg_proc'::regclass AND f.oid = r.oid
      JOIN pg_class c ON c.relname = ANY (f.words) AND c.relkind IN ('r', 'v', 'm', 'f', 'p')
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        AND (a.attname = ANY (f.words) OR '*' = ANY (f.words))
      WHERE a.atttypid >= \(TypeCatalog.firstOwn)
      UNION
      SELECT t.oid, format('a value in function %s', f.oid::regproc)
      FROM reached r JOIN late f ON r.class = 'pg_proc'::regclass AND f.oid = r.oid
      JOIN pg_type t ON t.typname = ANY (f.words) AND t.oid >= \(TypeCatalog.firstOwn)
        AND NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = t.typrelid AND c.relkind <> 'c')
      UNION
      SELECT w.oid, format('output column "%s"', w.name) FROM unnest($9::text[], $10::oid[]) w(name, oid)
    ),
    made(type, origin) AS (
      SELECT type, origin FROM met
      UNION
      SELECT p.oid, m.origin FROM made m JOIN (\(TypeCatalog.parts)) p(whole, oid) ON p.whole = m.type
    )
    SELECT format_type(m.type, NULL) AS type, n.nspname AS schema, m.origin
    FROM made m JOIN candidate c ON c.type = m.type JOIN pg_namespace n ON n.oid = c.namespace
    ORDER BY m.origin, 1, 2 LIMIT 1
    """
}
