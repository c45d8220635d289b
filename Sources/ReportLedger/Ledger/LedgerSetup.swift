import PostgresClient
import ReportModel

/// `reportgen init`: creates or migrates schema `reportgen`, the staging schema and the schemas of the reports' tables.
///
/// Can be run again at any time; existing objects stay as they are.
package struct LedgerSetup: Sendable {
  private(set) var servers: Servers

  package init(servers: Servers) {
    self.servers = servers
    // The schemas may be those that are to be made, and no SQL of a report runs here.
    self.servers.searchPath = SearchPath()
  }

  /// - Returns: what was done, a lower-case line each; empty when nothing was missing.
  /// - Throws: `RunError` with the GRANT that is missing.
  package func run(reports: [Report]) async throws -> [String] {
    do {
      let primary = try await servers.openPrimary()
      defer { Task { await primary.close() } }
      // Before anything is created: without the replica the setup could not be completed.
      let reader = try await readerRole()
      var done = try await createSchemas(reports, on: primary)
      let ledger = Ledger(connection: primary)
      done += try await ledger.migrate().map { "applied ledger migration \($0)" }
      try await ledger.requireCurrent()
      // Two grants on one object at once are an error of the server's.
      return done + (try await ledger.alone { try await grant(reports, reader: reader, on: primary) })
    } catch {
      let failure = RunError.from(
        error, "could not set up the ledger", detail: "Existing objects stay as they are.")
      guard failure.sqlState == SQLState.insufficientPrivilege.rawValue, failure.server == "primary" else {
        throw failure
      }
      throw await servers.explaining(failure, MissingRights.ofSetup(schemas(reports)), isPrimary: true)
    }
  }

  private func schemas(_ reports: [Report]) -> [String] {
    let own = ["reportgen", LedgerSchema.staging]
    return own + Set(reports.compactMap(\.materialization.table?.schema)).subtracting(own).sorted()
  }

  private func createSchemas(_ reports: [Report], on primary: Connection) async throws -> [String] {
    var done: [String] = []
    for schema in schemas(reports) {
      let found = try await primary.query("SELECT FROM pg_namespace WHERE nspname = $1", [schema])
      guard found.isEmpty else { continue }
      do {
        try await primary.define("CREATE SCHEMA \(SQLQuote.identifier(schema))")
        done.append("created schema \"\(schema)\"")
      } catch let error as PostgresError
        where error.sqlState == .uniqueViolation || error.sqlState == .duplicateSchema
      {
        // Another process has made it since.
      }
    }
    return done
  }

  /// The role that reads the replica must see summary tables and the ledger: reports read other reports' tables, gate
  /// and confirmation look for their own rows.
  private func readerRole() async throws -> String {
    let replica = try await servers.openReplica()
    defer { Task { await replica.close() } }
    return try Row(only: try await replica.query("SELECT current_user AS role"))["role"]
  }

  /// - Returns: what was not granted before.
  private func grant(_ reports: [Report], reader: String, on primary: Connection) async throws -> [String] {
    var done: [String] = []
    let name = SQLQuote.identifier(reader)
    // A summary table is created in the staging schema and keeps its grants when it moves; without USAGE on that schema
    // nobody can read it there.
    for schema in schemas(reports) {
      try await primary.define(
        "ALTER DEFAULT PRIVILEGES IN SCHEMA \(SQLQuote.identifier(schema)) GRANT SELECT ON TABLES TO \(name)")
    }
    let missing = try await primary.query(
      """
      SELECT 'GRANT USAGE ON SCHEMA ' || quote_ident(n.nspname) || ' TO ' AS statement,
        'granted USAGE on schema ' || quote_ident(n.nspname) || ' to ' AS words
      FROM pg_namespace n WHERE n.nspname = ANY ($1::text[]) AND NOT has_schema_privilege($2, n.oid, 'USAGE')
      UNION ALL
      SELECT 'GRANT SELECT ON ' || quote_ident(n.nspname) || '.' || quote_ident(c.relname) || ' TO ', NULL
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = ANY ($1::text[]) AND c.relkind IN ('r', 'p', 'v', 'm') AND NOT has_table_privilege($2, c.oid, 'SELECT')
        AND c.relowner = (SELECT r.oid FROM pg_roles r WHERE r.rolname = current_user)
      """, [postgresArray(schemas(reports).filter { $0 != LedgerSchema.staging }), reader])
    for row in missing.decoded {
      try await primary.define(try row["statement"] + name)
      if let words = try row.optional("words") { done.append(words + name) }
    }
    return done + (try await grantViews(reports, on: primary))
  }

  private static let views = [
    "report_history", "report_status", "failure", "failed_interval", "report_last_run", "report_health",
    "run_health",
  ].map { "reportgen.\($0)" }

  /// Who may read summary tables may read the views over the ledger, and needs the schemas for both.
  ///
  /// - Returns: what was not granted before.
  private func grantViews(_ reports: [Report], on primary: Connection) async throws -> [String] {
    var done: [String] = []
    let roles = Set(reports.flatMap(\.materialization.grants).filter { $0.privilege == .select }.map(\.role))
    let schemas = schemas(reports).filter { $0 != LedgerSchema.staging }.map(SQLQuote.identifier)
    for role in roles.sorted() where role != "public" {
      let found = try await primary.query(
        """
        SELECT has_table_privilege(r.oid, 'reportgen.report_status', 'SELECT') AS is_granted
        FROM pg_roles r WHERE r.rolname = $1
        """, [role])
      guard let row = found.decoded.first else { continue }
      let name = SQLQuote.identifier(role)
      try await primary.define(
        "GRANT USAGE ON SCHEMA \(schemas.joined(separator: ", ")) TO \(name);"
          + " GRANT SELECT ON \(Self.views.joined(separator: ", ")) TO \(name)")
      if try !row.bool("is_granted") {
        done.append("granted SELECT on the views of schema \"reportgen\" to \(name)")
      }
    }
    return done
  }
}
