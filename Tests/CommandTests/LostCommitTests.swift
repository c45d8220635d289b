import TestSupport
import Testing

@Suite("Connections that break or fall silent")
struct LostCommitTests {
  @Test("a connection lost behind the COMMIT is looked up in the ledger: the run ends 0 with the rows once")
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

  @Test("a connection lost before the COMMIT published nothing: another try does, once")
  func beforeCommit() async throws {
    try await withProxy(.cutBeforeCommit) { project, _ in
      let outcome = try await project.run("run", "added")
      #expect(outcome.status == 0)
      try expectGolden(outcome.error, "faults/cut-before-commit.txt")
      #expect(try project.rows(of: "reports.added") == "(1)\n(2)\n(3)")
      try await project.expectNothingLeft()
    }
  }

  @Test("a primary that takes connections and never answers ends a run 69, in bounded time")
  func silentPrimary() async throws {
    try await withProxy(.silence) { project, _ in
      try await project.expectFault("silent-primary", "run", "total")
      try await project.expectFault("silent-primary", "status")
    }
  }

  @Test("a replica that takes connections and never answers ends a run 75, in bounded time")
  func silentReplica() async throws {
    try await withProxy(.silence) { project, proxy in
      let database = project.database
      try project.configure(
        replica: "\(proxy.conninfoHost) dbname=\(database.name) user=reportgen_reader connect_timeout=2")
      try await project.expectFault("silent-replica", "run", "total")
    }
  }

  @Test(
    "a primary that falls silent under a run ends it 75 in bounded time, however many reports wait for it; nothing is published"
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
      let outcome = try await stopped.run.outcome(within: .seconds(60))
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
      try project.configure(
        primary: "\(proxy.conninfoHost) dbname=\(database.name) user=reportgen_writer connect_timeout=2",
        more: "    statement_timeout: 3s\n    reconnect_wait: 2s")
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
