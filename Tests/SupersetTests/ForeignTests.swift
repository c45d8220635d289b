import Foundation
import ReportModel
import Sandbox
import Testing

@testable import SupersetAssets

extension DashboardTests {
  @Test("assets of others stay unchanged, and so do assets of ours that they use")
  func foreign() async throws {
    let store = try Store.shared()
    _ = try await store.sync()
    let api = store.api
    let dataset = try #require(try await store.number(.dataset, "sales-daily"))
    let ours = try #require(try await store.number(.chart, "sales-daily/total-units"))
    let chart = try #require(
      try await api.send(
        "POST", "/api/v1/chart/",
        .object([
          ("slice_name", .text("By hand")), ("viz_type", .text("table")),
          ("datasource_id", .integer(dataset)),
          ("datasource_type", .text("table")), ("params", .text("{\"viz_type\": \"table\"}")),
        ]))["id"]?.integer)
    let dashboard = try #require(
      try await api.send(
        "POST", "/api/v1/dashboard/",
        .object([("dashboard_title", .text("By hand")), ("slug", .text("by-hand"))])
      )["id"]?.integer)
    // The dashboard contains both charts.
    for number in [chart, ours] {
      try await api.send(
        "PUT", "/api/v1/chart/\(number)",
        .object([
          (
            "dashboards",
            .list(Self.boards(try await api.get("/api/v1/chart/\(number)")) + [.integer(dashboard)])
          )
        ]))
    }
    func state() async throws -> [String] {
      let chart = try await api.get("/api/v1/chart/\(chart)")["result"]
      let dashboard = try await api.get("/api/v1/dashboard/\(dashboard)")["result"]
      return [
        chart?["slice_name"], chart?["params"], dashboard?["dashboard_title"], dashboard?["position_json"],
      ].map { $0?.compact ?? "" }
    }
    let before = try await state()

    try await store.changing(
      "reports/sales-daily.yaml", ("    total-units: {type: number, title: Units, y: units}\n", ""),
      ("    total-purchases: {type: number, title: Purchases, y: purchases}\n", "")
    ) {
      try await store.changing(
        "reports/dashboards/sales.yaml",
        ("sales-daily/total-units, sales-daily/total-purchases", "sales-daily/days"),
        ("width: 5}, sales-daily/days]", "width: 5}]")
      ) {
        #expect(
          try await store.sync() == """
            updated            dashboard  sales                        Sales
            no longer defined  chart      sales-daily/total-purchases
            no longer defined  chart      sales-daily/total-units

            """)
        let pruned = try await store.reportgen("superset", "sync", "--prune")
        #expect(pruned.status == 0)
        #expect(pruned.output == "removed  chart  sales-daily/total-purchases\n")
        #expect(
          pruned.error == """
            warning: chart sales-daily/total-units is no longer defined, but was not removed: dashboard "By hand" uses it
              hint: Remove it there, then run the sync again.

            """)
        #expect(try await state() == before)
        #expect(try await api.get("/api/v1/dashboard/\(dashboard)/charts")["result"]?.items.count == 2)
      }
    }
    try await api.send("DELETE", "/api/v1/dashboard/\(dashboard)")
    try await api.send("DELETE", "/api/v1/chart/\(chart)")
    _ = try await store.sync()
    #expect(try await store.sync() == "")
  }

  @Test("a chart that is still in use keeps its dataset after the report is deleted")
  func keptDataset() async throws {
    let store = try Store.shared()
    _ = try await store.sync()
    let files = [
      "sql": "select 1 as one\n",
      "yaml": """
      title: Extra
      materialize: {as: table, table: reports.extra}
      columns: {one: {title: One, type: integer}}
      superset:
        metrics: {ones: {title: Ones, sql: sum(one)}}
        charts: {ones: {type: number, title: Ones, y: ones}}

      """,
    ]
    let paths = files.keys.map { store.folder + "/reports/extra.\($0)" }
    for (kind, text) in files {
      try text.write(toFile: store.folder + "/reports/extra.\(kind)", atomically: true, encoding: .utf8)
    }
    defer { for path in paths { try? FileManager.default.removeItem(atPath: path) } }
    _ = try await store.sync()
    let chart = try #require(try await store.number(.chart, "extra/ones"))
    let dashboard = try #require(
      try await store.api.send(
        "POST", "/api/v1/dashboard/", .object([("dashboard_title", .text("Hers")), ("slug", .text("hers"))])
      )["id"]?.integer)
    try await store.api.send(
      "PUT", "/api/v1/chart/\(chart)", .object([("dashboards", .list([.integer(dashboard)]))]))
    for path in paths { try FileManager.default.removeItem(atPath: path) }

    let pruned = try await store.reportgen("superset", "sync", "--prune")
    #expect(pruned.status == 0 && pruned.output == "")
    #expect(
      pruned.error == """
        warning: chart extra/ones is no longer defined, but was not removed: dashboard "Hers" uses it
          hint: Remove it there, then run the sync again.
        warning: dataset extra is no longer defined, but was not removed: chart "Ones" uses it
          hint: Remove it there, then run the sync again.

        """)
    try await store.api.send("DELETE", "/api/v1/dashboard/\(dashboard)")
    #expect(
      try await store.sync("--prune") == """
        removed  chart    extra/ones
        removed  dataset  extra

        """)
  }

  @Test("retire shows and removes the charts and the dataset of a report, unless others use them")
  func retired() async throws {
    let store = try Store.shared()
    let files = [
      "sql": "select 1 as one\n",
      "yaml": """
      title: Gone
      materialize: {as: table, table: reports.gone}
      columns: {one: {title: One, type: integer}}
      superset:
        metrics: {ones: {title: Ones, sql: sum(one)}}
        charts: {ones: {type: number, title: Ones, y: ones}}

      """,
    ]
    let paths = files.keys.map { store.folder + "/reports/gone.\($0)" }
    for (kind, text) in files {
      try text.write(toFile: store.folder + "/reports/gone.\(kind)", atomically: true, encoding: .utf8)
    }
    defer { for path in paths { try? FileManager.default.removeItem(atPath: path) } }
    let run = try await store.reportgen("run", "gone", "--quiet")
    #expect(run.status == 0, "\(run.error)")
    _ = try await store.sync()
    let chart = try #require(try await store.number(.chart, "gone/ones"))
    let dashboard = try #require(
      try await store.api.send(
        "POST", "/api/v1/dashboard/", .object([("dashboard_title", .text("Hers")), ("slug", .text("hers"))])
      )["id"]?.integer)
    try await store.api.send(
      "PUT", "/api/v1/chart/\(chart)", .object([("dashboards", .list([.integer(dashboard)]))]))
    for path in paths { try FileManager.default.removeItem(atPath: path) }

    let used = try await store.reportgen("retire", "gone")
    #expect(used.status == 0 && !used.output.contains("superset"), "\(used.output)")
    #expect(
      used.error.hasPrefix(
        "warning: chart gone/ones is no longer defined, but was not removed: dashboard \"Hers\" uses it\n"),
      "\(used.error)")
    try await store.api.send("DELETE", "/api/v1/dashboard/\(dashboard)")

    let shown = try await store.reportgen("retire", "gone")
    #expect(shown.status == 0 && shown.error == "", "\(shown.error)")
    #expect(
      shown.output.hasSuffix(
        """

          superset  chart gone/ones would be removed
          superset  dataset gone would be removed
        run it again with --yes to remove them

        """), "\(shown.output)")
    #expect(try await store.number(.chart, "gone/ones") == chart)

    let retired = try await store.reportgen("retire", "gone", "--yes", "--drop-table")
    #expect(retired.status == 0 && retired.error == "", "\(retired.error)")
    #expect(
      retired.output.hasPrefix("gone  retired\n  table     reports.gone dropped\n"), "\(retired.output)")
    #expect(
      retired.output.hasSuffix(
        "\n  superset  chart gone/ones removed\n  superset  dataset gone removed\n"), "\(retired.output)")
    #expect(try await store.number(.chart, "gone/ones") == nil)
    #expect(try await store.number(.dataset, "gone") == nil)
    #expect(try await store.sync() == "")
  }

  @Test("nothing is changed when an import would overwrite an asset made by hand")
  func conflict() async throws {
    let store = try Store.shared()
    _ = try await store.sync()
    let dashboard = try #require(
      try await store.api.send(
        "POST", "/api/v1/dashboard/",
        .object([("dashboard_title", .text("Mine")), ("slug", .text("prices"))])
      )["id"]?.integer)
    let file = store.folder + "/reports/dashboards/prices.yaml"
    try "title: Prices\nrows: [[price-history/newest]]\n".write(
      toFile: file, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: file) }
    let outcome = try await store.reportgen("superset", "sync")
    #expect(outcome.status == 1 && outcome.output == "")
    #expect(
      outcome.error == """
        error: Superset has a dashboard at "prices" that reportgen did not make
          detail: Nothing was changed.
          hint: Rename prices.yaml, or change the slug of the other dashboard in its properties.

        """)
    let found = try await store.api.get("/api/v1/dashboard/\(dashboard)")["result"]
    #expect(found?["dashboard_title"]?.text == "Mine")
    try await store.api.send("DELETE", "/api/v1/dashboard/\(dashboard)")
  }

  @Test("an edit made by hand is undone")
  func edit() async throws {
    let store = try Store.shared()
    _ = try await store.sync()
    let chart = try #require(try await store.number(.chart, "sales-daily/days"))
    try await store.api.send("PUT", "/api/v1/chart/\(chart)", .object([("slice_name", .text("Edited"))]))
    #expect(try await store.sync("--dry-run") == "would update  chart  sales-daily/days  Day by day\n")
    #expect(try await store.sync() == "updated  chart  sales-daily/days  Day by day\n")
    #expect(try await store.sync() == "")
  }

  @Test("after a sync is killed at any time, the next one completes it")
  func killed() async throws {
    let store = try Store.shared()
    _ = try await store.sync()
    for milliseconds in [20, 100, 250, 500, 1000] {
      try await store.changing(
        "reports/sales-daily.yaml", ("title: Day by day", "title: After \(milliseconds)")
      ) {
        let sync = try store.start("superset", "sync")
        try await Task.sleep(for: .milliseconds(milliseconds))
        sync.signal(SIGKILL)
        _ = await sync.waitForExit()
        _ = try await store.sync()
        #expect(try await store.sync() == "", "\(milliseconds)")
        let chart = try #require(try await store.number(.chart, "sales-daily/days"))
        let title = try await store.api.get("/api/v1/chart/\(chart)")["result"]?["slice_name"]?.text
        #expect(title == "After \(milliseconds)")
      }
    }
    #expect(try await store.sync() == "updated  chart  sales-daily/days  Day by day\n")
  }

  @Test("in another language every title changes, and a second sync changes nothing")
  func russian() async throws {
    let store = try Store.shared()
    _ = try await store.sync()
    try await store.changing("reportgen.yaml", ("timezone:", "locale: ru\ntimezone:")) {
      #expect(try await store.sync().contains("updated  dashboard  sales"))
      #expect(try await store.sync() == "")
      let dashboard = try await store.api.get("/api/v1/dashboard/sales")["result"]
      #expect(dashboard?["dashboard_title"]?.text == "Продажи")
    }
    _ = try await store.sync()
    #expect(try await store.sync() == "")
  }

  private static func boards(_ chart: OrderedJSON) -> [OrderedJSON] {
    (chart["result"]?["dashboards"]?.items ?? []).compactMap { $0["id"] }
  }
}
