import Foundation
import HTTPClient

/// Asks Patroni's and etcd's own interfaces, which answer within seconds or count as silent.
package struct ClusterClient: Sendable {
  /// An answer, or one lower-case line that says why there is none.
  package enum Answer<Value: Sendable & Hashable>: Sendable, Hashable {
    case value(Value)
    case silence(String)

    package var value: Value? {
      if case .value(let value) = self { value } else { nil }
    }
  }

  private let http: HTTPClient

  /// - Throws: `HTTPError` when the process may not have another thread.
  package init(seconds: Int = 3) throws {
    http = try HTTPClient(
      limits: HTTPLimits(connect: .seconds(min(seconds, 2)), total: .seconds(seconds), bodyBytes: 1 << 20))
  }

  // MARK: Patroni

  /// - Parameter urls: of members, without a path; the first that answers is enough.
  /// - Returns: what it says, or why the last one did not.
  package func cluster(_ urls: [String]) async throws -> Answer<PatroniCluster> {
    var last = Answer<PatroniCluster>.silence("no URL is configured")
    for url in urls {
      last = try await get(url + "/cluster", as: PatroniCluster.self)
      if last.value != nil { return last }
    }
    return last
  }

  /// - Parameter url: of the member's own interface, without a path.
  package func node(_ url: String) async throws -> Answer<PatroniNode> {
    try await get(url + "/patroni", as: PatroniNode.self)
  }

  /// Whether the member holds the leader's key at this moment; first-hand.
  package func isLeader(_ url: String) async throws -> Answer<Bool> {
    do {
      let response = try await http.send(HTTPRequest("GET", url + "/leader"))
      return .value(response.status == 200)
    } catch let error as HTTPError {
      return .silence(error.description)
    }
  }

  // MARK: etcd

  /// - Parameter url: of an etcd member's client interface, without a path.
  /// - Returns: whether the member sees a quorum with a leader.
  package func etcdHealth(_ url: String) async throws -> Answer<Bool> {
    struct Health: Decodable, Hashable, Sendable {
      var health: String
    }
    switch try await get(url + "/health", as: Health.self, anyStatus: true) {
    case .value(let answer): return .value(answer.health == "true")
    case .silence(let reason): return .silence(reason)
    }
  }

  // MARK: HTTP

  /// Patroni answers 503 with a whole body where a role is not the one that was asked for.
  private func get<Value: Decodable & Hashable & Sendable>(
    _ url: String, as type: Value.Type, anyStatus: Bool = false
  ) async throws -> Answer<Value> {
    do {
      let response = try await http.send(HTTPRequest("GET", url))
      guard anyStatus || response.status == 200 || response.status == 503 else {
        return .silence("the answer has status \(response.status)")
      }
      guard let value = try? JSONDecoder().decode(type, from: Data(response.body)) else {
        return .silence("the answer is not what this interface gives")
      }
      return .value(value)
    } catch let error as HTTPError {
      return .silence(error.description)
    }
  }
}
