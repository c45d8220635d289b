import Foundation
import HTTPClient
import ReportModel
import Testing

@testable import SupersetAssets

extension DashboardTests {
  @Test("a user of roles Gamma and managers sees the dashboard of the role and nothing else")
  func managers() async throws {
    let store = try Store.shared()
    _ = try await store.sync()
    let plain = "superset: {timeout: 600s}"
    try await store.changing(
      "reportgen.yaml", (plain, "superset: {timeout: 600s, roles: {managers: [sales]}}")
    ) {
      #expect(try await store.sync("--dry-run") == "would create  role  managers  reportgen managers\n")
      #expect(try await store.sync() == "created  role  managers  reportgen managers\n")
      #expect(try await store.sync() == "")
      let manager = try await user(store, roles: ["Gamma", "reportgen managers"])
      let other = try await user(store, roles: ["Gamma"])
      #expect(try await titles(manager.api, "dashboard", "slug") == ["sales"])
      #expect(try await titles(manager.api, "dataset", "table_name") == ["sales_daily"])
      #expect(try await titles(other.api, "dashboard", "slug") == [])
      let sales = try #require(try await store.number(.chart, "sales-daily/days"))
      let prices = try #require(try await store.number(.chart, "price-history/newest"))
      let rows = try await manager.api.get("/api/v1/chart/\(sales)/data/")["result"]?.items.first?["data"]?
        .items
      #expect((rows ?? []).count > 0)
      for (api, chart) in [(manager.api, prices), (other.api, sales)] {
        await #expect(throws: SupersetFailure.self) { try await api.get("/api/v1/chart/\(chart)/data/") }
      }
      try await checkOwn(store)
      for number in [manager.number, other.number] {
        try await store.api.send("DELETE", "/api/v1/security/users/\(number)")
      }
    }
    #expect(try await store.sync() == "no longer defined  role  managers  reportgen managers\n")
    #expect(try await store.sync("--prune") == "removed  role  managers  reportgen managers\n")
    #expect(try await store.sync() == "")
  }

  /// What somebody took from the role comes back, what somebody gave it stays, and it is not removed with that.
  private func checkOwn(_ store: Store) async throws {
    let roles = try await store.api.get("/api/v1/security/roles/?q=(page_size:100)")["result"]?.items ?? []
    let role = try #require(roles.first { $0["name"]?.text == "reportgen managers" }?["id"]?.integer)
    func permissions(_ role: Int) async throws -> [Int] {
      let found =
        try await store.api.get("/api/v1/security/roles/\(role)/permissions/")["result"]?.items ?? []
      return found.compactMap { $0["id"]?.integer }.sorted()
    }
    func set(_ numbers: [Int]) async throws {
      try await store.api.send(
        "POST", "/api/v1/security/roles/\(role)/permissions",
        .object([("permission_view_menu_ids", .list(numbers.map(OrderedJSON.integer)))]))
    }
    let own = try await permissions(role)
    #expect(own.count == 1)
    let gamma = try #require(roles.first { $0["name"]?.text == "Gamma" }?["id"]?.integer)
    let foreign = try #require(try await permissions(gamma).first)
    try await set([foreign])
    #expect(try await store.sync() == "updated  role  managers  reportgen managers\n")
    #expect(try await permissions(role) == (own + [foreign]).sorted())
    let plain = "superset: {timeout: 600s, roles: {managers: [sales]}}"
    try await store.changing("reportgen.yaml", (plain, "superset: {timeout: 600s}")) {
      let pruned = try await store.reportgen("superset", "sync", "--prune")
      #expect(pruned.status == 0 && pruned.output == "")
      #expect(
        pruned.error == """
          warning: role managers is no longer defined, but was not removed: it was given other rights, too
            hint: Remove "reportgen managers" in Superset.

          """)
    }
    try await set(own)
  }

  private func user(_ store: Store, roles: [String]) async throws -> (api: SupersetAPI, number: Int) {
    let all = try await store.api.get("/api/v1/security/roles/?q=(page_size:100)")["result"]?.items ?? []
    let numbers = all.filter { roles.contains($0["name"]?.text ?? "") }.compactMap { $0["id"]?.integer }
    #expect(numbers.count == roles.count)
    let account = SupersetAccount(user: "user-\(roles.count)", password: "a password of \(roles.count)")
    let number = try await store.api.send(
      "POST", "/api/v1/security/users/",
      .object([
        ("username", .text(account.user)), ("password", .text(account.password)), ("first_name", .text("A")),
        ("last_name", .text("User")), ("email", .text(account.user + "@shop.example")),
        ("active", .boolean(true)), ("roles", .list(numbers.map(OrderedJSON.integer))),
      ]))["id"]?.integer
    let client = try HTTPClient(limits: HTTPLimits(connect: .seconds(60), total: .seconds(120)))
    return (SupersetAPI(url: store.url, account: account, client: client), try #require(number))
  }

  private func titles(_ api: SupersetAPI, _ kind: String, _ key: String) async throws -> [String] {
    (try await api.get("/api/v1/\(kind)/")["result"]?.items ?? []).compactMap { $0[key]?.text }.sorted()
  }
}
