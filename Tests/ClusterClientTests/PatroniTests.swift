import ClusterClient
import Foundation
import Synchronization
import TestSupport
import Testing

/// With recorded responses of Patroni 3.0.2 and 4.1.5.
@Suite struct PatroniTests {
  @Test("cluster responses of Patroni 3 and 4 are decoded")
  func cluster() throws {
    let old = try read(
      PatroniCluster.self,
      """
      {"members": [
        {"name": "pg0", "role": "leader", "state": "running", "api_url": "http://192.168.88.65:8008/patroni",
         "host": "192.168.88.65", "port": 5432, "timeline": 7},
        {"name": "pg1", "role": "replica", "state": "running", "api_url": "http://192.168.88.64:8008/patroni",
         "host": "192.168.88.64", "port": 5432, "timeline": 7, "lag": 16777216,
         "tags": {"nosync": true, "noloadbalance": true}}]}
      """)
    #expect(
      old
        == PatroniCluster(members: [
          PatroniMember(
            name: "pg0", role: "leader", state: "running", host: "192.168.88.65", timeline: 7,
            url: "http://192.168.88.65:8008"),
          PatroniMember(
            name: "pg1", role: "replica", state: "running", host: "192.168.88.64", timeline: 7,
            lagBytes: 16_777_216, url: "http://192.168.88.64:8008",
            tags: PatroniTags(noLoadBalance: true, noSync: true)),
        ]))
    let new = try read(
      PatroniCluster.self,
      """
      {"members": [
        {"name": "pg0", "role": "replica", "state": "streaming", "api_url": "https://pg0:8008/patroni",
         "host": "pg0", "port": 5433, "timeline": 2, "receive_lag": 0, "receive_lsn": "0/4000180", "replay_lag": 0,
         "replay_lsn": "0/4000180", "lag": "unknown", "lsn": "0/4000180", "tags": {"failover_priority": 0}},
        {"name": "pg1", "role": "leader", "state": "start failed", "api_url": "https://pg1:8008/patroni",
         "host": "pg1", "port": 5432}],
       "pause": true, "scope": "otus"}
      """)
    #expect(new.isPaused)
    #expect(new.leader?.name == "pg1")
    #expect(new.members.map(\.isRunning) == [true, false])
    #expect(new.members[0].lagBytes == nil)
    #expect(new.members[0].tags.noFailover)
    #expect(new.members[0].url == "https://pg0:8008")
  }

  @Test("member responses of Patroni 3 and 4 are decoded")
  func node() throws {
    let old = try read(
      PatroniNode.self,
      """
      {"state": "running", "postmaster_start_time": "2026-11-23 01:28:36.783275+00:00", "role": "master",
       "server_version": 150018, "xlog": {"location": 134223864}, "timeline": 1, "dcs_last_seen": 1795397431,
       "database_system_identifier": "7711172753822652566", "patroni": {"version": "3.0.2", "scope": "otus"}}
      """)
    #expect(
      old
        == PatroniNode(
          state: "running", role: "master", startedAt: "2026-11-23 01:28:36.783275+00:00",
          serverVersion: 150_018,
          timeline: 1, systemIdentifier: "7711172753822652566", version: "3.0.2", scope: "otus"))
    #expect(old.isPrimary)
    let new = try read(
      PatroniNode.self,
      """
      {"state": "running", "role": "replica", "xlog": {"received_location": 50331648, "paused": true},
       "timeline": 1, "replication_state": "streaming", "pending_restart": true,
       "patroni": {"version": "4.1.5", "scope": "otus", "name": "pg1"}}
      """)
    #expect(!new.isPrimary && new.isReplayPaused && new.isRestartPending)
  }

  @Test("the first answer is used, and without one the reason is returned")
  func asking() async throws {
    let member = try LoopbackServer { request in
      switch request.target {
      case "/cluster":
        [.send(Self.answer(200, #"{"members": [{"name": "pg0", "role": "leader", "state": "running"}]}"#))]
      case "/leader": [.send(Self.answer(503, "{}"))]
      case "/patroni": [.send(Self.answer(503, #"{"state": "stopped", "role": "replica"}"#))]
      case "/health": [.send(Self.answer(503, #"{"health": "false"}"#))]
      default: [.send(Self.answer(404, ""))]
      }
    }
    let stranger = try LoopbackServer { _ in [.send(Self.answer(200, "<html>"))] }
    defer {
      member.stop()
      stranger.stop()
    }
    let (url, other) = ("http://127.0.0.1:\(member.port)", "http://127.0.0.1:\(stranger.port)")
    let client = try ClusterClient()
    #expect(try await client.cluster(["http://127.0.0.1:1", other, url]).value?.leader?.name == "pg0")
    #expect(
      try await client.cluster(["http://127.0.0.1:1"]) == .noAnswer("could not connect to http://127.0.0.1:1")
    )
    #expect(try await client.cluster([other]) == .noAnswer("the response is not in the format of this API"))
    #expect(try await client.cluster([url + "/x"]) == .noAnswer("the response has status 404"))
    #expect(try await client.cluster([]) == .noAnswer("no URL is configured"))
    #expect(try await client.node(url).value?.isRunning == false)
    #expect(try await client.isLeader(url) == .value(false))
    #expect(try await client.isLeader(other) == .value(true))
    #expect(try await client.etcdHealth(url) == .value(false))
  }

  @Test("etcd's members are asked again while they may elect a leader, and not when too few answer")
  func election() async throws {
    let asked = Mutex(0)
    let elects = try LoopbackServer { _ in
      let isElected = asked.withLock { count in
        count += 1
        return count > 3
      }
      return [.send(Self.answer(isElected ? 200 : 503, #"{"health": "\#(isElected)"}"#))]
    }
    let leaderless = try LoopbackServer { _ in [.send(Self.answer(503, #"{"health": "false"}"#))] }
    defer {
      elects.stop()
      leaderless.stop()
    }
    let dead = "http://127.0.0.1:1"
    let (first, second) = ("http://127.0.0.1:\(elects.port)", "http://127.0.0.1:\(leaderless.port)")
    let client = try ClusterClient()
    let refused = ClusterClient.Answer<Bool>.noAnswer("could not connect to \(dead)")
    #expect(try await client.etcdHealth([first, first, dead]) == [.value(true), .value(true), refused])
    #expect(asked.withLock { $0 } == 6)
    #expect(try await client.etcdHealth([second, dead, dead]) == [.value(false), refused, refused])
    #expect(leaderless.requests.count == 1)
    #expect(
      try await client.etcdHealth([second, second], election: .milliseconds(1)) == [
        .value(false), .value(false),
      ])
  }

  private static func answer(_ status: Int, _ body: String) -> String {
    "HTTP/1.1 \(status) x\r\nContent-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)"
  }

  private func read<Value: Decodable>(_ type: Value.Type, _ json: String) throws -> Value {
    try JSONDecoder().decode(type, from: Data(json.utf8))
  }
}
