import ClusterClient
import ReportModel
import TestSupport
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

/// On real servers: what is right looks right, and what was broken on purpose is found.
@Suite struct DoctorTests {
  private func examine(
    _ project: EngineProject, owner: String? = "reportgen_owner",
    printing output: (String?, String) = (nil, "not asked"),
    _ change: (inout Project.Environment, inout Servers) -> Void = { _, _ in }
  ) async throws -> [Finding] {
    var environment = Project.Environment(name: "test", owner: owner)
    var servers = project.servers
    change(&environment, &servers)
    return try await DoctorEngine(
      environment: environment, servers: servers, output: project.exportRoot, configuration: [],
      graph: DependencyGraph(try project.reports())
    ) { _ in output }.examine()
  }

  private func problems(_ findings: [Finding]) -> [String] {
    findings.filter { $0.level == .problem }.map { "\($0.area.rawValue), \($0.subject): \($0.fact)" }
  }

  @Test("a pair of servers without a cluster around it has no problem, and a right is missing to see more")
  func pair() async throws {
    try await withProject(clock: nil) { project in
      try await project.define(
        "good", "materialize: {as: table, table: reports.good}", sql: "select 1 as one")
      let findings = try await examine(project) { environment, _ in environment.confirm = .replica }
      // The tests' servers run without fsync.
      #expect(
        Set(problems(findings).map { $0.prefix(23) }).isSubset(of: [
          "settings, primary: fsyn", "settings, replica: fsyn", "settings, primary: full",
          "settings, replica: full",
        ]))
      #expect(findings.contains { $0.area == .ledger && $0.level == .ok })
      #expect(
        findings.contains { $0.area == .replication && $0.hint == "GRANT pg_monitor TO reportgen_reader;" })
      #expect(findings.filter { $0.area == .clock }.map(\.level) == [.ok, .ok])
    }
  }

  @Test("a database without a ledger, a replica that is away, strings that are turned around")
  func broken() async throws {
    try await withProject(clock: nil) { project in
      try await project.define(
        "good", "materialize: {as: table, table: reports.good}", sql: "select 1 as one")
      _ = try await project.admin.execute("delete from reportgen.migration")
      let findings = try await examine(project) { _, servers in
        servers.replica = servers.replica + " host=/nowhere"
      }
      #expect(findings.status == .unavailable)
      #expect(problems(findings).contains("ledger, reportgen: there is none"))
      #expect(problems(findings).contains { $0.hasPrefix("servers, replica: could not connect") })
      let turned = try await examine(project) { _, servers in
        servers.owner = nil
        (servers.primary, servers.replica) = (servers.replica, servers.primary)
      }
      #expect(problems(turned).contains { $0.hasPrefix("servers, primary: the string leads to a replica") })
    }
  }

  @Test(
    "a superuser, hosts asked one by one whatever role the string wants, and a role that may not be the owner"
  )
  func strings() async throws {
    try await withProject(clock: nil) { project in
      try await project.define(
        "good", "materialize: {as: table, table: reports.good}", sql: "select 1 as one")
      let (primary, replica) = (project.database.primary, project.database.replica)
      let superuser = try await examine(project) { _, servers in servers.primary = primary }
      #expect(superuser.contains { $0.area == .rights && $0.level == .warning && $0.subject == "primary" })
      #expect(superuser.contains { $0.area == .ledger && $0.level == .ok })

      // Both servers of the pair in one string, as a cluster's hosts are.
      func value(_ name: String, _ conninfo: String) -> String {
        conninfo.split(separator: " ").first { $0.hasPrefix(name + "=") }.map {
          String($0.dropFirst(name.count + 1))
        }
          ?? ""
      }
      let both = ["host", "port"].map { "\($0)=\(value($0, primary)),\(value($0, replica))" }
      let hosts = try await examine(project) { _, servers in
        servers.replica += " \(both.joined(separator: " ")) target_session_attrs=standby"
      }
      let found = hosts.filter { $0.area == .servers }.map { "\($0.level.rawValue) \($0.fact)" }
      #expect(found.count == 3 && found[1].hasSuffix("is the primary now"), "\(found)")
      #expect(found.allSatisfy { $0.hasPrefix("ok ") }, "\(found)")

      let stranger = try await examine(project) { _, servers in servers.owner = "superset" }
      #expect(stranger.status == .failed)
      #expect(
        stranger.first { $0.area == .servers }?.hint
          == "Run on the primary, as a superuser: GRANT \"superset\" TO \"reportgen_writer\";")
    }
  }

  @Test("rights on tables that only the server finds in a query, and why it refuses one")
  func serverSyntax() async throws {
    try await withProject(clock: nil) { project in
      try await project.execute(
        """
        create schema shop; create schema hidden; create table hidden.price (id int, amount int);
        create table shop.item (id int); create view shop.priced as select i.id, p.amount from shop.item i
          join hidden.price p using (id);
        grant usage on schema shop to reportgen_reader; grant select on shop.priced to reportgen_reader;
        """)
      let yaml = "syntax: server\nmaterialize: {as: table, table: reports.priced}"
      func problems(_ sql: String) async throws -> [String] {
        try await project.define("priced", yaml, sql: sql)
        return try await examine(project).filter {
          [.rights, .reports].contains($0.area) && $0.level == .problem
        }
        .map { "\($0.area.rawValue), \($0.subject): \($0.fact); \($0.hint ?? "")" }
      }
      // What a view reads is the right of the view's owner. There is no table amount in a schema p.
      let view = "select id, p.amount from shop.priced p"
      #expect(try await problems(view) == [])
      let lacks =
        "rights, replica: reportgen_reader lacks rights on what the reports need; "
        + "Run on the primary, as a superuser: "
      #expect(
        try await problems("select id from shop.priced join hidden.price using (id)") == [
          lacks + "GRANT USAGE ON SCHEMA hidden TO reportgen_reader; "
            + "GRANT SELECT ON hidden.price TO reportgen_reader;"
        ])
      #expect(
        try await problems("select id from shop.item") == [
          lacks + "GRANT SELECT ON shop.item TO reportgen_reader;"
        ])
      try await project.execute("grant select on shop.item to reportgen_reader")
      #expect(try await problems("select id from shop.item") == [])
      // The view's owner loses what the view needs.
      try await project.execute("create role view_owner; alter view shop.priced owner to view_owner")
      let refused = try await problems(view)
      try await project.execute("alter view shop.priced owner to current_user; drop role view_owner")
      #expect(refused.count == 1 && refused[0].hasPrefix("reports, priced: the server refuses its query: "))
      let gone = try await problems("select id from shop.gone")
      #expect(
        gone.count == 1 && gone[0].hasPrefix("reports, priced: the server refuses its query: "), "\(gone)")
    }
  }

  @Test("Patroni's word on who leads is held against where the primary's string leads")
  func patroni() async throws {
    try await withProject(clock: nil) { project in
      try await project.define(
        "good", "materialize: {as: table, table: reports.good}", sql: "select 1 as one")
      let started = try #require(
        try await project.admin.query("select pg_postmaster_start_time()").single() ?? nil)
      for (start, level) in [(started, Finding.Level.ok), ("2026-11-22 03:00:00+03", .problem)] {
        let member = try Self.member(start: start)
        defer { member.stop() }
        let url = "http://127.0.0.1:\(member.port)"
        let findings = try await examine(
          project,
          printing: (#"[{"name": "ishop", "status": {"code": 0, "message": "ok"}, "backup": []}]"#, "")
        ) { environment, _ in
          environment.patroni = [url]
          environment.etcd = [url, "http://127.0.0.1:1"]
          environment.backup = Project.Environment.Backup(info: .shell("unused"))
        }
        #expect(findings.first { $0.area == .patroni && $0.subject == "leader" }?.level == level)
        #expect(problems(findings).contains("etcd, quorum: 1 of 2 members are healthy, 2 are needed"))
        #expect(problems(findings).contains("backup, stanza ishop: has no backup"))
      }
    }
  }

  /// A leader that answers as Patroni and etcd do.
  private static func member(start: String) throws -> LoopbackServer {
    try LoopbackServer { request in
      let body =
        switch request.target {
        case "/cluster":
          #"{"members": [{"name": "pg0", "role": "leader", "state": "running", "api_url": "http://\#(request.headers["host"] ?? "")/patroni"}]}"#
        case "/health": #"{"health": "true"}"#
        default:
          #"{"state": "running", "role": "primary", "postmaster_start_time": "\#(start)", "timeline": 1}"#
        }
      return [
        .send("HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)")
      ]
    }
  }
}
