import Foundation
import ProcessRunner
import ReportModel
import Sandbox
import TestSupport
import Testing

@Suite struct SandboxRepairTests {
  @Test("after both servers were killed, up starts them again and no committed row is lost")
  func crash() async throws {
    try await withProject { project in
      let before = try await project.sandbox.up()
      _ = try project.sql("create table t as select generate_series(1, 1000) as a")
      for server in [before.primary, before.replica] { kill(try #require(server.processID), SIGKILL) }
      try await waitFor("the end of all servers") { project.processes.isEmpty }
      let after = try await project.sandbox.up()
      #expect(after.isUp)
      #expect(after.primary.processID != before.primary.processID)
      #expect(try project.sql("select count(*) from t") == "1000")
      #expect(project.processes.count == 2)
    }
  }

  @Test("a sandbox that is removed after a crash leaves no shared memory")
  func crashAndRemove() async throws {
    try await withProject { project in
      let status = try await project.sandbox.up()
      let lock = try #require(status.dataDirectory) + "/primary/postmaster.pid"
      let lines = try String(contentsOfFile: lock, encoding: .utf8).split(separator: "\n")
      let segment = try #require(
        lines.first { $0.split(separator: " ").count == 2 }?.split(separator: " ").last)
      let isThere = { try await Command("/usr/bin/ipcs", ["-m", "-i", String(segment)]).run().error.isEmpty }
      #expect(try await isThere())
      for server in [status.primary, status.replica] { kill(try #require(server.processID), SIGKILL) }
      try await waitFor("the end of all servers") { project.processes.isEmpty }
      try await project.sandbox.remove()
      #expect(try await !isThere())
    }
  }

  @Test("a primary without its mark of completion is made anew, even while its servers run")
  func halfPrimary() async throws {
    try await withProject { project in
      let before = try await project.sandbox.up()
      _ = try project.sql("create table t ()")
      try FileManager.default.removeItem(atPath: try #require(before.dataDirectory) + "/primary.complete")
      #expect(await project.sandbox.status().primary.state == .broken)
      #expect(try await project.sandbox.up().isUp)
      #expect(try project.sql("select to_regclass('t') is null") == "t")
      #expect(project.processes.count == 2)
    }
  }

  @Test("servers whose folder was deleted under them are ended, and everything is made anew")
  func deletedFolder() async throws {
    try await withProject { project in
      _ = try await project.sandbox.up()
      let before = project.processes
      try FileManager.default.removeItem(atPath: project.folder + "/.reportgen")
      #expect(await project.sandbox.status().primary.state == .absent)
      #expect(try await project.sandbox.up().isUp)
      #expect(before.count == 2 && Set(before).isDisjoint(with: project.processes))
      #expect(project.processes.count == 2)
    }
  }

  @Test("a replica that was half copied is copied again, and the primary keeps its rows")
  func halfReplica() async throws {
    try await withProject { project in
      let before = try await project.sandbox.up()
      _ = try project.sql("create table t ()")
      try await project.sandbox.down()
      let data = try #require(before.dataDirectory)
      for name in ["replica.complete", "replica/PG_VERSION"] {
        try FileManager.default.removeItem(atPath: "\(data)/\(name)")
      }
      #expect(try await project.sandbox.up().isUp)
      #expect(try project.sql("select to_regclass('t') is null", on: .replica) == "f")
      #expect(try project.sql("select count(*) from pg_replication_slots where active") == "1")
    }
  }

  @Test("a replica that was promoted is shown as broken and copied again")
  func promoted() async throws {
    try await withProject { project in
      _ = try await project.sandbox.up()
      _ = try project.sql("select pg_promote()", on: .replica)
      #expect(await project.sandbox.status().replica.state == .broken)
      #expect(try await project.sandbox.up().isUp)
      #expect(try project.sql("select pg_is_in_recovery()", on: .replica) == "t")
    }
  }

  @Test("a lock file that names somebody else's living process does not stop the start")
  func staleLockFile() async throws {
    try await withProject { project in
      let data = try #require(try await project.sandbox.up().dataDirectory)
      try await project.sandbox.down()
      let lock = "\(getpid())\n\(data)/primary\n1\n5432\n/tmp\n\n 1 1\nready   \n"
      try Data(lock.utf8).write(to: URL(fileURLWithPath: data + "/primary/postmaster.pid"))
      #expect(await project.sandbox.status().primary.state == .down)
      #expect(try await project.sandbox.up().isUp)
    }
  }

  @Test("a failing setup file is reported at its line and leaves nothing")
  func failingSetup() async throws {
    let files = [
      "good.sql": "create table t (a int primary key);",
      "bad.sql": "-- first\ninsert into t values (1);\ninsert into t values (1);\n",
    ]
    try await withProject(files, setup: ["good.sql", "bad.sql"]) { project in
      let error = try await diagnostic { _ = try await project.sandbox.up() }
      #expect(
        error.description == """
          bad.sql:3: error: duplicate key value violates unique constraint "t_pkey"
            detail: DETAIL:  Key (a)=(1) already exists.
            The sandbox was removed again.
          """)
      #expect(project.remains == [])
      try project.write("bad.sql", "insert into t values (1);")
      #expect(try await project.sandbox.up().isUp)
    }
  }

  @Test("a setup file that is not there is found before anything is created")
  func missingSetup() async throws {
    try await withProject(setup: ["sql/nothing.sql"]) { project in
      let error = try await diagnostic { _ = try await project.sandbox.up() }
      #expect(error.message == "could not read setup file \"sql/nothing.sql\": no such file or directory")
      try #require(mkfifo(project.folder + "/pipe.sql", 0o600) == 0)
      let sandbox = project.makeSandbox(Project.SandboxSettings(database: "sandbox", setup: ["pipe.sql"]))
      let pipe = try await diagnostic { _ = try await sandbox.up() }
      #expect(pipe.message == "could not read setup file \"pipe.sql\": it is a named pipe")
      #expect(project.remains == [])
    }
  }

  @Test("an interrupted start leaves nothing")
  func interrupted() async throws {
    try await withProject(["slow.sql": "select pg_sleep(600)"], setup: ["slow.sql"]) { project in
      let sandbox = project.sandbox
      let start = Task { try await sandbox.up() }
      let sleeps = "select count(*) from pg_stat_activity where query = 'select pg_sleep(600)'"
      try await waitFor("slow.sql to be loaded") { (try? project.sql(sleeps)) == "1" }
      start.cancel()
      await #expect(throws: CancellationError.self) { try await start.value }
      #expect(project.remains == [])
    }
  }

  @Test("a time zone that does not exist is explained, and nothing is left")
  func wrongTimezone() async throws {
    try await withProject(timezone: "Europe/Moskow") { project in
      let error = try await diagnostic { _ = try await project.sandbox.up() }
      #expect(error.message == "could not start the sandbox's primary")
      #expect(error.hint == "\"timezone\" in reportgen.yaml must be an IANA name such as Europe/Moscow.")
      #expect(project.remains == [])
    }
  }

  @Test("a folder for the sockets that others can enter is refused, and stays")
  func foreignSockets() async throws {
    try await withProject { project in
      let sockets = project.sandbox.layout.socketDirectory
      try FileManager.default.createDirectory(
        atPath: sockets, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o777])
      let error = try await diagnostic { _ = try await project.sandbox.up() }
      #expect(error.message == "cannot use folder \"\(sockets)\"")
      #expect(project.remains == [sockets])
      try FileManager.default.removeItem(atPath: sockets)
    }
  }

  @Test("a database that was renamed in the settings is refused with the way out")
  func otherDatabase() async throws {
    try await withProject { project in
      _ = try await project.sandbox.up()
      let other = project.makeSandbox(Project.SandboxSettings(database: "other"))
      let error = try await diagnostic { _ = try await other.up() }
      #expect(error.message == "the sandbox has database \"sandbox\", not \"other\"")
    }
  }
}
