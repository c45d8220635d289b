import ClusterClient
import PostgresClient
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

extension WithoutServer {
  @Suite struct ClusterMembersTests {
    private func member(
      _ number: Int, _ role: String = "replica", timeline: Int? = 5, state: String = "running",
      tags: PatroniTags = PatroniTags()
    ) -> PatroniMember {
      PatroniMember(
        name: "pg\(number)", role: role, state: state, host: "10.0.0.\(number)", timeline: timeline,
        tags: tags)
    }

    private func order(_ members: [PatroniMember]) -> [String] {
      let places = (0..<5).map { ServerPlace(host: "10.0.0.\($0)", port: "5432") }
      return ClusterMembers(cluster: PatroniCluster(members: members)).order(places).map {
        String($0.host.suffix(1))
      }
    }

    @Test("a server is told apart by its name or address, and its port")
    func places() {
      let members = ClusterMembers(cluster: PatroniCluster(members: [member(1)]))
      let found = [
        ServerPlace(host: "10.0.0.1"), ServerPlace(host: "db", address: "10.0.0.1", port: "5432"),
        ServerPlace(host: "10.0.0.1", port: "5433"), ServerPlace(host: "10.0.0.2"), ServerPlace(host: ""),
      ].map { members.member(at: $0)?.name }
      #expect(found == ["pg1", "pg1", nil, nil, nil])
    }

    @Test("readers keep away from whom an operator spares, and from servers that do not run or follow")
    func ordered() {
      let leader = member(0, "leader")
      #expect(order([leader, member(1), member(2)]) == ["0", "1", "2", "3", "4"])
      #expect(
        order([leader, member(1, tags: PatroniTags(noLoadBalance: true)), member(2)]) == [
          "0", "2", "3", "4", "1",
        ])
      #expect(order([leader, member(1, timeline: 4), member(2, state: "stopped")]) == ["0", "3", "4"])
      // Somebody who is never right is better than nobody.
      #expect(order((0..<5).map { member($0, state: "stopped") }) == ["0", "1", "2", "3", "4"])
    }

    @Test("rows are kept by a server that can become the leader, on the leader's own timeline")
    func kept() {
      let members = ClusterMembers(
        cluster: PatroniCluster(members: [
          member(0, "leader"), member(1), member(2, timeline: 4),
          member(3, tags: PatroniTags(noFailover: true)),
        ]))
      let refusals = (0..<5).map { members.refusal(at: ServerPlace(host: "10.0.0.\($0)")) }
      #expect(
        refusals == [
          nil, nil, "replica \"pg2\" is on a timeline that the leader has left",
          "replica \"pg3\" never becomes the leader (nofailover)", nil,
        ])
    }
  }
}
