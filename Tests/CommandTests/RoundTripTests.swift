import TestSupport
import Testing

/// Over a network each round trip of a small run is waited for.
@Suite struct RoundTripTests {
  @Test("a small run asks the primary a bounded number of times, and each further report adds few")
  func bounded() async throws {
    try await withProject { project in
      func trips(_ reports: String...) async throws -> Int {
        try await withProxies(project) { proxies in
          let outcome = try await project.run(["run", "--jobs", "1"] + reports)
          try #require(outcome.status == 0, "\(outcome.error)")
          return proxies.primary.roundTrips
        }
      }
      for name in ["other", "third"] {
        try project.report(
          name, sql: "select id, amount from shop.sale",
          "title: Other\nmaterialize: {as: table, table: reports.\(name), unique_key: [id]}")
      }
      _ = try await trips("total", "other", "third")
      let (one, three) = (try await trips("total"), try await trips("total", "other", "third"))
      #expect(one <= 32, "\(one)")
      #expect((three - one) / 2 <= 11, "\(one), \(three)")
    }
  }
}
