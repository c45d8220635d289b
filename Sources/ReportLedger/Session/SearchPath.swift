import PostgresClient
import ReportModel

/// `search_path` of reportgen.yaml: schemas whose types, functions and operators reports use without naming them.
package struct SearchPath: Hashable, Sendable {
  /// In the order of the file; empty without the key.
  package var schemas: [String] = []
  /// Of the key in reportgen.yaml.
  package var place: SourcePlace?

  package init(_ schemas: [String] = [], place: SourcePlace? = nil) {
    self.schemas = schemas
    self.place = place
  }

  /// For the setting: `pg_catalog` first, so that nothing hides what belongs to PostgreSQL; temporary objects last.
  var value: String {
    (["pg_catalog"] + schemas.map(SQLQuote.identifier) + ["pg_temp"]).joined(separator: ", ")
  }

  /// - Throws: `RunError` 65 for a schema that does not exist, that is not trusted, or that the role may not use: the server
  ///   would pass over it without a word.
  func requireTrusted(on connection: Connection) async throws {
    guard !schemas.isEmpty else { return }
    let rows = try await connection.query(
      """
      WITH \(SchemaTrust.untrusted)
      SELECT w.name, n.oid IS NOT NULL AS exists, coalesce(has_schema_privilege(n.oid, 'USAGE'), false) AS is_usable,
        quote_ident(current_user) AS user, d.schema, d.role, d.means
      FROM unnest($1::text[]) WITH ORDINALITY w(name, position)
      LEFT JOIN pg_namespace n ON n.nspname = w.name
      LEFT JOIN untrusted d ON d.oid = n.oid
      ORDER BY w.position, d.means, d.role
      """, [postgresArray(schemas)])
    for row in rows.decoded {
      let name = try row["name"]
      if let distrust = try SchemaTrust(row) { throw refusal(distrust) }
      guard try row.bool("exists") else {
        throw error(
          "search_path names schema \"\(name)\", which does not exist", hint: "Create it, or leave it out.")
      }
      guard try row.bool("is_usable") else {
        throw error(
          "search_path names schema \"\(name)\", which role \(try row["user"]) may not use",
          hint: "GRANT USAGE ON SCHEMA \(SQLQuote.identifier(name)) TO \(try row["user"]).")
      }
    }
  }

  private func refusal(_ distrust: SchemaTrust) -> RunError {
    error(
      "search_path names schema \"\(distrust.schema)\", \(distrust.clause)",
      detail:
        "Its objects would decide what the SQL of reports means, and run with the rights of the owner of the summary "
        + "tables: only superusers and that owner may make them.",
      hint: "\(distrust.remedy), or leave the schema out.")
  }

  private func error(_ message: String, detail: String? = nil, hint: String) -> RunError {
    RunError(
      .definition,
      Diagnostic(
        message, detail: detail, effect: .nothingChanged, hint: hint, file: "reportgen.yaml", place: place))
  }
}
