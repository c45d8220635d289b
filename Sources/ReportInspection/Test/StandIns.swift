import ReportModel

/// The statements that replace the tables that reports read by empty ones.
///
/// Every schema that has tables is renamed, and one without tables takes its name: the report's SQL finds the
/// empty table under the original's name and cannot read any other.  Functions and types move along.
/// No table is locked, so others can read them; nothing of this is ever committed.
struct StandIns {
  /// A table or view that an empty table replaces.
  struct Original: Hashable, Sendable {
    struct Column: Hashable, Sendable {
      var name: String
      /// NOT NULL, or of a primary key.
      var isRequired: Bool
      /// A default that is no constant: a clock or a sequence.
      var hasComputedDefault: Bool
    }

    var name: QualifiedName
    var columns: [Column]
  }

  /// Schemas that have tables, sorted, so that two commands lock them in one order and cannot deadlock.
  let hidden: [String]
  /// Schemas that the empty tables need, whether they exist or not.
  let needed: [String]
  /// The role that reads.
  let reader: String

  private func alias(_ index: Int) -> String { "reportgen test \(index + 1)" }

  /// Renames the schemas and creates new ones; runs before `create`.
  var hide: String {
    var statements: [String] = []
    for (index, schema) in hidden.enumerated() {
      let (name, alias) = (SQLQuote.identifier(schema), SQLQuote.identifier(alias(index)))
      statements.append("ALTER SCHEMA \(name) RENAME TO \(alias)")
      statements.append("CREATE SCHEMA \(name)")
    }
    for schema in needed where !hidden.contains(schema) {
      statements.append("CREATE SCHEMA IF NOT EXISTS \(SQLQuote.identifier(schema))")
    }
    if !hidden.isEmpty { statements.append(move) }
    return statements.joined(separator: ";\n")
  }

  /// Moves functions, types, operators and collations to the schema of the original name; what refers to them by OID,
  /// such as views and columns, is not affected.
  private var move: String {
    let pairs = hidden.enumerated().map { index, schema in
      "(\(SQLQuote.literal(alias(index))), \(SQLQuote.literal(schema)))"
    }
    return """
      DO LANGUAGE plpgsql $reportgen$
      DECLARE statement text;
      BEGIN
        FOR statement IN
          WITH moved (hidden, shown) AS (VALUES \(pairs.joined(separator: ", "))),
          schema (oid, shown) AS (SELECT n.oid, m.shown FROM moved m JOIN pg_namespace n ON n.nspname = m.hidden)
          SELECT format('ALTER ROUTINE %s SET SCHEMA %I', p.oid::regprocedure, s.shown)
          FROM pg_proc p JOIN schema s ON s.oid = p.pronamespace
          UNION ALL
          SELECT format('ALTER TYPE %s SET SCHEMA %I', t.oid::regtype, s.shown)
          FROM pg_type t JOIN schema s ON s.oid = t.typnamespace
          WHERE NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = t.typrelid AND c.relkind <> 'c')
            AND NOT EXISTS (SELECT FROM pg_type e WHERE e.typarray = t.oid)
          UNION ALL
          SELECT format('ALTER OPERATOR %s SET SCHEMA %I', o.oid::regoperator, s.shown)
          FROM pg_operator o JOIN schema s ON s.oid = o.oprnamespace
          UNION ALL
          SELECT format('ALTER COLLATION %s SET SCHEMA %I', c.oid::regcollation, s.shown)
          FROM pg_collation c JOIN schema s ON s.oid = c.collnamespace
          UNION ALL
          SELECT format('ALTER TEXT SEARCH CONFIGURATION %s SET SCHEMA %I', c.oid::regconfig, s.shown)
          FROM pg_ts_config c JOIN schema s ON s.oid = c.cfgnamespace
        LOOP
          EXECUTE statement;
        END LOOP;
      END
      $reportgen$
      """
  }

  /// A table of the same columns: no constraint, no NOT NULL, no key; defaults that are constants and generated columns
  /// stay, since they belong to what a row means.
  func create(_ original: Original) -> String {
    guard let index = hidden.firstIndex(of: original.name.schema) else { return "" }
    let name = original.name.quoted
    let source = QualifiedName(schema: alias(index), name: original.name.name).quoted
    let changes = original.columns.flatMap { column in
      let start = "ALTER COLUMN \(SQLQuote.identifier(column.name)) DROP "
      return (column.isRequired ? [start + "NOT NULL"] : [])
        + (column.hasComputedDefault ? [start + "DEFAULT"] : [])
    }
    let create = "CREATE TABLE \(name) (LIKE \(source) INCLUDING DEFAULTS INCLUDING GENERATED);\n"
    return changes.isEmpty ? create : create + "ALTER TABLE \(name) \(changes.joined(separator: ", "));\n"
  }

  /// Lets `reader` read all of them; runs after the last `create`.
  var grant: String {
    let schemas = Set(hidden + needed).sorted().map(SQLQuote.identifier).joined(separator: ", ")
    guard !schemas.isEmpty else { return "" }
    let role = SQLQuote.identifier(reader)
    return "GRANT USAGE ON SCHEMA \(schemas) TO \(role);\n"
      + "GRANT SELECT ON ALL TABLES IN SCHEMA \(schemas) TO \(role)"
  }

  // MARK: Catalogs

  /// Every table and view, by schema and name.
  static let tables = """
    SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND c.relkind IN ('r', 'v', 'm', 'f', 'p')
    ORDER BY 1, 2
    """

  /// One row for each column of the tables named by $1 and $2.
  static let columns = """
    SELECT n.nspname, c.relname, a.attname, a.attnotnull,
      a.attgenerated = '' AND coalesce(pg_get_expr(d.adbin, d.adrelid) !~ $3, false)
    FROM unnest($1::text[], $2::text[]) w (schema, name)
    JOIN pg_namespace n ON n.nspname = w.schema
    JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = w.name
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    ORDER BY 1, 2, a.attnum
    """

  /// A default as the server prints it, when it is a constant: `'new'::shop.status`, `0`, `true`.
  static let constant =
    #"^(true|false|NULL|-?[0-9.]+|\(-?[0-9.]+\)|E?'([^']|'')*')(::[^()']+(\([0-9, ]+\))?(\[\])*)?$"#
}
