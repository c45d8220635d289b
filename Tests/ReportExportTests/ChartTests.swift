import ReportModel
import Testing

@testable import ReportExport

@Suite struct ChartTests {
  @Test(
    "value ticks are round numbers that enclose all values",
    arguments: [
      (0.0, 100.0, ["0", "20", "40", "60", "80", "100"]),
      (0, 0, ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
      (-7, 12, ["-10", "-5", "0", "5", "10", "15"]),
      (0, 0.3, ["0", "0.1", "0.2", "0.3"]),
      (0, 0.0000045, ["0", "0.000001", "0.000002", "0.000003", "0.000004", "0.000005"]),
      (0, 1_383_783, ["0", "500\u{202F}000", "1\u{202F}000\u{202F}000", "1\u{202F}500\u{202F}000"]),
      (0, 23_000_000, ["0", "5", "10", "15", "20", "25"]),
      (-1, -1, ["-1.0", "-0.8", "-0.6", "-0.4", "-0.2", "0"]),
    ])
  func ticks(low: Double, high: Double, expected: [String]) {
    let scale = ValueScale(low: low, high: high, includesZero: false)
    #expect(scale.ticks.map(\.label) == expected)
    #expect(scale.lower <= low && scale.upper >= high)
  }

  @Test(
    "any finite values have at most a few ticks",
    arguments: [(-1e300, 1e300), (0, 1e-300), (1e15, 1e15 + 1), (-1e-9, 1e9)])
  func extremeTicks(low: Double, high: Double) {
    let scale = ValueScale(low: low, high: high, includesZero: true)
    #expect((2...9).contains(scale.ticks.count))
  }

  @Test(
    "time ticks are at full hours, days, months or years",
    arguments: [
      ("2026-11-22", "2026-11-24", ["22 Nov", "23 Nov", "24 Nov"]),
      ("2026-08-25", "2026-11-22", ["31 Aug", "14 Sep", "28 Sep", "12 Oct", "26 Oct", "9 Nov"]),
      ("2026-11-01", "2026-11-30", ["2 Nov", "9 Nov", "16 Nov", "23 Nov", "30 Nov"]),
      ("2025-01-01", "2026-11-01", ["2025", "Apr", "Jul", "Oct", "2026", "Apr", "Jul", "Oct"]),
      ("2024-01-01", "2026-12-31", ["2024", "Jul", "2025", "Jul", "2026", "Jul"]),
      ("1990-01-01", "2026-12-31", ["1990", "1995", "2000", "2005", "2010", "2015", "2020", "2025"]),
      (
        "2026-11-22 00:00:00", "2026-11-22 12:00:00+03",
        ["22 Nov", "02:00", "04:00", "06:00", "08:00", "10:00", "12:00"]
      ),
      ("0001-01-01", "9999-12-31", ["2000", "4000", "6000", "8000"]),
    ])
  func timeTicks(low: String, high: String, expected: [String]) {
    #expect(
      TimeScale.ticks(from: TimeScale.position(low)!, to: TimeScale.position(high)!).map(\.label) == expected)
  }

  @Test("a null is a gap in the line, and a point between two gaps is drawn as a dot")
  func gaps() async throws {
    let values: [String?] = ["0", "10", nil, "5", nil, "NaN", "10"]
    let points = values.enumerated().map { ChartPoint(x: "2026-11-1\($0.0)", y: $0.1) }
    let html = try await chart(.line, points)
    #expect(html.contains("d=\"M0 10000L1667 0M5000 5000M10000 0\""))
    #expect(html.components(separatedBy: "<circle").count == 3)
  }

  @Test("bars of negative values are below the axis")
  func negative() async throws {
    let html = try await chart(
      .bar, [ChartPoint(x: "2026-11-01", y: "-5"), ChartPoint(x: "2026-11-02", y: "5")])
    #expect(html.contains("d=\"M500 5000V9167H4500V5000zM5500 5000V833H9500V5000z\""))
    let names = try await chart(.bar, [ChartPoint(x: "a", y: "-5"), ChartPoint(x: "b", y: "5")])
    #expect(names.contains("<rect class=\"fill s0\" x=\"0%\" y=\"20\" width=\"50%\" height=\"10\">"))
  }

  @Test("a single point, or many equal ones, are visible")
  func single() async throws {
    #expect(try await chart(.line, [ChartPoint(x: "2026-11-01", y: "7")]).contains("cx=\"50%\" cy=\"12.5%\""))
    #expect(
      try await chart(.bar, [ChartPoint(x: "2026-11-01", y: "0")]).contains(
        "d=\"M1000 10000V10000H9000V10000z\""))
  }

  @Test(
    "a chart without numbers shows \"No data\"",
    arguments: [[], [nil], ["NaN", "Infinity"], ["abc", ""], ["1e301"]] as [[String?]])
  func noData(values: [String?]) async throws {
    let points = values.enumerated().map { ChartPoint(x: "2026-11-0\($0.0 + 1)", y: $0.1) }
    for mark in HTMLSettings.Chart.Mark.allCases {
      #expect(try await chart(mark, points).contains("<p class=\"none\">No data</p>"))
    }
  }

  @Test("of many series the largest are drawn, in the order of the data, with a note")
  func manySeries() async throws {
    let points = (0..<12).map { ChartPoint(x: "2026-11-01", y: "\($0)", series: "s\($0)") }
    let html = try await chart(.line, points, series: "s")
    #expect(html.contains("the 8 largest of 12"))
    #expect(!html.contains("<span>s3</span>"))
    #expect(
      html.contains(
        "<li><svg width=\"24\" height=\"12\" aria-hidden=\"true\"><line class=\"ln s0\" x1=\"1\" x2=\"23\" y1=\"6\" y2=\"6\"/></svg><span>s4</span>"
      ))
  }

  @Test("2,000 points take less than 40 kB")
  func size() async throws {
    let points = (0..<2000).map { ChartPoint(x: Samples.day($0), y: "\(Samples.wave($0, 1000, 3)).55") }
    let without = try await chart(.line, []).utf8.count
    #expect(try await chart(.line, points).utf8.count - without < 40_000)
    #expect(try await chart(.bar, points).utf8.count - without < 80_000)
  }

  @Test("the description has the digits of the data")
  func summary() async throws {
    let html = try await chart(
      .line, [ChartPoint(x: "2026-11-01", y: "1234567.10"), ChartPoint(x: "2026-11-02", y: "9999999.99")])
    #expect(
      html.contains(
        "Line chart of y by x, 2 points. Lowest 1\u{202F}234\u{202F}567.10 (2026-11-01), highest 9\u{202F}999\u{202F}999.99 (2026-11-02)."
      ))
  }

  private func chart(
    _ mark: HTMLSettings.Chart.Mark, _ points: [ChartPoint], series: String? = nil
  ) async throws -> String {
    let chart = ChartContent(spec: .init(type: mark, x: "x", y: "y", series: series), points: points)
    return try await page(
      Samples.plain(columns: [PageColumn(name: "y", isNumeric: true)], totalRows: 0, charts: [chart]), "")
  }
}
