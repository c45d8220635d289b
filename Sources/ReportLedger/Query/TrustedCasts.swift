import PostgresClient
import ReportModel

/// What the SQL of a view must not have: the owner of the summary tables parses it, and parsing evaluates the input
/// functions of literals. A literal of a range, composite or array over a domain runs the domain's CHECK.
package enum TrustedCasts {
  /// - Throws: `Diagnostic` for a type of a schema that is not trusted, or one made of such a type.
  package static func require(_ report: Report, on connection: Connection) async throws {
    let types = Array(report.mentions.types).filter { $0.schema != nil }
    guard !types.isEmpty else { return }
    let rows = try await connection.query(
      """
      SELECT t.oid FROM unnest($1::text[], $2::text[]) w(schema, name)
      JOIN pg_namespace n ON n.nspname = w.schema JOIN pg_type t ON t.typname = w.name AND t.typnamespace = n.oid
      WHERE t.oid >= \(TypeCatalog.firstOwn) ORDER BY t.oid
      """, [postgresArray(types.map { $0.schema ?? "" }), postgresArray(types.map(\.name))])
    let oids = rows.rows.compactMap { $0[0] }
    guard !oids.isEmpty else { return }
    let catalog = try await TypeCatalog.read(oids, on: connection)
    for oid in oids {
      guard let type = catalog.distrusted(in: oid), let distrust = type.distrust else { continue }
      throw Diagnostic(
        "the view has a value of type \(type.name) of schema \"\(distrust.schema)\", \(distrust.clause)",
        detail:
          "Making the view evaluates the type as the owner of the summary tables, so that role's code could run with "
          + "the owner's rights.", effect: .nothingPublished,
        hint: "Leave the cast out, or cast to a built-in type. Or \(distrust.remedy).", file: report.sqlFile)
    }
  }
}
