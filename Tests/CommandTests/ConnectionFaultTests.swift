import Foundation
import PostgresClient
import TestSupport
import Testing

@Suite("Servers that are not there, or not what they should be")
struct ConnectionFaultTests {
  @Test("without any server a run ends 69")
  func noServer() async throws {
    try await withProject { project in
      let nobody = "host=\(project.database.pair.socketDirectory) port=5999 dbname=shop user=reportgen_writer"
      try project.configure(replica: nobody, primary: nobody)
      for command in ["run", "plan", "verify"] {
        try await project.expectFault("no-server", command, "total")
      }
      try await project.expectFault("no-server-status", "status")
      try await project.expectFault("no-server-init", "init")
    }
  }

  @Test("without its replica a run ends 75")
  func noReplica() async throws {
    try await withProject { project in
      let nobody = "host=\(project.database.pair.socketDirectory) port=5999 dbname=shop user=reportgen_reader"
      try project.configure(replica: nobody)
      try await project.expectFault("no-replica", "run", "total")
      for command in ["plan", "verify"] {
        try await project.expectFault("no-replica-asking", command, "total")
      }
      for option in ["--from", "--matview"] {
        try await project.expectFault("no-replica-asking", "new", "fresh", option, "shop.sale")
      }
      try await project.expectFault("no-replica-init", "init")
    }
  }

  @Test("a role that does not exist is a wrong configuration")
  func noRole() async throws {
    try await withProject { project in
      try project.configure(primary: project.database.conninfo(.primary, user: "nobody_here"))
      try await project.expectFault("no-role-primary", "run", "total")
      try project.configure(replica: project.database.conninfo(.replica, user: "nobody_here"))
      try await project.expectFault("no-role-replica", "run", "total")
      try project.configure(owner: "nobody_owns")
      try await project.expectFault("no-role-owner", "run", "total")
    }
  }

  @Test("a database that does not exist is a wrong configuration")
  func noDatabase() async throws {
    try await withProject { project in
      let pair = project.database.pair
      try project.configure(
        primary: pair.conninfo(.primary, user: "reportgen_writer", database: "nothing_here"))
      try await project.expectFault("no-database", "run", "total")
    }
  }

  @Test("a wrong password is a wrong configuration, and no password is shown")
  func wrongPassword() async throws {
    let pair = try await startPrivatePair()
    try await withProject(on: pair) { project in
      _ = try project.onPrimary("create role clerk login password 'right' in role reportgen_owner")
      let rules = pair.dataDirectory(.primary) + "/pg_hba.conf"
      let trust = try String(contentsOfFile: rules, encoding: .utf8)
      let file = try FileHandle(forWritingTo: URL(filePath: rules))
      try file.write(contentsOf: Data("local all clerk scram-sha-256\n\(trust)".utf8))
      try file.close()
      try await pair.reloadSettings(.primary)
      let clerk = project.database.conninfo(.primary, user: "clerk")
      try project.configure(primary: clerk)
      try await project.expectFault("no-password", "run", "total")
      var knowing = project
      knowing.environment["PGPASSWORD"] = "wrong-secret"
      try await knowing.expectFault("wrong-password", "run", "total")
      knowing.environment["PGPASSWORD"] = "right"
      try await knowing.succeed("run", "total")
    }
    try await pair.stop()
  }

  @Test("a connection string that cannot be read is a wrong configuration")
  func unreadableString() async throws {
    try await withProject { project in
      try project.configure(primary: "host=/nowhere colour=blue")
      try await project.expectFault("unreadable-string", "run", "total")
      try project.configure(replica: "service=nowhere")
      try await project.expectFault("unknown-service", "run", "total")
    }
  }

  @Test("a primary's string that leads to a replica publishes nothing")
  func primaryIsReplica() async throws {
    try await withProject { project in
      try project.configure(primary: project.database.conninfo(.replica, user: "reportgen_writer"))
      try await project.expectFault("primary-is-replica", "run", "total")
      try await project.expectFault("primary-is-replica-init", "init")
    }
  }

  @Test("a replica's string that leads to a primary reads nothing, unless that is allowed")
  func replicaIsPrimary() async throws {
    try await withProject { project in
      let primary = project.database.conninfo(.primary, user: "reportgen_reader")
      try project.configure(replica: primary)
      try await project.expectFault("replica-is-primary", "run", "total")
      try project.configure(replica: primary, onLag: "{then: use_primary}", more: "    confirm: primary")
      try await project.succeed("run", "total")
    }
  }

  @Test("a replica of another cluster or another database is not read")
  func noPair() async throws {
    let other = try await startPrivatePair()
    try await withProject { project in
      try project.configure(replica: other.conninfo(.replica, user: "postgres"))
      for command in ["run", "verify"] { try await project.expectFault("other-cluster", command, "total") }
      let pair = project.database.pair
      try project.configure(replica: pair.conninfo(.replica, user: "reportgen_reader", database: "postgres"))
      try await project.expectFault("other-database", "run", "total")
    }
    try await other.stop()
  }

  @Test("replay that stands still ends 75 after on_lag.wait, and the next run publishes")
  func replayStandsStill() async throws {
    let pair = try await startPrivatePair()
    try await withProject(on: pair) { project in
      _ = try project.onReplica("select pg_wal_replay_pause()")
      try project.configure(onLag: "{wait: 1s, then: fail}")
      for command in ["run", "verify"] {
        try await project.expectFault("replay-stands-still", command, "total")
      }
      _ = try project.onReplica("select pg_wal_replay_resume()")
      try project.configure()
      try await project.succeed("run", "total")
    }
    try await pair.stop()
  }

  @Test("a ledger that is missing or newer stops a run before anything else")
  func ledger() async throws {
    try await withProject(published: false) { project in
      for command in ["run", "export", "plan", "verify"] {
        try await project.expectFault("no-ledger", command, "total", unchanged: false)
      }
      try await project.expectFault("no-ledger", "status", unchanged: false)
      try await project.expectFault("no-ledger", "history", unchanged: false)
      try await project.succeed("init")
      _ = try project.onPrimary(
        "insert into reportgen.migration (version, name) values (99, 'from the future')")
      try await project.expectFault("newer-ledger", "run", "total")
      try await project.expectFault("newer-ledger", "init")
    }
  }

  @Test("an environment that does not exist is named with those that do")
  func noEnvironment() async throws {
    try await withProject { project in
      try await project.expectFault("no-environment", "run", "total", "--env", "prod")
    }
  }
}
