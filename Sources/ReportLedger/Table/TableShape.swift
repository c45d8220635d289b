import ReportModel

/// A column as the server describes it; types as `format_type` writes them, type modifier included.
package struct ColumnShape: Hashable, Sendable, Codable {
  package var name: String
  /// As `format_type` writes it: `numeric(12,2)`.
  package var type: String
  /// Category of `pg_type`: N numeric, S string, D date and time, …
  package var category: String
  var comment: String?
  /// Quoted for SQL; nil when it is the type's own.
  package var collation: String?
  /// The type to which the report's query casts the column because the table cannot have its own; nil for none.
  var standIn: String?
  /// Whether the type of an existing column belongs to PostgreSQL itself.
  var isBuiltIn: Bool?

  package init(name: String, type: String, category: String, comment: String? = nil) {
    self.name = name
    self.type = type
    self.category = category
    self.comment = comment
  }

  /// Type and collation, as in CREATE TABLE.
  var typeDefinition: String { collation.map { "\(type) COLLATE \($0)" } ?? type }
  var definition: String { "\(SQLQuote.identifier(name)) \(typeDefinition)" }

  package var isNumeric: Bool { category == "N" }
}

/// An existing table or view by the catalogs.
package struct TableShape: Hashable, Sendable, Codable {
  /// A valid index without expressions and without a condition.
  package struct Index: Hashable, Sendable, Codable {
    var name: String
    var columns: [String]
    var isUnique: Bool
    var nullsNotDistinct: Bool
  }

  /// One entry of the table's access list; role `public` for everybody.
  package struct Privilege: Hashable, Sendable, Codable {
    var role: String
    var privilege: String
  }

  /// `r` table, `v` view, `p` partitioned table, …
  package var kind: String
  /// In the table's order, without generated and identity columns.
  package var columns: [ColumnShape]
  package var indexes: [Index]
  var grants: [Privilege]
  var comment: String?
  /// The view's query as the server prints it.
  package var viewDefinition: String?

  package init(
    kind: String, columns: [ColumnShape], indexes: [Index], grants: [Privilege], comment: String?,
    viewDefinition: String?
  ) {
    self.kind = kind
    self.columns = columns
    self.indexes = indexes
    self.grants = grants
    self.comment = comment
    self.viewDefinition = viewDefinition
  }

  /// Removes columns, and with them every index that has one of them, as PostgreSQL does.
  mutating func remove(_ removed: [ColumnShape]) {
    let names = Set(removed.map(\.name))
    columns.removeAll { names.contains($0.name) }
    indexes.removeAll { !names.isDisjoint(with: $0.columns) }
  }

  /// A row for each of the tables `$1` (schemas) and `$2` (names) that exists, with one JSON value.
  static var query: String {
    """
    SELECT n.nspname AS schema_name, c.relname AS table_name, jsonb_build_object(
      'kind', c.relkind::text,
      'comment', obj_description(c.oid, 'pg_class'),
      'viewDefinition', CASE WHEN c.relkind = 'v' THEN pg_get_viewdef(c.oid) END,
      'columns', (SELECT coalesce(jsonb_agg(jsonb_build_object(
          'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod), 'category', t.typcategory::text,
          'comment', col_description(c.oid, a.attnum), 'isBuiltIn', t.oid < \(TypeCatalog.firstOwn), 'collation', CASE WHEN a.attcollation <> t.typcollation THEN (
            SELECT quote_ident(cn.nspname) || '.' || quote_ident(co.collname)
            FROM pg_collation co JOIN pg_namespace cn ON cn.oid = co.collnamespace WHERE co.oid = a.attcollation) END
        ) ORDER BY a.attnum), '[]')
        FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
          AND a.attgenerated = '' AND a.attidentity = ''),
      'indexes', (SELECT coalesce(jsonb_agg(jsonb_build_object(
          'name', ic.relname, 'columns', (SELECT coalesce(jsonb_agg(a.attname ORDER BY k.position), '[]')
            FROM unnest(i.indkey::int2[]) WITH ORDINALITY k(attnum, position)
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum),
          'isUnique', i.indisunique, 'nullsNotDistinct', i.indnullsnotdistinct)), '[]')
        FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid WHERE i.indrelid = c.oid AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL),
      'grants', (SELECT coalesce(jsonb_agg(jsonb_build_object(
          'role', coalesce(r.rolname, 'public'), 'privilege', lower(x.privilege_type))), '[]')
        FROM aclexplode(c.relacl) x LEFT JOIN pg_roles r ON r.oid = x.grantee)) AS shape
    FROM unnest($1::name[], $2::name[]) w(schema, name)
    JOIN pg_namespace n ON n.nspname = w.schema JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = w.name
    """
  }
}
