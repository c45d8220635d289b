import PostgresClient
import ReportModel
import TestSupport
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

/// Two replicas in one connection string.
@Suite struct SeveralReplicaTests {
  private struct Scene {
    let pair: TestPair
    let second: AddedReplica
    let project: EngineProject

    /// A run whose string names the replicas by their ports, and where it read.
    func run(_ ports: [Int], _ environment: Project.Environment = Scene.patient) async throws -> (
      status: ReportModel.ExitStatus, replica: String, text: String
    ) {
      var configuration = project.configuration(RunOptions())
      configuration.environment = environment
      configuration.servers.replica =
        "host=\(ports.map { _ in pair.socketDirectory }.joined(separator: ",")) "
        + "port=\(ports.map(String.init).joined(separator: ",")) dbname=\(project.database.name) "
        + "user=reportgen_reader"
      let graph = DependencyGraph(try project.reports())
      let result = await RunEngine(configuration).run(graph.reports, graph: graph)
      let read = try await project.rows(
        "select replica from reportgen.report_run where published_at is not null order by started_at desc limit 1"
      )
      return (
        result.status, read,
        (result.diagnostics + result.reports.flatMap(\.diagnostics)).map(\.description).joined()
      )
    }

    static let patient = Project.Environment(name: "test", lagWaitSeconds: 30, confirmWaitSeconds: 30)
    static let impatient = Project.Environment(name: "test", lagWaitSeconds: 1, confirmWaitSeconds: 10)
  }

  private func withTwoReplicas(_ body: (Scene) async throws -> Void) async throws {
    let pair = try await startPrivatePair()
    let second = try await pair.addReplica()
    try await pair.withDatabase { database in
      try await temporaryDirectory { directory in
        let project = try await EngineProject(database, directory: directory, timezone: "UTC")
        try await project.define(
          "sale", "materialize: {as: table, table: reports.sale}\nexport: {}",
          sql: "select count(*) as sales from src.sale")
        try await body(Scene(pair: pair, second: second, project: project))
        await project.admin.close()
      }
    }
    try await second.stop()
    try await pair.stop()
  }

  @Test("where Patroni answers, readers and the confirmation heed what an operator said of a member")
  func tags() async throws {
    try await withTwoReplicas { scene in
      let (one, two) = (scene.pair.port(.replica), scene.second.port)
      // Which of the two is read depends on how far they have replayed; their order has ClusterMembersTests.
      let cases: [(String, String, status: ReportModel.ExitStatus)] = [
        ("{}", "{}", .done),
        (#"{"noloadbalance": true}"#, "{}", .done),
        // Rows that only such a replica has are rows that a failover loses.
        (#"{"nofailover": true}"#, #"{"nofailover": true}"#, .tryAgain),
        (#"{"nofailover": true}"#, "{}", .done),
      ]
      for (tagsOfOne, tagsOfTwo, status) in cases {
        let patroni = try Self.patroni(scene.pair.socketDirectory, [(one, tagsOfOne), (two, tagsOfTwo)])
        defer { patroni.stop() }
        var environment = Scene.patient
        environment.confirmWaitSeconds = status == .done ? 30 : 2
        // Nobody answers at the first.
        environment.patroni = ["http://127.0.0.1:1", "http://127.0.0.1:\(patroni.port)"]
        let run = try await scene.run([one, two], environment)
        #expect(run.status == status, "\(tagsOfOne) \(tagsOfTwo): \(run.text)")
      }
    }
  }

  private static func patroni(_ host: String, _ replicas: [(port: Int, tags: String)]) throws
    -> LoopbackServer
  {
    let members = replicas.map { port, tags in
      #"{"name": "pg\#(port)", "role": "replica", "state": "streaming", "host": "\#(host)", "port": \#(port), "timeline": 1, "tags": \#(tags)}"#
    }
    let body =
      #"{"members": [{"name": "pg0", "role": "leader", "state": "running", "timeline": 1}, "#
      + members.joined(separator: ", ") + "]}"
    return try LoopbackServer { _ in
      [.send("HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)")]
    }
  }

  @Test("a replica that lags or is away is passed over; the first that is near enough is read")
  func passedOver() async throws {
    try await withTwoReplicas { scene in
      let (one, two) = (scene.pair.port(.replica), scene.second.port)
      var run = try await scene.run([one, two])
      #expect(run.status == .done, "\(run.text)")
      #expect(run.replica == "replica")

      _ = try await scene.project.admin.query("select 1")
      try psqlOn(scene.pair.conninfo(.replica), "select pg_wal_replay_pause()")
      run = try await scene.run([one, two])
      #expect(run.status == .done, "\(run.text)")
      #expect(run.replica == "replica-1")

      _ = try await scene.second.query("select pg_wal_replay_pause()")
      run = try await scene.run([one, two], Scene.impatient)
      #expect(run.status == .tryAgain)
      #expect(run.text.contains("has not replayed"), "\(run.text)")

      try psqlOn(scene.pair.conninfo(.replica), "select pg_wal_replay_resume()")
      run = try await scene.run([two, one])
      #expect(run.status == .done, "\(run.text)")
      #expect(run.replica == "replica")

      _ = try await scene.second.query("select pg_wal_replay_resume()")
      try await scene.pair.killReplica()
      run = try await scene.run([one, two])
      #expect(run.status == .done, "\(run.text)")
      #expect(run.replica == "replica-1")
    }
  }

  @Test("the primary among the hosts is passed over")
  func primaryAmongThem() async throws {
    try await withTwoReplicas { scene in
      let run = try await scene.run([scene.pair.port(.primary), scene.second.port])
      #expect(run.status == .done, "\(run.text)")
      #expect(run.replica == "replica-1")
    }
  }

  private func psqlOn(_ conninfo: String, _ sql: String) throws { _ = try psql(conninfo, sql) }
}
