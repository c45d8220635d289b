import PostgresClient
import ReportModel
import TestSupport
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

/// The hint for a role that a server does not let in is the same in every language of the server's messages.
@Suite struct RefusedRoleTests {
  /// Runs the body with a role that may log in and nothing else; its name needs quotes.
  private func withStranger(_ body: (TestDatabase, _ name: String) async throws -> Void) async throws {
    try await withDatabase { database in
      let name = "Stranger of \(database.name)"
      _ = try psql(database.primary, "create role \"\(name)\" login")
      try await body(database, name)
      _ = try psql(database.primary, "drop owned by \"\(name)\"; drop role \"\(name)\"")
    }
  }

  private func servers(
    _ database: TestDatabase, _ user: String, owner: String? = "reportgen_owner", options: String = ""
  ) -> Servers {
    let primary = "\(database.conninfo(.primary, user: user)) \(options)"
    return Servers(replica: "", primary: primary, owner: owner, timezone: "UTC")
  }

  private func refusal(_ servers: Servers) async -> RunError? {
    do {
      await (try await servers.openPrimary()).close()
      Issue.record("the role was let in")
      return nil
    } catch {
      return RunError.from(error)
    }
  }

  private func expectRefusal(
    _ servers: Servers, hint: String, sourceLocation: SourceLocation = #_sourceLocation
  ) async {
    let failure = await refusal(servers)
    #expect(failure?.status == .definition, sourceLocation: sourceLocation)
    #expect(failure?.sqlState == "42501", sourceLocation: sourceLocation)
    #expect(failure?.diagnostic.hint == hint, sourceLocation: sourceLocation)
  }

  private static func grant(_ statement: String) -> String {
    "Run on the primary, as a superuser: \(statement)"
  }

  private static let unknown =
    "Check role, owner, database and options in \"primary\" in reportgen.yaml or REPORTGEN_PRIMARY."

  @Test("a role that may not become the owner is told to be granted it, and the statement mends it")
  func owner() async throws {
    try await withStranger { database, name in
      let statement = "GRANT \"reportgen_owner\" TO \"\(name)\";"
      await expectRefusal(servers(database, name), hint: Self.grant(statement))
      _ = try psql(database.primary, statement)
      await (try await servers(database, name).openPrimary()).close()
    }
  }

  @Test(
    "a member that may not become the owner is told the option that it lacks",
    .enabled(if: TestPostgres.major ?? 0 >= 16))
  func option() async throws {
    try await withStranger { database, name in
      _ = try psql(database.primary, "grant reportgen_owner to \"\(name)\" with set false")
      let statement = "GRANT \"reportgen_owner\" TO \"\(name)\""
      // Without the option the statement would change nothing.
      _ = try psql(database.primary, statement)
      await expectRefusal(servers(database, name), hint: Self.grant(statement + " WITH SET TRUE;"))
      _ = try psql(database.primary, statement + " WITH SET TRUE")
      await (try await servers(database, name).openPrimary()).close()
    }
  }

  @Test(
    "a role that may not connect is told to be granted CONNECT, whatever it asks for besides",
    arguments: ["", "options='-c session_replication_role=replica'"])
  func database(options: String) async throws {
    try await withStranger { database, name in
      _ = try psql(database.primary, "revoke connect on database \(database.name) from public")
      let statement = "GRANT CONNECT ON DATABASE \"\(database.name)\" TO \"\(name)\";"
      await expectRefusal(servers(database, name, options: options), hint: Self.grant(statement))
      await expectRefusal(servers(database, name, owner: nil, options: options), hint: Self.grant(statement))
      _ = try psql(database.primary, statement)
      await (try await servers(database, name, owner: nil).openPrimary()).close()
    }
  }

  @Test("a setting of the string that the role may not change names no GRANT")
  func setting() async throws {
    try await withStranger { database, name in
      _ = try psql(database.primary, "grant reportgen_owner to \"\(name)\"")
      let options = "options='-c session_replication_role=replica'"
      for owner in ["reportgen_owner", nil] {
        await expectRefusal(servers(database, name, owner: owner, options: options), hint: Self.unknown)
      }
    }
  }

  @Test("a role that lacks the owner and asks for a setting that it may not change is told neither")
  func both() async throws {
    try await withStranger { database, name in
      let options = "options='-c session_replication_role=replica'"
      await expectRefusal(servers(database, name, options: options), hint: Self.unknown)
    }
  }

  @Test("a server that is away has the hint that the environment gives, where it gives one")
  func away() async throws {
    try await withDatabase { database in
      let nobody = "host=\(database.pair.socketDirectory) port=5999 dbname=shop user=reportgen_writer"
      var servers = Servers(replica: nobody, primary: nobody, owner: nil, timezone: "UTC")
      #expect(
        await refusal(servers)?.diagnostic.hint
          == "Check that the server runs and that \"primary\" in reportgen.yaml or REPORTGEN_PRIMARY names it."
      )
      servers.startHint = "\"reportgen sandbox up\" starts it."
      #expect(await refusal(servers)?.diagnostic.hint == "\"reportgen sandbox up\" starts it.")
      // The server is there: starting it would not help.
      servers.primary = database.conninfo(.primary, user: "nobody_here")
      #expect(await refusal(servers)?.diagnostic.hint == Self.unknown)
    }
  }
}
