import PostgresClient
import ReportLedger
import ReportModel

/// The roles of a new project, and which of their rights are missing.
package struct StartRoles: Hashable, Sendable {
  package var owner: String
  /// Logs in on the primary, and becomes the owner.
  package var writer: String
  /// Logs in on the replica, and reads; the owner without a replica.
  package var reader: String
  package var database: String
  /// What a first report reads.
  package var tables: [QualifiedName]

  /// What a server said of them; nothing is known without one.
  package struct Facts: Hashable, Sendable {
    var existing: Set<String> = []
    var writerBecomesOwner = false
    var writerConnects = false
    var readerConnects = false
    /// Can make the schemas, or owns them.
    var ownerMakesSchemas = false
    var readable: Set<QualifiedName> = []
    /// The role that owns a ledger that is there, if it is one that `owner` does not have the rights of.
    package var otherOwner: String?

    package init() {}
  }

  /// - Returns: statements for a superuser, each with what it is for; empty when nothing is missing.
  package func missing(_ facts: Facts) -> [(purpose: String, statement: String)] {
    var missing: [(String, String)] = []
    func role(_ name: String, _ attributes: String, _ purpose: String) {
      guard !facts.existing.contains(name),
        !missing.contains(where: { $0.1.contains(SQLQuote.identifier(name)) })
      else { return }
      missing.append((purpose, "create role \(SQLQuote.identifier(name)) \(attributes);"))
    }
    let (database, owner) = (SQLQuote.identifier(database), SQLQuote.identifier(owner))
    let (writer, reader) = (SQLQuote.identifier(writer), SQLQuote.identifier(reader))
    role(
      self.owner, "nologin",
      "role \(self.owner), which owns the summary tables, the ledger and the staging tables")
    role(
      self.writer, "login noinherit",
      "role \(self.writer), which logs in on the primary and becomes \(self.owner)")
    if self.reader != self.owner, self.reader != self.writer, !facts.existing.contains(self.reader) {
      role(self.reader, "login", "role \(self.reader), which logs in on the replica and reads")
      missing.append(
        ("\(self.reader) only reads", "alter role \(reader) set default_transaction_read_only = on;"))
    }
    if !facts.writerBecomesOwner, self.writer != self.owner {
      missing.append(("\(self.writer) may become \(self.owner)", "grant \(owner) to \(writer);"))
    }
    if !facts.writerConnects {
      missing.append(("\(self.writer) may connect", "grant connect on database \(database) to \(writer);"))
    }
    if !facts.readerConnects, self.reader != self.owner, self.reader != self.writer {
      missing.append(("\(self.reader) may connect", "grant connect on database \(database) to \(reader);"))
    }
    if !facts.ownerMakesSchemas {
      missing.append(
        (
          "\(self.owner) may make the three schemas of \"reportgen init\"; can be revoked afterwards",
          "grant create on database \(database) to \(owner);"
        ))
    }
    for table in tables where !facts.readable.contains(table) {
      let schema = SQLQuote.identifier(table.schema)
      missing.append(
        ("\(self.reader) may use schema \(table.schema)", "grant usage on schema \(schema) to \(reader);"))
      missing.append(("\(self.reader) may read \(table)", "grant select on \(table.quoted) to \(reader);"))
    }
    return missing
  }

  /// The file for a superuser of the primary; nil when nothing is missing.
  package func script(_ facts: Facts) -> String? {
    let missing = missing(facts)
    guard !missing.isEmpty else { return nil }
    var text = """
      -- Roles and rights that reportgen needs and does not have; see docs/security.md. Sets no passwords.
      -- Run once on the primary, as a superuser of database \(database.visible()):
      --   psql -v ON_ERROR_STOP=1 --single-transaction -f roles.sql

      """
    for (purpose, statement) in missing { text += "\n-- \(purpose.visible())\n\(statement)\n" }
    return text
  }

  /// What one session can see; the catalogs of primary and replica are the same.
  ///
  /// - Parameter session: of either role.
  package func facts(on session: Connection) async throws -> Facts {
    var facts = Facts()
    let rows = try await session.query(
      """
      SELECT r.rolname AS name FROM pg_roles r WHERE r.rolname = ANY ($1::text[])
      """, [postgresArray([owner, writer, reader])])
    facts.existing = Set(try rows.column("name").compactMap(\.self))
    let known = try Row(
      only: try await session.query(
        """
        SELECT coalesce(pg_has_role(w.oid, o.oid,
            CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END), false) AS becomes,
          coalesce(has_database_privilege(w.oid, current_database(), 'CONNECT'), false) AS writer_connects,
          coalesce(has_database_privilege(r.oid, current_database(), 'CONNECT'), false) AS reader_connects,
          coalesce(has_database_privilege(o.oid, current_database(), 'CREATE'), false) OR (
            SELECT count(*) FILTER (WHERE pg_has_role(o.oid, n.nspowner, 'USAGE')) = 3 FROM pg_namespace n
            WHERE n.nspname IN ('reportgen', '\(LedgerSchema.staging)', 'reports')) AS makes
        FROM (SELECT) x LEFT JOIN pg_roles o ON o.rolname = $1 LEFT JOIN pg_roles w ON w.rolname = $2
        LEFT JOIN pg_roles r ON r.rolname = $3
        """, [owner, writer, reader]))
    facts.writerBecomesOwner = try known["becomes"] == "t"
    facts.writerConnects = try known["writer_connects"] == "t"
    facts.readerConnects = try known["reader_connects"] == "t"
    facts.ownerMakesSchemas = try known["makes"] == "t"
    let readable = try await session.query(
      """
      SELECT n.nspname AS schema, c.relname AS name
      FROM unnest($1::text[], $2::text[]) w(schema, name) JOIN pg_namespace n ON n.nspname = w.schema
      JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = w.name JOIN pg_roles r ON r.rolname = $3
      WHERE has_schema_privilege(r.oid, n.oid, 'USAGE') AND has_any_column_privilege(r.oid, c.oid, 'SELECT')
      """, [postgresArray(tables.map(\.schema)), postgresArray(tables.map(\.name)), reader])
    facts.readable = Set(
      try readable.decoded.map { QualifiedName(schema: try $0["schema"], name: try $0["name"]) })
    let ledger = try await session.query(
      """
      SELECT pg_get_userbyid(n.nspowner) AS owner FROM pg_namespace n LEFT JOIN pg_roles o ON o.rolname = $1
      WHERE n.nspname = 'reportgen' AND NOT coalesce(pg_has_role(o.oid, n.nspowner, 'USAGE'), false)
      """, [owner])
    facts.otherOwner = try ledger.decoded.first?["owner"]
    return facts
  }
}
