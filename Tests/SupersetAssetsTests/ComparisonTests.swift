import ReportModel
import Testing

@testable import SupersetAssets

@Suite struct ComparisonTests {
  /// The bundle as Superset exports it, with Superset's numbers of charts, changed by `change`.
  private static func isEqual(_ name: AssetName, _ replacements: (String, String)...) async throws -> Bool {
    let asset = try #require(try await Shop.bundle()[name])
    var text = asset.content.compact
    if name.kind == .dashboard {
      // Each chart gets the number 4N.
      text = text.replacing("\"chartId\":", with: "\"chartId\":4")
      text = text.replacing(/"excluded":\[([0-9,]+)\]/) { match in
        "\"excluded\":[" + match.1.split(separator: ",").map { "4\($0)" }.joined(separator: ",") + "]"
      }
    }
    for (old, new) in replacements {
      try #require(text.contains(old), "\(old)")
      text = text.replacing(old, with: new)
    }
    let found = try OrderedJSON(parsing: Array(text.utf8))
    return AssetComparison.isEqual(asset, found)
  }

  private static let line = AssetName(.chart, "sales/line")
  private static let shop = AssetName(.dashboard, "shop")
  private static let sales = AssetName(.dataset, "sales")
  private static let database = AssetName(.database, "reportgen")

  @Test("numbers and keys that Superset adds are not a difference")
  func equal() async throws {
    for asset in try await Shop.bundle().assets {
      #expect(try await Self.isEqual(asset.name), "\(asset.name)")
    }
    #expect(try await Self.isEqual(Self.line, ("\"params\":{", "\"params\":{\"datasource\":\"7__table\",")))
    #expect(try await Self.isEqual(Self.line, ("\\\"id\\\":1,", "\\\"id\\\":7,")))
    #expect(try await Self.isEqual(Self.line, ("\"cache_timeout\":null,", "")))
    #expect(try await Self.isEqual(Self.sales, ("\"type\":\"NUMERIC(16,2)\"", "\"type\":\"NUMERIC(16, 2)\"")))
    #expect(try await Self.isEqual(Self.database, ("superset@db", "superset:XXXXXXXXXX@db")))
    #expect(
      try await Self.isEqual(Self.shop, ("\"metadata\":{", "\"metadata\":{\"chart_configuration\":{},")))
  }

  @Test("a change by a user is a difference")
  func different() async throws {
    #expect(try await !Self.isEqual(Self.line, ("By week", "By hand")))
    #expect(try await !Self.isEqual(Self.line, ("\"logAxis\":true", "\"logAxis\":false")))
    #expect(try await !Self.isEqual(Self.line, ("\\\"row_limit\\\":100000", "\\\"row_limit\\\":10")))
    #expect(try await !Self.isEqual(Self.sales, ("sum(units)", "max(units)")))
    #expect(try await !Self.isEqual(Self.sales, ("\"type\":\"NUMERIC(16,2)\"", "\"type\":\"TEXT\"")))
    #expect(
      try await !Self.isEqual(Self.sales, ("\"column_name\":\"amount\"", "\"column_name\":\"amounts\"")))
    #expect(try await !Self.isEqual(Self.database, ("superset@db", "superset@other")))
    #expect(try await !Self.isEqual(Self.shop, ("\"width\":7", "\"width\":6")))
    #expect(try await !Self.isEqual(Self.shop, ("[\"RUB\"]", "[\"USD\"]")))
    #expect(try await !Self.isEqual(Self.shop, ("\"ROW-3\":", "\"ROW-9\":")))
    // The currency filter excludes another chart.
    #expect(try await !Self.isEqual(Self.shop, ("\"excluded\":[43,", "\"excluded\":[44,")))
  }
}
