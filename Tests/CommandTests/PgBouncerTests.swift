import Foundation
import TestSupport
import Testing

@Suite("Behind PgBouncer")
struct PgBouncerTests {
  private func withPgBouncer(
    _ mode: String, pool: Int = 20, settings: [String] = [],
    _ body: (CommandProject, PgBouncer) async throws -> Void
  ) async throws {
    try await withProject { project in
      try await temporaryDirectory { folder in
        let proxy = try await PgBouncer(
          project.database, in: folder, mode: mode, pool: pool, settings: settings)
        do {
          try configure(project, proxy)
          try await body(project, proxy)
        } catch {
          await proxy.stop()
          throw error
        }
        await proxy.stop()
      }
    }
  }

  private func configure(_ project: CommandProject, _ proxy: PgBouncer, _ more: String = "") throws {
    try project.configure(
      replica: "\"\(proxy.conninfo(.replica, user: "reportgen_reader")) \(more)\"",
      primary: "\"\(proxy.conninfo(.primary, user: "reportgen_writer")) \(more)\"")
  }

  @Test(
    "with session pooling every command works, whatever PgBouncer does with startup parameters",
    arguments: [[String](), ["ignore_startup_parameters = options,extra_float_digits"]])
  func session(settings: [String]) async throws {
    try await withPgBouncer("session", settings: settings) { project, proxy in
      for attributes in ["", "target_session_attrs=any"] {
        try configure(project, proxy, attributes)
        for command in EveryConnectionStringTests.commands {
          let outcome = try await project.run(command)
          #expect(outcome.status == 0 && outcome.error == "", "\(command): \(outcome.error)")
        }
      }
      try project.expectFile("total", order: "item nulls last")
    }
  }

  @Test("a pool that has a process for each session of a run and none besides works")
  func narrow() async throws {
    try await withPgBouncer("session", pool: 2) { project, _ in
      let outcome = try await project.run("run", "total", "--jobs", "1")
      #expect(outcome.status == 0 && outcome.error == "", "\(outcome.error)")
    }
  }

  @Test(
    "pooling of transactions is refused with its reason by every command",
    arguments: ["transaction", "statement"],
    [[String](), ["server_round_robin = 1"], ["server_reset_query_always = 1"]])
  func transaction(mode: String, settings: [String]) async throws {
    try await withPgBouncer(mode, settings: settings) { project, _ in
      for command in [
        ["run", "total"], ["plan", "total", "--diff"], ["verify", "total"], ["status"], ["init"],
      ] {
        let outcome = try await project.run(command)
        #expect(outcome.status == 65, "\(command)")
        #expect(
          outcome.error.hasPrefix(
            """
            error: primary answers through a proxy that pools transactions
              detail: Two sessions were served by one process of the server, or one session by two. Nothing was changed.
              hint: Set pool_mode = session for this database in PgBouncer, or connect to PostgreSQL itself: snapshots, locks and settings have to belong to one session.
            """), "\(command): \(outcome.error)")
      }
    }
  }

  @Test("options that PgBouncer refuses are named, not the server")
  func options() async throws {
    try await withPgBouncer("session") { project, proxy in
      try configure(project, proxy, "options='-c work_mem=5MB'")
      let outcome = try await project.run("run", "total")
      #expect(outcome.status == 65)
      #expect(
        outcome.error.hasSuffix(
          """
            hint: Take "options" out of the connection string, its service file and PGOPTIONS: proxies such as PgBouncer refuse them. ALTER ROLE … SET has the same effect.

          """), "\(outcome.error)")
    }
  }
}
