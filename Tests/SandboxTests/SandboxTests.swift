import Foundation
import ReportModel
import Sandbox
import TestSupport
import Testing

@Suite struct SandboxTests {
  @Test("up makes a primary with the setup files' rows and a replica that shows them, and is fine twice")
  func life() async throws {
    let files = [
      "one.sql":
        "create schema shop; create table shop.item (name text);\ngrant usage on schema shop to superset;",
      "two.sql": "insert into shop.item values ('шапка'); grant select on shop.item to superset;",
    ]
    let database = "it's \"my\" shop"
    try await withProject(
      files, setup: ["one.sql", "two.sql"], database: database, timezone: "Europe/Moscow"
    ) { project in
      var steps: [String] = []
      let first = try await project.sandbox.up { steps.append($0) }
      #expect(
        steps == [
          "creating the primary", "loading one.sql", "loading two.sql", "copying the primary to its replica",
        ])
      #expect(first.isUp && first.database == database)
      try await waitFor("the replica to replay everything") {
        await project.sandbox.status().replayLagBytes == 0
      }
      for server in Sandbox.Server.allCases {
        #expect(try project.sql("select * from shop.item", on: server, user: "superset") == "шапка")
        #expect(try project.sql("show timezone", on: server) == "Europe/Moscow")
      }
      let sql = ["-XAtc", "select current_database(), pg_is_in_recovery()"]
      let call = try project.sandbox.psqlInvocation(.replica, arguments: sql)
      #expect(try await Command(call.executable, call.arguments).run().output == "\(database)|t\n")

      steps = []
      let second = try await project.sandbox.up { steps.append($0) }
      #expect(steps.isEmpty)
      #expect(second.primary.processID == first.primary.processID)
      #expect(second.replica.processID == first.replica.processID)

      try await project.sandbox.down()
      let stopped = await project.sandbox.status()
      #expect(stopped.primary.state == .down && stopped.replica.state == .down)
      #expect(project.processes == [])
      #expect(!FileManager.default.fileExists(atPath: project.sandbox.layout.socketDirectory))
      try await project.sandbox.down()

      let third = try await project.sandbox.up { steps.append($0) }
      #expect(steps == ["starting the primary", "starting the replica"])
      #expect(third.isUp)
      #expect(try project.sql("select count(*) from shop.item", on: .replica) == "1")
    }
  }

  @Test("the roles exist before the setup files, and only the owner's members may create schemas")
  func roles() async throws {
    try await withProject(
      ["grant.sql": "grant pg_read_all_data to reportgen_reader;"], setup: ["grant.sql"]
    ) { project in
      _ = try await project.sandbox.up()
      let schema = "set role reportgen_owner; create schema reports; select current_user"
      #expect(try project.sql(schema, user: "reportgen_writer") == "reportgen_owner")
      for user in ["reportgen_reader", "superset"] {
        #expect(throws: Diagnostic.self) { try project.sql("create schema other", user: user) }
      }
      #expect(throws: Diagnostic.self) { try project.sql("select 1", user: "reportgen_owner") }
    }
  }

  @Test("reset gives the sandbox of a newcomer")
  func reset() async throws {
    try await withProject(["t.sql": "create table t as select 1 as a"], setup: ["t.sql"]) { project in
      _ = try await project.sandbox.up()
      _ = try project.sql("insert into t values (2)")
      let status = try await project.sandbox.reset()
      #expect(status.isUp)
      #expect(try project.sql("select count(*) from t", on: .replica) == "1")
    }
  }

  @Test("two commands that start it at once get the same sandbox")
  func atOnce() async throws {
    try await withProject { project in
      let sandbox = project.sandbox
      async let one = sandbox.up()
      async let two = sandbox.up()
      let (first, second) = try await (one, two)
      #expect(first.isUp && second.isUp)
      #expect(first.primary.processID == second.primary.processID)
      #expect(project.processes.count == 2)
    }
  }

  @Test("a project whose path PostgreSQL would cut keeps its data outside, behind a link")
  func longPath() async throws {
    let subfolder = String(repeating: "/" + String(repeating: "ж", count: 100), count: 5)
    try await withProject(subfolder: subfolder) { project in
      let status = try await project.sandbox.up()
      #expect(status.isUp)
      let link = try FileManager.default.destinationOfSymbolicLink(
        atPath: project.folder + "/.reportgen/sandbox")
      #expect(link == status.dataDirectory)
      #expect(link.hasPrefix(project.root + "/persistent/reportgen-"))
    }
  }

  @Test("a project that the servers' user cannot enter keeps its data outside", .enabled(if: geteuid() == 0))
  func closedFolder() async throws {
    try await withProject(["t.sql": "create table t ()"], setup: ["t.sql"]) { project in
      chmod(project.folder, 0o700)
      let status = try await project.sandbox.up()
      #expect(status.isUp)
      #expect(status.dataDirectory?.hasPrefix(project.root + "/persistent/") == true)
      let attributes = try FileManager.default.attributesOfItem(atPath: try #require(status.dataDirectory))
      #expect(attributes[.posixPermissions] as? Int == 0o710)
      try await project.sandbox.down()
      #expect(try await project.sandbox.up().isUp)
    }
  }

  @Test("a project's sandbox has a name of its own, the same for every way to write its path")
  func names() async throws {
    try await temporaryDirectory { root in
      let layouts = [root, root + "/.", root + "/./"].map { SandboxLayout(projectDirectory: $0) }
      #expect(Set(layouts).count == 1)
      #expect(SandboxLayout(projectDirectory: root + "/..").socketDirectory != layouts[0].socketDirectory)
      #expect((layouts[0].socketDirectory + "/.s.PGSQL.5433").utf8.count < 108)
      #expect(layouts[0].socketDirectory.hasPrefix("/tmp/reportgen-\(geteuid())-"))
    }
  }

  @Test("the status of a sandbox that does not exist is absent; its JSON has the same keys in every version")
  func statusJSON() async throws {
    try await withProject { project in
      let absent = await project.sandbox.status()
      #expect(
        absent.primary.state == .absent && absent.replica.state == .absent && absent.dataDirectory == nil)
      let status = try await project.sandbox.up()
      let object = try JSONSerialization.jsonObject(with: try JSONEncoder().encode(status))
      let fields = try #require(object as? [String: Any])
      #expect(
        fields.keys.sorted() == [
          "dataDirectory", "database", "primary", "replayLagBytes", "replica", "socketDirectory",
        ])
      let primary = try #require(fields["primary"] as? [String: Any])
      #expect(primary.keys.sorted() == ["logFile", "port", "processID", "state", "version"])
      #expect(primary["state"] as? String == "up")
      #expect(try JSONDecoder().decode(SandboxStatus.self, from: try JSONEncoder().encode(status)) == status)
    }
  }
}
