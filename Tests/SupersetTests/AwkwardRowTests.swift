import Foundation
import ReportModel
import Testing

@testable import SupersetAssets

/// Rows that Superset's own defaults would lose, move to another day or write wrongly.
extension DashboardTests {
  private static let many = (
    sql: """
    select d::date as day, 'product ' || p as product, p as product_id,
      (p * 10 + extract(day from d))::numeric(12,2) as amount
    from generate_series(date '2023-11-01', date '2023-11-01' + 1123, interval '1 day') d, generate_series(1, 20) p
    """,
    yaml: """
    title: Many
    materialize: {as: table, table: reports.s_many, unique_key: [day, product], grants: {select: [superset]}}
    columns: {amount: {title: Amount, format: money}}
    superset:
      time_column: day
      metrics: {amount: {title: Amount, sql: sum(amount), format: money}}
      charts:
        lines: {type: line, title: Lines, x: day, y: amount, series: product}
        largest: {type: line, title: Largest, x: day, y: amount, series: product, limit: 5}
        numbers: {type: area, title: Numbers, x: day, y: amount, series: product_id, limit: 5}
        best: {type: bar, title: Best, x: product, y: amount, limit: 3}
        slices: {type: pie, title: Slices, x: day, y: amount}
        rows: {type: table, title: Rows, columns: [day, product_id, product, amount], order_by: [day]}
    """
  )

  private static let moments = (
    sql: """
    select moment as at, moment::timestamp as told, nullif(i % 7, 0) as product_id,
      nullif(trim(to_char(moment at time zone 'Europe/Moscow', 'Day')), 'Sunday') as weekday,
      to_char(moment at time zone 'Europe/Moscow', 'IYYY-"W"IW') as week,
      case when i % 5 > 0 then i::numeric end as amount, (i % 100)::numeric as share
    from generate_series(timestamptz '2026-11-20 18:30Z', timestamptz '2026-12-03 20:45Z', interval '45 minutes')
      with ordinality as m(moment, i)
    """,
    yaml: """
    title: Moments
    materialize: {as: table, table: reports.s_moments, unique_key: [at], grants: {select: [superset]}}
    columns:
      at: {title: At}
      product_id: {title: Product}
      share: {title: Share, format: percent}
    superset:
      time_column: at
      metrics:
        amount: {title: Amount, sql: sum(amount), format: money}
        share: {title: Share, sql: avg(share), format: percent}
        rows: {title: Rows, sql: count(*), format: integer}
      charts:
        days: {type: bar, title: Days, x: at, y: rows}
        products: {type: line, title: Products, x: at, y: amount, series: product_id}
        weekdays: {type: bar, title: Weekdays, x: weekday, y: amount}
        weeks: {type: line, title: Weeks, x: week, y: amount}
        largest: {type: bar, title: Largest, x: weekday, y: amount, sort: value}
        share: {type: number, title: Share, y: share}
        rows: {type: table, title: Rows, columns: [at, told, product_id, share], order_by: [at]}
    """
  )

  /// Publishes both reports and removes them afterwards.
  private func withAwkwardReports(_ store: Store, _ body: () async throws -> Void) async throws {
    let reports = ["s-many": Self.many, "s-moments": Self.moments]
    for (name, files) in reports {
      for (kind, text) in [("sql", files.sql), ("yaml", files.yaml)] {
        try text.write(toFile: "\(store.folder)/reports/\(name).\(kind)", atomically: true, encoding: .utf8)
      }
    }
    func remove() {
      for name in reports.keys {
        for kind in ["sql", "yaml"] {
          try? FileManager.default.removeItem(atPath: "\(store.folder)/reports/\(name).\(kind)")
        }
      }
    }
    defer { remove() }
    let run = try await store.reportgen("run", "s-many", "s-moments", "--quiet")
    #expect(run.status == 0 && run.error == "", "\(run.error)")
    _ = try await store.sync()
    try await body()
    remove()
    _ = try await store.sync("--prune")
    for name in reports.keys {
      _ = try await store.reportgen("retire", name, "--yes", "--drop-table")
    }
  }

  @Test("charts of awkward rows show all of them, on the days and in the order of the project's time zone")
  func awkward() async throws {
    let store = try Store.shared()
    try await withAwkwardReports(store) {
      #expect(try await store.sync() == "", "types that the tables have are no difference")
      let datasets = try await store.definitions().datasets.filter { $0.name.hasPrefix("s-") }
      #expect(datasets.count == 2)
      for dataset in datasets {
        for chart in dataset.settings.charts where chart.limit == nil || chart.series == nil {
          let answer = try await store.data("\(dataset.name)/\(chart.name)", forced: true)
          try await compare(ExpectedRows(chart: chart, dataset: dataset), answer, store)
        }
      }
      try await checkSeries(store)
      try await checkDays(store)
      try await checkOrder(store)
      try await checkTypes(store)
    }
  }

