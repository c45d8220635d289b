import Foundation
import ReportModel
import Testing

@testable import SupersetAssets

extension DashboardTests {
  @Test("published rows show at once, and the cache of other datasets is kept")
  func publish() async throws {
    let store = try Store.shared()
    _ = try await store.sync()
    let (sales, prices) = ("sales-daily/days", "price-history/newest")
    // After this run, the versions that Superset shows are recorded.
    _ = try await store.reportgen("run", "sales-daily", "--quiet")
    for chart in [sales, prices] {
      _ = try await store.data(chart, forced: true)
      #expect(try await store.data(chart)["is_cached"]?.isTrue == true, "\(chart) is remembered")
    }
    let before = try await store.rows(Self.newest)
    try await store.execute(Self.sale)
    // Superset has not been refreshed yet; otherwise this test would prove nothing.
    #expect(try await store.data(sales)["is_cached"]?.isTrue == true)
    let run = try await store.reportgen("run", "sales-daily", "--quiet")
    #expect(run.status == 0 && run.error == "", "\(run.error)")
    let after = try await store.rows(Self.newest)
    #expect(before != after)
    let answer = try await store.data(sales)
    #expect(answer["is_cached"]?.isTrue != true)
    #expect(Self.quantity(answer) == after[0]["total_quantity"] ?? nil)
    #expect(try await store.data(prices)["is_cached"]?.isTrue == true)
    // A run that changes no rows invalidates nothing.
    _ = try await store.reportgen("run", "sales-daily", "--quiet")
    #expect(try await store.data(sales)["is_cached"]?.isTrue == true)
  }

  @Test("datasets that were not refreshed while Superset was down are refreshed after the next run")
  func down() async throws {
    let store = try Store.shared()
    _ = try await store.sync()
    let chart = "sales-daily/days"
    _ = try await store.data(chart, forced: true)
    try await store.superset("down")
    // Stopping Superset removes its address file; here the address is configured, as in production.
    try await store.changing(
      "reportgen.yaml",
      (
        "superset: {timeout: 600s}",
        "superset: {timeout: 600s, url: \"\(store.url)\", credentials: .reportgen/superset/credentials}"
      )
    ) {
      try await store.execute(Self.sale)
      let run = try await store.reportgen("run", "sales-daily", "--quiet")
      #expect(run.status == 0)
      #expect(
        run.error == """
          warning: Superset may show older rows: could not reach Superset: could not connect to \(store.url)
            hint: The next run tries again.

          """)
      try await store.superset("up")
      #expect(try await store.data(chart)["is_cached"]?.isTrue == true, "it still shows the older rows")
      // This run does not change its rows.
      let next = try await store.reportgen("run", "sales-undated", "--quiet")
      #expect(next.status == 0 && next.error == "", "\(next.error)")
      let answer = try await store.data(chart)
      #expect(answer["is_cached"]?.isTrue != true)
      #expect(Self.quantity(answer) == (try await store.rows(Self.newest))[0]["total_quantity"] ?? nil)
    }
  }

  @Test("a changed title and an added column arrive in Superset, with the column's title and type")
  func columns() async throws {
    let store = try Store.shared()
    _ = try await store.sync()
    let number = try #require(try await store.number(.dataset, "sales-undated"))
    try await store.changing(
      "reports/sales-undated.yaml",
      ("unique_key: [product_id]", "unique_key: [product_id]\n  on_schema_change: add"),
      ("columns:\n", "columns:\n  dozens: {title: Dozens, format: number}\n"),
      ("title: Units", "title: Pieces")
    ) {
      try await store.changing(
        "reports/sales-undated.sql",
        ("count(*) as purchases", "count(*) as purchases,\n  sum(quantity) / 12.0 as dozens")
      ) {
        let run = try await store.reportgen("run", "sales-undated", "--quiet")
        #expect(run.status == 0 && run.error == "", "\(run.error)")
        let found = try await store.api.get("/api/v1/dataset/\(number)")["result"]?["columns"]?.items ?? []
        let dozens = try #require(found.first { $0["column_name"]?.text == "dozens" })
        #expect(dozens["verbose_name"]?.text == "Dozens")
        #expect(dozens["type"]?.text?.hasPrefix("NUMERIC") == true)
        #expect(
          found.first { $0["column_name"]?.text == "total_quantity" }?["verbose_name"]?.text == "Pieces")
        #expect(try await store.sync() == "")
      }
    }
    try await store.execute("alter table reports.sales_undated drop column dozens")
    #expect(
      try await store.sync() == "updated  dataset  sales-undated  reports.sales_undated\n",
      "without the column again")
    try await store.changing("reports/sales-daily.yaml", ("title: Day by day", "title: Each day")) {
      #expect(try await store.sync() == "updated  chart  sales-daily/days  Each day\n")
      let chart = try #require(try await store.number(.chart, "sales-daily/days"))
      #expect(try await store.api.get("/api/v1/chart/\(chart)")["result"]?["slice_name"]?.text == "Each day")
      #expect(try await store.sync() == "")
    }
    #expect(try await store.sync() == "updated  chart  sales-daily/days  Day by day\n")
  }

  /// Adds a sale on the newest published day.
  static let sale = """
    insert into purchasesschema.purchases (customer_id, product_id, quantity, purchase_date)
    select customer_id, product_id, 1000, purchase_date from purchasesschema.purchases
    where purchase_date = (select max(purchase_date) from reports.sales_daily) and customer_id is not null
      and product_id is not null limit 1
    """

  static let newest = """
    select total_quantity::text from reports.sales_daily
    where total_amount is not null order by purchase_date desc, currency
    """

  /// The value of the first row, which is the newest day.
  private static func quantity(_ answer: OrderedJSON) -> String? {
    answer["data"]?.items.first?["total_quantity"]?.integer.map(String.init)
  }
}

extension OrderedJSON {
  var isTrue: Bool { if case .boolean(true) = self { true } else { false } }
}
