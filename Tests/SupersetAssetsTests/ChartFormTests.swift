import Foundation
import ReportModel
import TestSupport
import Testing

@testable import ReportExport
@testable import SupersetAssets

/// The values in a bundle that decide which rows a chart shows, of which day, and how.
@Suite struct ChartFormTests {
  private static let sql = "select at, product, product_id, amount, share from s.sales"

  private static let table = [
    Column(name: "at", type: "timestamp with time zone"), Column(name: "product", type: "text"),
    Column(name: "product_id", type: "integer"), Column(name: "amount", type: "numeric(12,2)"),
    Column(name: "share", type: "numeric"),
  ]

  private static func yaml(_ charts: String) -> String {
    """
    title: Sales
    materialize: {as: table, table: reports.sales, unique_key: [at, product_id]}
    columns:
      at: {title: At}
      product_id: {title: Product, format: integer}
      share: {title: Share, format: percent}
    superset:
      time_column: at
      metrics:
        amount: {title: Amount, sql: sum(amount), format: money}
        share: {title: Share, sql: avg(share), format: percent}
      charts:
        chart: {title: Chart, \(charts)}
    """
  }

  private static func bundle(_ chart: String, timezone: String = "Europe/Moscow") async throws -> AssetBundle
  {
    let table = QualifiedName(schema: "reports", name: "sales")
    return try await Shop.bundle(
      sql: sql, yaml: yaml(chart), dashboard: nil,
      context: AssetContext(tables: [table: Self.table], maxRows: 70_000), timezone: timezone)
  }

  private struct Chart {
    let content: OrderedJSON
    let query: OrderedJSON
    var params: OrderedJSON { content["params"] ?? .null }

    init(_ chart: String) async throws {
      let asset = try #require(try await bundle(chart)[AssetName(.chart, "sales/chart")])
      content = asset.content
      let context = try OrderedJSON(parsing: Array((content["query_context"]?.text ?? "").utf8))
      query = try #require(context["queries"]?.items.first)
    }

    /// The same key of the form and of the query.
    func both(_ form: String, _ key: String? = nil) -> [String?] {
      [params[form]?.compact, query[key ?? form]?.compact]
    }
  }

  // MARK: Rows

  @Test(
    "a chart without a limit asks for all rows and all series",
    arguments: [
      "type: line, x: at, y: amount, series: product", "type: bar, x: product, y: amount",
      "type: pie, x: product, y: amount", "type: table, columns: [at, product]",
      "type: table, columns: [product], y: amount",
    ])
  func allRows(written: String) async throws {
    let chart = try await Chart(written)
    #expect(chart.both("row_limit") == ["70000", "70000"])
    #expect(chart.query["series_limit"]?.integer == 0)
    #expect(chart.content["description"]?.compact == "null")
  }

