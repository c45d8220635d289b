import Foundation
import ReportModel
import Sandbox
import Testing

@testable import SupersetAssets

extension DashboardTests {
  /// The output of dashboard_shot.py.
  struct Sight: Decodable {
    struct Request: Decodable {
      var isFilter: Bool
      var status: Int?
      var isCached: Bool
      var rows: Int?
    }

    var isDrawn: Bool
    var places: Int
    var drawn: Int
    var errors: Int
    var missing: Int
    var text: String
    var requests: [Request]
  }

  @Test("a browser draws each dashboard completely, from cached results of the run")
  func drawn() async throws {
    let store = try Store.shared()
    _ = try await store.sync()
    try await store.changing(
      "reportgen.yaml", ("superset: {timeout: 600s}", "superset: {timeout: 600s, warm_up: true}")
    ) {
      // Every dataset is owed, so the run queries every chart.
      try? FileManager.default.removeItem(atPath: store.folder + "/out/superset-sandbox.json")
      let run = try await store.reportgen("run", "sales-daily", "--quiet")
      #expect(run.status == 0 && run.error == "", "\(run.error)")
    }
    for dashboard in try await store.definitions().dashboards {
      let sight = try await look(at: dashboard.name, in: store)
      let charts = dashboard.rows.flatMap(\.places).count
      #expect(sight.isDrawn, "\(dashboard.name)")
      #expect(sight.places == charts && sight.drawn == charts, "\(dashboard.name)")
      #expect(sight.errors == 0 && sight.missing == 0, "\(dashboard.name)")
      #expect(sight.requests.allSatisfy { $0.status == 200 }, "\(dashboard.name)")
      let asked = sight.requests.filter { !$0.isFilter }
      #expect(asked.count == charts, "\(dashboard.name)")
      #expect(asked.allSatisfy { $0.isCached }, "\(dashboard.name)")
    }
  }

  @Test("a reloaded dashboard shows the rows that were just published")
  func shown() async throws {
    let store = try Store.shared()
    _ = try await store.sync()
    _ = try await look(at: "sales", in: store)
    try await store.execute(Self.sale)
    _ = try await store.reportgen("run", "sales-daily", "--quiet")
    let newest = try #require(try await store.rows(Self.newest)[0]["total_quantity"] ?? nil)
    let shown = (Int(newest) ?? 0).formatted(.number.locale(Locale(identifier: "en_US")).grouping(.automatic))
    let sight = try await look(at: "sales", in: store)
    #expect(sight.text.contains(shown), "\(shown)")
  }

  /// The screenshot is stored in out/ of this repository, to be looked at.
  private func look(at dashboard: String, in store: Store) async throws -> Sight {
    let pictures = Store.root + "/out/superset"
    try FileManager.default.createDirectory(atPath: pictures, withIntermediateDirectories: true)
    let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "dashboard_shot.py")
      .path
    let result = try await Store.run(
      try await Store.python(),
      [
        script, store.url, store.folder + "/.reportgen/superset/credentials", dashboard,
        "\(pictures)/\(dashboard).png",
      ], in: store.folder)
    guard result.status == 0 else { throw Diagnostic("could not look at \(dashboard)", detail: result.error) }
    return try JSONDecoder().decode(Sight.self, from: Data(result.output.utf8))
  }
}
