import PostgresClient
import ReportModel

/// Objects of others that depend on a summary table and that its rebuild would drop, or fail on.
package struct TableDependents: Hashable, Sendable {
  struct Dependent: Hashable, Sendable {
    enum Kind: String, Hashable, Sendable {
      /// An index of the table, by its columns or an expression.
      case index
      /// A check or key of the table itself, or statistics over its columns: PostgreSQL builds them again when a column is
      /// retyped.
      case constraint, statistics
      /// A view, rule, policy, trigger, function, generated column…: PostgreSQL refuses to change the column.
      case other
      /// A foreign key of another table, which does not allow the rows to be deleted.
      case reference
    }

    var kind: Kind
    /// Its type and identity, in English whatever `lc_messages` says: `view reports.mine`.
    var object: String
    /// Nil for a reference.
    var column: String?
    /// Its own name, where it is an index.
    var name: String?
  }

  var dependents: [Dependent]

  /// Those that a rebuild would drop or fail on, in the order of the columns.
  ///
  /// - Parameter own: names of the indexes that are reportgen's own.
  func blocking(_ difference: SchemaDifference, own: Set<String>) -> [Dependent] {
    let removed = Set(difference.removed.map(\.name))
    let retyped = Set(difference.retyped.map(\.column.name))
    return dependents.filter { dependent in
      guard let column = dependent.column else { return true }
      if removed.contains(column) { return !(dependent.name.map(own.contains) ?? false) }
      return retyped.contains(column) && dependent.kind == .other
    }
  }

  /// - Throws: `Diagnostic` that names the objects that prevent the rebuild.
  func requireNone(
    _ difference: SchemaDifference, report: Report, table: QualifiedName, indexes: [TableShape.Index]
  ) throws(Diagnostic) {
    let own = indexes.filter { index in
      IndexName.isVariant(index.name, of: IndexName.key(table))
        || IndexName.isVariant(
          index.name, of: IndexName.index(table, index.columns, among: report.materialization.indexes))
    }
    let found = blocking(difference, own: Set(own.map(\.name))).map(Self.sentence)
    guard let first = found.first else { return }
    let more = found.dropFirst().map { " Also: \($0)." }.joined()
    throw Diagnostic(
      "\(table) cannot be rebuilt: \(first)",
      detail: "A rebuild drops nothing that depends on the table.\(more)",
      effect: .nothingPublished,
      hint:
        "Drop it, run again and create it again, a view of a report by its own run; or keep the column in the query as it was.",
      file: report.metadataFile)
  }

  private static func sentence(_ dependent: Dependent) -> String {
    dependent.column.map { "\(dependent.object) uses column \"\($0)\"" }
      ?? "\(dependent.object) refers to its rows"
  }
}

extension TableDependents {
  /// Whether a run rebuilds the report's table, since its columns change.
  ///
  /// - Throws: `Diagnostic` when the rebuild would drop or break an object of others.
  package static func rebuilds(
    _ report: Report, _ existing: TableShape, _ columns: [ColumnShape], on primary: Connection
  ) async throws -> Bool {
    let difference = SchemaDifference(existing: existing.columns, columns: columns)
    guard report.rebuilds(difference), let table = report.materialization.table else { return false }
    try await read(table, on: primary)
      .requireNone(difference, report: report, table: table, indexes: existing.indexes)
    return true
  }

  static func read(_ table: QualifiedName, on primary: Connection) async throws -> TableDependents {
    let rows = try await primary.query(query, [table.schema, table.name])
    return TableDependents(
      dependents: rows.rows.map {
        Dependent(
          kind: $0[0].flatMap(Dependent.Kind.init) ?? .other, object: $0[1] ?? "", column: $0[2], name: $0[3])
      })
  }

  /// A column's own default is no dependent, and neither is NOT NULL, which 18 has as a constraint; an index that belongs to a constraint is named by the constraint alone.
  ///
  /// `pg_describe_object` would answer in the server's language.
  private static let query = """
    WITH target AS (
      SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2
    )
    SELECT DISTINCT
      CASE WHEN i.indexrelid IS NOT NULL THEN 'index' WHEN con.conrelid = target.oid THEN 'constraint'
        WHEN d.classid = 'pg_statistic_ext'::regclass THEN 'statistics' ELSE 'other' END AS kind,
      object.type || ' ' || object.identity AS object, a.attname, ic.relname, a.attnum
    FROM target
    JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = target.oid AND d.refobjsubid > 0
    JOIN pg_attribute a ON a.attrelid = target.oid AND a.attnum = d.refobjsubid
    LEFT JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
    LEFT JOIN pg_index i ON d.classid = 'pg_class'::regclass AND i.indexrelid = d.objid AND i.indrelid = target.oid
    LEFT JOIN pg_class ic ON ic.oid = i.indexrelid
    LEFT JOIN pg_constraint con ON d.classid = 'pg_constraint'::regclass AND con.oid = d.objid
    LEFT JOIN pg_attrdef def ON d.classid = 'pg_attrdef'::regclass AND def.oid = d.objid
    CROSS JOIN LATERAL pg_identify_object(
      CASE WHEN r.oid IS NULL THEN d.classid ELSE 'pg_class'::regclass END, coalesce(r.ev_class, d.objid),
      CASE WHEN r.oid IS NULL THEN d.objsubid ELSE 0 END) AS object
    WHERE def.adnum IS DISTINCT FROM d.refobjsubid AND con.contype IS DISTINCT FROM 'n'
    UNION ALL
    SELECT 'reference', object.type || ' ' || object.identity, NULL, NULL, 0
    FROM pg_constraint con JOIN target ON con.confrelid = target.oid
    CROSS JOIN LATERAL pg_identify_object('pg_constraint'::regclass, con.oid, 0) AS object
    WHERE con.contype = 'f'
    ORDER BY 5, 2
    """
}