  @Test("a limit of series keeps all points of the largest and sums up the others")
  func seriesLimit() async throws {
    for (series, shown) in [("product", "product"), ("product_id", "product_id_text")] {
      let chart = try await Chart("type: line, x: at, y: amount, limit: 5, series: \(series)")
      #expect(chart.both("groupby", "series_columns") == ["[\"\(shown)\"]", "[\"\(shown)\"]"])
      #expect(chart.both("row_limit") == ["70000", "70000"])
      #expect(chart.both("limit", "series_limit") == ["5", "5"])
      #expect(chart.both("group_others_when_limit_reached") == ["true", "true"])
      let metric = chart.query["series_limit_metric"]
      #expect(metric?["sqlExpression"]?.text == "coalesce(sum(amount), 0)")
      #expect(chart.params["timeseries_limit_metric"]?["sqlExpression"]?.text == "coalesce(sum(amount), 0)")
      #expect(
        chart.content["description"]?.text
          == "The 5 largest by Amount at most; the rest together as Others (left out before Superset 6).")
    }
  }

  @Test(
    "the description says what a limit of rows, bars or slices does",
    arguments: [
      ("type: table, columns: [at], limit: 3", "The first 3 rows at most."),
      ("type: bar, x: product, y: amount, limit: 3", "The 3 largest by Amount at most."),
      ("type: bar, x: product, y: amount, limit: 3, sort: x", "The first 3 at most."),
      (
        "type: bar, x: product, y: amount, limit: 3, description: Units.",
        "Units. The 3 largest by Amount at most."
      ),
    ])
  func limitNote(written: String, description: String) async throws {
    let chart = try await Chart(written)
    #expect(chart.content["description"]?.text == description)
    #expect(chart.both("row_limit") == ["3", "3"])
  }

  @Test(
    "charts without a limit of rows are counted as they are grouped",
    arguments: [
      (
        "type: line, x: at, y: amount, series: product, grain: month",
        "count(distinct array[(date_trunc('month', (at at time zone 'Europe/Moscow')))::text, (product)::text])"
      ),
      (
        "type: line, x: at, y: amount, series: product, limit: 4",
        "5 * count(distinct array[(date_trunc('day', (at at time zone 'Europe/Moscow')))::text])"
      ),
      ("type: table, columns: [at, amount], filter: amount > 0", "count(*)"),
      ("type: table, columns: [product], y: amount", "count(distinct array[(product)::text])"),
      ("type: table, columns: [at], limit: 10", nil), ("type: number, y: amount", nil),
    ])
  func counts(written: String, sql: String?) async throws {
    let bundle = try await Self.bundle(written)
    let counts = bundle.rowCounts
    #expect(counts.map { $0.sql.replacing("\"", with: "") } == [sql].compactMap(\.self))
    for count in counts {
      #expect(count.table == QualifiedName(schema: "reports", name: "sales"))
      #expect(count.filter == (written.contains("filter") ? "amount > 0" : nil))
      #expect(bundle.warning(count, rows: 70_000) == nil)
      #expect(
        bundle.warning(count, rows: 70_001)?.message
          == "chart sales/chart has 70001 rows, and Superset shows 70000 of them")
    }
  }

  @Test("slices beyond a limit are one, so that the total in the middle counts them")
  func sliceLimit() async throws {
    let chart = try await Chart("type: pie, x: product, y: amount, limit: 3")
    #expect(chart.both("limit", "series_limit") == ["3", "3"])
    #expect(chart.both("series_columns") == ["[\"product\"]", "[\"product\"]"])
    #expect(chart.both("group_others_when_limit_reached") == ["true", "true"])
    #expect(chart.both("row_limit") == ["70000", "70000"])
    #expect(
      chart.content["description"]?.text
        == "The 3 largest by Amount at most; the rest together as Others (left out before Superset 6).")
  }

  // MARK: Types and days

  @Test(
    "types are recognized as SQL, the catalogs and Superset write them",
    arguments: [
      ("date", .date), ("DATE", .date), ("timestamptz", .timestamptz), ("TIMESTAMP", .timestamp),
      ("timestamp(3) with time zone", .timestamptz), ("timestamp without time zone", .timestamp),
      ("time without time zone", .time), ("timetz", .time), ("interval", .other), ("int4range", .other),
      ("daterange", .other), ("integer", .integer), ("BIGINT", .integer), ("integer[]", .other),
      ("numeric(14,2)", .number), ("DOUBLE PRECISION", .number), ("boolean", .boolean),
      ("character varying(20)", .text), ("VARCHAR(20)", .text), ("uuid", .other), ("public.mood", .other),
    ] as [(String, TypeClass)])
  func types(written: String, kind: TypeClass) { #expect(TypeClass(written) == kind) }

  @Test("a moment is shown in the project's time zone by a computed column, which filters use as well")
  func localTime() async throws {
    let chart = try await Chart("type: bar, x: at, y: amount")
    #expect(chart.params["x_axis"]?.text == "at_local")
    #expect(chart.query["filters"]?.items.first?["col"]?.text == "at_local")
    let content = try await Self.bundle("type: bar, x: at, y: amount")[AssetName(.dataset, "sales")]?.content
    let columns = content?["columns"]?.items ?? []
    func column(_ name: String) -> OrderedJSON? { columns.first { $0["column_name"]?.text == name } }
    #expect(content?["main_dttm_col"]?.text == "at_local")
    #expect(column("at_local")?["expression"]?.text == "\"at\" at time zone 'Europe/Moscow'")
    #expect(column("at_local")?["type"]?.text == "TIMESTAMP")
    #expect(column("at_local")?["is_dttm"]?.compact == "true")
    #expect(column("at_local")?["verbose_name"]?.text == "At")
    #expect(column("at")?["type"]?.text == "TIMESTAMP WITH TIME ZONE")
    #expect(column("at")?["verbose_name"]?.text == "At (UTC)")
  }

  @Test("a project in UTC, and a table that does not exist yet, have no computed columns for moments")
  func withoutLocalTime() async throws {
    let utc = try await Self.bundle("type: bar, x: at, y: amount", timezone: "UTC")
    #expect(utc[AssetName(.dataset, "sales")]?.content["main_dttm_col"]?.text == "at")
    let early = try await Shop.bundle(
      sql: Self.sql, yaml: Self.yaml("type: bar, x: at, y: amount"), dashboard: nil, timezone: "Europe/Moscow"
    )
    let columns = early[AssetName(.dataset, "sales")]?.content["columns"]?.items ?? []
    let at = columns.first { $0["column_name"]?.text == "at" }
    #expect(at?["type"] == nil, "no guess")
    #expect(early.rowCounts.isEmpty)
    #expect(at?["is_dttm"]?.compact == "true")
  }

  // MARK: Formats

  @Test("percentages are parts of one with a percent sign, numbers that name things are plain")
  func formats() async throws {
    let chart = try await Chart("type: table, columns: [at, product_id, amount, share]")
    let config = chart.params["column_config"]
    #expect(config?["share_part"]?.compact == #"{"d3NumberFormat":",.2~%"}"#)
    #expect(config?["product_id"]?.compact == #"{"d3NumberFormat":"d","showCellBars":false}"#)
    #expect(config?["amount"]?.compact == #"{"d3NumberFormat":"~f","showCellBars":false}"#)
    #expect(config?["at_local"]?.compact == #"{"d3TimeFormat":"%Y-%m-%d %H:%M"}"#)
    let content = try await Self.bundle("type: number, y: share")[AssetName(.dataset, "sales")]?.content
    let metrics = content?["metrics"]?.items ?? []
    let share = metrics.first { $0["metric_name"]?.text == "share" }
    #expect(share?["expression"]?.text == "(avg(share)) / 100.0")
    #expect(share?["d3format"]?.text == ",.2~%")
  }

  // MARK: Order

  @Test("the order of x in Superset is that of the pages")
  func order() async throws {
    let texts = [
      XStep.namesInOrder.map(\.capitalized), ["Q1", "Q2", "Q3", "Q4"],
      ["2025-W9", "2025-W10", "2025-W52", "2026-W01"],
      ["2025W51", "2026W02"], ["2025-Q3", "2025-Q4", "2026-Q1"], ["Q4 2025", "Q1 2026", "q2 2026"],
      ["4 квартал 2025", "1 кв. 2026"], ["2025-12", "2026-01", "2026-02"],
      ["Dec. 2025", "March 2026", "май 2026"],
    ]
    try await withDatabase { database in
      for names in texts {
        // Of names that mean the same step, in two languages, any may come first.
        let steps = names.compactMap { XStep.read($0)?.1 }
        #expect(steps.count == names.count, "\(names)")
        let values = names.shuffled().map { "(\(SQLQuote.literal($0)))" }.joined(separator: ", ")
        let sql = "select x from (values \(values)) v(x) group by x order by \(XOrder.rank("x"))"
        let found = try psql(database.primary, sql).split(separator: "\n").map(String.init)
        #expect(found == names, "\(names)")
      }
      let others = try psql(
        database.primary,
        "select count(*) from (select \(XOrder.rank("x")) as r from (values ('Phone 2000 pro'), ('may be'), (''), "
          + "('150 g'), (null)) v(x) group by x) q where r is not null")
      #expect(others == "0")
    }
  }

  @Test("bars stand by value unless x has an order, lines by x; the metric for it is not drawn")
  func sorting() async throws {
    let bars = try await Chart("type: bar, x: product, y: amount")
    let expression = bars.query["series_limit_metric"]?["sqlExpression"]?.text
    #expect(
      expression?.hasPrefix("coalesce(min(case") == true && expression?.hasSuffix("- (sum(amount)))") == true)
    #expect(bars.both("order_desc") == ["false", "false"])
    #expect(bars.params["x_axis_sort"]?.text == XOrder.label)
    #expect(bars.params["x_axis_sort_asc"]?.compact == "true")
    #expect(bars.query["metrics"]?.items.count == 2 && bars.params["metrics"]?.items.count == 1)
    let line = try await Chart("type: line, x: product, y: amount")
    #expect(line.query["series_limit_metric"]?["sqlExpression"]?.text?.hasPrefix("min(case") == true)
    let value = try await Chart("type: bar, x: product, y: amount, sort: value, horizontal: true")
    #expect(value.query["series_limit_metric"]?["sqlExpression"]?.text == "-(sum(amount))")
    #expect(value.params["x_axis_sort_asc"]?.compact == "false", "the first one is on top")
    let series = try await Chart("type: bar, x: product, y: amount, series: product_id")
    #expect(series.params["x_axis_sort"] == nil)
  }
}
