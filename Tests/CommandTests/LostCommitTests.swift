import TestSupport
import Testing

@Suite("Connections that are lost around COMMIT, and servers that do not answer")
struct LostCommitTests {
  @Test("after a connection lost in COMMIT the ledger says that the rows are published: the run ends 0")
  func behindCommit() async throws {
    try await withProxy(.cutBehindCommit) { project, _ in
      try await project.succeed("run", "added")
      #expect(try project.rows(of: "reports.added") == "(1)\n(2)\n(3)")
      #expect(
        try project.onPrimary("select count(*) from reportgen.report_run where report = 'added'") == "1")
      try await project.expectNothingLeft()
      try await project.succeed("run", "added")
      #expect(try project.rows(of: "reports.added") == "(1)\n(2)\n(3)")
    }
  }

  @Test("after a connection lost before COMMIT the run publishes the rows with its next attempt")
  func beforeCommit() async throws {
    try await withProxy(.cutBeforeCommit) { project, _ in
      let outcome = try await project.run("run", "added")
      #expect(outcome.status == 0)
      try expectGolden(outcome.error, "faults/cut-before-commit.txt")
      #expect(try project.rows(of: "reports.added") == "(1)\n(2)\n(3)")
      try await project.expectNothingLeft()
    }
  }

  @Test("a primary that accepts connections and does not answer ends a run 69")
  func silentPrimary() async throws {
    try await withProxy(.silence) { project, _ in
      try await project.expectFault("silent-primary", "run", "total")
      try await project.expectFault("silent-primary", "status")
    }
  }

  @Test("a replica that accepts connections and does not answer ends a run 75")
  func silentReplica() async throws {
    try await withProxy(.silence) { project, proxy in
      let database = project.database
      try project.configure(
        replica: "\(proxy.conninfoHost) dbname=\(database.name) user=reportgen_reader connect_timeout=2")
      try await project.expectFault("silent-replica", "run", "total")
    }
  }

  @Test(
    "a primary that stops answering during a run ends it 75 for all of its reports; nothing is published"
  )
  func fallsSilent() async throws {
    try await withProxy(.none) { project, proxy in
      try await RunStep.prepare(project)
      try RunStep.check.touch(project)
      try project.report(
        "other", sql: "select id, amount from shop.sale",
        "title: Other\nmaterialize: {as: table, table: reports.other, unique_key: [id]}")
      let stopped = try await RunStep.check.reach(project, ["other", "--jobs", "1"])
      proxy.become(.silence)
      await stopped.release()
      let outcome = try await stopped.run.outcome()
      #expect(outcome.status == 75, "\(outcome.error)")
      // A cancel request, the wait for the primary's return, and a last look for owed files; not one for each report.
      #expect(proxy.unanswered <= 5)
      proxy.become(.none)
      proxy.stop()
      try project.configure()
      try await project.succeed("run", "other")
      try await project.expectDone(.check)
    }
  }
}

/// A project whose primary is reached through a proxy; report `added` appends three rows.
private func withProxy(
  _ fault: SocketProxy.Fault, _ body: (CommandProject, SocketProxy) async throws -> Void
) async throws {
  try await withProject { project in
    try await temporaryDirectory { folder in
      let database = project.database
      let proxy = try SocketProxy(
        folder: folder,
        server: "\(database.pair.socketDirectory)/.s.PGSQL.\(database.pair.port(.primary))", fault)
      defer { proxy.stop() }
      // Short where all of it has to pass: the server will never answer.
      let limit = fault.isCut ? 30 : 2
      try project.configure(
        primary:
          "\(proxy.conninfoHost) dbname=\(database.name) user=reportgen_writer connect_timeout=\(limit)",
        more: "    statement_timeout: 10s\n    reconnect_wait: \(limit)s")
      let start = try project.onPrimary("select (now() at time zone 'Europe/Moscow')::date - 1")
      try project.report(
        "added", sql: "select n from pg_catalog.generate_series(1, 3) as n where :start < :end",
        """
        title: Added
        period: day
        start: \(start)
        materialize: {as: append, table: reports.added}
        """)
      try await body(project, proxy)
    }
  }
}