  private func checkSeries(_ store: Store) async throws {
    let all = try await store.data("s-many/lines", forced: true)["data"]?.items ?? []
    #expect(all.count == 1124)
    #expect(all.allSatisfy { $0.members.count == 21 && $0.members.allSatisfy { $0.1.compact != "null" } })
    let largest = try await store.data("s-many/largest", forced: true)["data"]?.items ?? []
    #expect(largest.count == 1124)
    let names = Set(largest.flatMap { $0.members.map(\.0) })
    #expect(names == Set(["day", "Others"] + (16...20).map { "product \($0)" }))
    let total =
      try await store.rows("select sum(amount)::text as total from reports.s_many")[0]["total"] ?? nil
    let shown = largest.flatMap(\.members).filter { $0.0 != "day" }.compactMap { Self.number($0.1) }
    #expect(shown.reduce(0, +) == total.flatMap(Double.init))
    let numbers = try await store.data("s-many/numbers", forced: true)["data"]?.items ?? []
    #expect(
      Set(numbers.flatMap { $0.members.map(\.0) }) == Set(["day", "Others"] + (16...20).map { "\($0)" }))
  }

  private func checkDays(_ store: Store) async throws {
    let days = try await store.data("s-moments/days", forced: true)["data"]?.items ?? []
    let wanted = try await store.rows(
      """
      select (at at time zone 'Europe/Moscow')::date::text as day, count(*)::text as rows
      from reports.s_moments group by 1 order by 1
      """)
    #expect(days.count == wanted.count)
    let found = days.compactMap { row -> String? in
      guard let milliseconds = row["at_local"].flatMap(Self.number), let rows = row["rows"]?.integer else {
        return nil
      }
      return "\(CalendarDate(daysSinceEpoch: Int(milliseconds / 86_400_000))?.description ?? "") \(rows)"
    }
    #expect(found.sorted() == wanted.map { "\(($0["day"] ?? nil) ?? "") \(($0["rows"] ?? nil) ?? "")" })
    // A filter of two hours of Moscow.
    let number = try #require(try await store.number(.dataset, "s-moments"))
    let body = ChartQuery.rows(of: number, "at_local", in: "2026-11-22T00:00:00 : 2026-11-22T02:00:00")
    let answer = try await store.api.send("POST", "/api/v1/chart/data", body)["result"]?.items.first
    let rows = try await store.rows(
      """
      select count(*)::text as rows from reports.s_moments
      where at >= '2026-11-22 00:00 Europe/Moscow' and at < '2026-11-22 02:00 Europe/Moscow'
      """)
    #expect(answer?["data"]?.items.first?["rows"]?.integer.map(String.init) == rows[0]["rows"] ?? nil)
  }

  private func checkOrder(_ store: Store) async throws {
    func names(_ chart: String, _ x: String) async throws -> [String] {
      (try await store.data(chart, forced: true)["data"]?.items ?? []).map { $0[x]?.text ?? "null" }
    }
    #expect(
      try await names("s-moments/weekdays", "weekday")
        == ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "null"])
    #expect(try await names("s-moments/weeks", "week") == ["2026-W47", "2026-W48", "2026-W49"])
    let sums = try await store.rows(
      """
      select weekday from reports.s_moments group by 1 order by sum(amount) desc
      """)
    #expect(try await names("s-moments/largest", "weekday") == sums.map { ($0["weekday"] ?? nil) ?? "null" })
    #expect(
      try await names("s-many/best", "product") == ["product 20", "product 19", "product 18"])
  }

  /// A type that somebody changed in Superset is corrected.
  private func checkTypes(_ store: Store) async throws {
    let number = try #require(try await store.number(.dataset, "s-moments"))
    func columns() async throws -> [OrderedJSON] {
      try await store.api.get("/api/v1/dataset/\(number)")["result"]?["columns"]?.items ?? []
    }
    func type(_ name: String) async throws -> TypeClass? {
      try await columns().first { $0["column_name"]?.text == name }?["type"]?.text.map(TypeClass.init)
    }
    #expect(try await type("at")?.hasClock == true)
    #expect(try await type("product_id") == .integer)
    let changed = try await columns().map { column -> OrderedJSON in
      let keys = ["id", "column_name", "is_dttm", "expression", "verbose_name", "groupby", "filterable"]
      let isAt = column["column_name"]?.text == "at"
      return .object(
        keys.compactMap { key in column[key].map { (key, $0) } }
          + [("type", isAt ? .text("DATE") : column["type"] ?? .null)])
    }
    try await store.api.send(
      "PUT", "/api/v1/dataset/\(number)", .object([("columns", .list(changed))]))
    #expect(try await type("at") == .date)
    #expect(try await store.sync() == "updated  dataset  s-moments  reports.s_moments\n")
    #expect(try await type("at")?.hasClock == true)
    #expect(try await store.sync() == "")
  }

  @Test("a chart that has more rows than Superset shows is a warning of the sync")
  func tooMany() async throws {
    let store = try Store.shared()
    _ = try await store.sync()
    try await store.changing(
      "reportgen.yaml", ("superset: {timeout: 600s}", "superset: {timeout: 600s, max_rows: 100}")
    ) {
      let sync = try await store.reportgen("superset", "sync", "--dry-run")
      let weeks = try await store.rows(
        """
        select count(*)::text as rows from (select distinct date_trunc('week', purchase_date), currency
          from reports.sales_daily where currency is not null) q
        """)
      let rows = try #require(weeks[0]["rows"] ?? nil)
      let warning = """
        warning: chart sales-daily/revenue-by-week has \(rows) rows, and Superset shows 100 of them
          hint: Give it a coarser "grain", a "filter" or a "limit"; or raise SQL_MAX_ROW there and superset.max_rows here.
        """
      #expect(sync.status == 0 && sync.error.contains(warning), "\(sync.error)")
    }
  }

  private static func number(_ value: OrderedJSON) -> Double? {
    switch value {
    case .integer(let number): Double(number)
    case .decimal(let number): number
    default: nil
    }
  }
}

extension ChartQuery {
  /// Counts the rows of a dataset in a span of time.
  fileprivate static func rows(of dataset: Int, _ column: String, in span: String) -> OrderedJSON {
    .object([
      ("datasource", .object([("id", .integer(dataset)), ("type", .text("table"))])),
      (
        "queries",
        .list([
          .object([
            ("metrics", .list([.text("rows")])), ("columns", .list([])),
            (
              "filters",
              .list([
                .object([("col", .text(column)), ("op", .text("TEMPORAL_RANGE")), ("val", .text(span))])
              ])
            ),
          ])
        ])
      ),
    ])
  }
}
