import Certificates
import Foundation
import HTTPClient
import ReportModel

/// Requests to the REST APIs of Patroni and etcd. A member that does not answer within seconds is not an error, but a
/// result.
package struct ClusterClient: Sendable {
  /// A value, or one lower-case line with the reason why there is none.
  package enum Answer<Value: Sendable & Hashable>: Sendable, Hashable {
    case value(Value)
    case noAnswer(String)

    /// nil when there is no answer.
    package var value: Value? {
      if case .value(let value) = self { value } else { nil }
    }
  }

  private let http: HTTPClient

  /// - Parameters:
  ///   - tls: for URLs that begin with `https`.
  ///   - seconds: the limit of each request.
  /// - Throws: `HTTPError` when the client's thread cannot be created.
  package init(tls: Project.Environment.ClusterTLS = .init(), seconds: Int = 3) throws {
    http = try HTTPClient(
      limits: HTTPLimits(connect: .seconds(min(seconds, 2)), total: .seconds(seconds), bodyBytes: 1 << 20),
      identity: HTTPIdentity(trustedCertificates: tls.ca, certificate: tls.certificate, key: tls.key))
  }

  // MARK: Patroni

  /// The state of the cluster, from the first member that answers.
  ///
  /// - Parameter urls: of members, without a path.
  /// - Returns: the first answer, or the reason of the last member.
  /// - Throws: `CancellationError`.
  package func cluster(_ urls: [String]) async throws -> Answer<PatroniCluster> {
    var last = Answer<PatroniCluster>.noAnswer("no URL is configured")
    for url in urls {
      last = try await get(url + "/cluster", as: PatroniCluster.self)
      if last.value != nil { return last }
    }
    return last
  }

  /// A member's own state.
  ///
  /// - Parameter url: of the member's REST API, without a path.
  /// - Throws: `CancellationError`.
  package func node(_ url: String) async throws -> Answer<PatroniNode> {
    try await get(url + "/patroni", as: PatroniNode.self)
  }

  /// Whether the member itself says that it holds the leader key.
  ///
  /// - Throws: `CancellationError`.
  package func isLeader(_ url: String) async throws -> Answer<Bool> {
    do {
      let response = try await http.send(HTTPRequest("GET", url + "/leader"))
      return .value(response.status == 200)
    } catch let error as HTTPError {
      return .noAnswer(error.description)
    }
  }

  // MARK: etcd

  /// Whether an etcd member sees a quorum with a leader.
  ///
  /// - Parameter url: of the member's client API, without a path.
  /// - Throws: `CancellationError`.
  package func etcdHealth(_ url: String) async throws -> Answer<Bool> {
    struct Health: Decodable, Hashable, Sendable {
      var health: String
    }
    switch try await get(url + "/health", as: Health.self, anyStatus: true) {
    case .value(let answer): return .value(answer.health == "true")
    case .noAnswer(let reason): return .noAnswer(reason)
    }
  }

  /// Whether each member sees a quorum with a leader, in the order of `urls`.
  ///
  /// A majority of answers of which some see no leader is what an election looks like, which ends within seconds: the
  /// members are asked again until `election` is over.
  ///
  /// - Throws: `CancellationError`.
  package func etcdHealth(_ urls: [String], election: Duration = .seconds(5)) async throws -> [Answer<Bool>] {
    let clock = ContinuousClock()
    let end = clock.now + election
    while true {
      var answers: [Answer<Bool>] = []
      for url in urls { answers.append(try await etcdHealth(url)) }
      let leaderless = answers.count { $0.value == false }
      let isMajority = answers.count { $0.value != nil } > urls.count / 2
      guard leaderless > 0, isMajority, clock.now < end else { return answers }
      try await Task.sleep(for: .milliseconds(200))
    }
  }

  // MARK: TLS

  /// The certificate that a server shows, valid or not.
  ///
  /// - Throws: `CancellationError`.
  package func certificate(_ url: String) async throws -> Answer<Certificate> {
    do { return .value(try await http.certificate(of: url)) } catch let error as HTTPError {
      return .noAnswer(error.description)
    }
  }

  // MARK: HTTP

  /// Patroni answers 503 with the same body when the member does not have the requested role.
  private func get<Value: Decodable & Hashable & Sendable>(
    _ url: String, as type: Value.Type, anyStatus: Bool = false
  ) async throws -> Answer<Value> {
    do {
      let response = try await http.send(HTTPRequest("GET", url))
      guard anyStatus || response.status == 200 || response.status == 503 else {
        return .noAnswer("the response has status \(response.status)")
      }
      guard let value = try? JSONDecoder().decode(type, from: Data(response.body)) else {
        return .noAnswer("the response is not in the format of this API")
      }
      return .value(value)
    } catch let error as HTTPError {
      return .noAnswer(error.description)
    }
  }
}
