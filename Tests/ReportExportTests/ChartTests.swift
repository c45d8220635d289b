import ReportModel
import Testing

@testable import ReportExport

/// What charts draw: positions in the SVG against the values of the data.
@Suite struct ChartTests {
  typealias Spec = HTMLSettings.Chart

  struct Line {
    var name: String
    var points: [(String?, String?)]
    var missing = Spec.Missing.gap
    /// The values of each unbroken run, from left to right.
    var runs: [[Double]]
    /// Values of single points between gaps.
    var dots: [Double] = []
    var labels: [String]
    var note = ""
  }

  static let lines = [
    Line(
      name: "quarters of a growing year follow x, not the values",
      points: [("2026-Q1", "600"), ("2025-Q4", "500"), ("2025-Q3", "400"), ("2026-Q2", "700")],
      runs: [[400, 500, 600, 700]], labels: ["2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2"]),
    Line(
      name: "hours", points: [("10", "3"), ("9", "2"), ("8", "1")], runs: [[1, 2, 3]],
      labels: ["8", "9", "10"]),
    Line(
      name: "ISO weeks, over a year of 53",
      points: [("2021-W01", "3"), ("2020-W53", "2"), ("2020-W52", "1"), ("2021-W03", "5")],
      runs: [[1, 2, 3]], dots: [5], labels: ["2020-W52", "2020-W53", "2021-W01", "2021-W03"]),
    Line(
      name: "weekdays in Russian", points: [("вс", "7"), ("пн", "1"), ("ср", "3"), ("вт", "2"), ("чт", "4")],
      runs: [[1, 2, 3, 4]], dots: [7], labels: ["пн", "вт", "ср", "чт", "вс"]),
    Line(
      name: "names of months", points: [("December ", "12"), ("Nov", "11"), ("октябрь", "10")],
      runs: [[10, 11, 12]], labels: ["октябрь", "Nov", "December "]),
    Line(
      name: "names without an order of their own stay in the order of the rows",
      points: [("small", "5"), ("medium", "1"), ("large", "3")], runs: [[5, 1, 3]],
      labels: ["small", "medium", "large"]),
    Line(
      name: "missing days break the line",
      points: [
        ("2026-11-01", "1"), ("2026-11-02", "2"), ("2026-11-03", "3"), ("2026-11-06", "6"),
        ("2026-11-07", "7"),
      ],
      runs: [[1, 2, 3], [6, 7]], labels: ["1 Nov", "2 Nov", "3 Nov", "4 Nov", "5 Nov", "6 Nov", "7 Nov"],
      note: "2026-11-01 – 2026-11-07"),
    Line(
      name: "missing days are zero",
      points: [
        ("2026-11-01", "1"), ("2026-11-02", "2"), ("2026-11-03", "3"), ("2026-11-06", "6"),
        ("2026-11-07", "7"),
      ],
      missing: .zero, runs: [[1, 2, 3, 0, 0, 6, 7]],
      labels: ["1 Nov", "2 Nov", "3 Nov", "4 Nov", "5 Nov", "6 Nov", "7 Nov"], note: "2026-11-01 – 2026-11-07"
    ),
    Line(
      name: "months of different lengths are no gaps; a missing month is one",
      points: ["2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01", "2026-06-01"].enumerated().map {
        ($0.element, "\($0.offset)")
      }, runs: [[0, 1, 2, 3]], dots: [4], labels: ["2026", "Feb", "Mar", "Apr", "May", "Jun"],
      note: "2026-01-01 – 2026-06-01"),
    Line(
      name: "weeks of Mondays", points: [("2026-11-02", "1"), ("2026-11-09", "2"), ("2026-11-16", "3")],
      runs: [[1, 2, 3]], labels: ["2 Nov", "9 Nov", "16 Nov"], note: "2026-11-02 – 2026-11-16"),
    Line(
      name: "irregular days miss nothing",
      points: [("2026-11-01", "1"), ("2026-11-05", "2"), ("2026-11-07", "3")],
      runs: [[1, 2, 3]], labels: ["1 Nov", "2 Nov", "3 Nov", "4 Nov", "5 Nov", "6 Nov", "7 Nov"],
      note: "2026-11-01 – 2026-11-07"),
    Line(
      name: "a NULL day, an infinite one, and one before Christ are left out, in words",
      points: [
        (nil, "9"), ("2026-11-01", "1"), ("2026-11-02", "2"), ("infinity", "9"), ("0044-03-15 BC", "9"),
      ],
      runs: [[1, 2]], labels: ["1 Nov", "2 Nov"],
      note: "2026-11-01 – 2026-11-02; 1 value without x not shown; 2 values with infinite x not shown"),
    Line(
      name: "an infinite number is left out",
      points: [("1", "1"), ("2", "2"), ("NaN", "9"), ("Infinity", "9")],
      runs: [[1, 2]], labels: ["1", "2"], note: "2 values with infinite x not shown"),
    Line(
      name: "a NULL value is a gap, and so is what is no number",
      points: [("1", "0"), ("2", "10"), ("3", nil), ("4", "5"), ("5", "NaN"), ("6", "10")], runs: [[0, 10]],
      dots: [5, 10], labels: ["1", "2", "3", "4", "5", "6"]),
    Line(
      name: "an hour that comes twice is two points",
      points: [
        ("2026-10-25 01:00:00+02", "1"), ("2026-10-25 02:00:00+02", "2"), ("2026-10-25 02:00:00+01", "3"),
        ("2026-10-25 03:00:00+01", "4"),
      ], runs: [[1, 2, 3, 4]], labels: ["01:00", "01:30", "02:00", "02:30", "02:00", "02:30", "03:00"],
      note: "2026-10-25 01:00:00+02 – 2026-10-25 03:00:00+01"),
    Line(
      name: "an hour that does not come is no gap",
      points: [
        ("2026-03-29 00:00:00+01", "0"), ("2026-03-29 01:00:00+01", "1"), ("2026-03-29 03:00:00+02", "3"),
      ],
      runs: [[0, 1, 3]],
      labels: ["29 Mar", "00:15", "00:30", "00:45", "01:00", "01:15", "01:30", "01:45", "03:00"],
      note: "2026-03-29 00:00:00+01 – 2026-03-29 03:00:00+02"),
    Line(
      name: "midnights are days", points: [("2026-11-21 00:00:00+03", "1"), ("2026-11-22 00:00:00+03", "2")],
      runs: [[1, 2]], labels: ["21 Nov", "22 Nov"], note: "2026-11-21 00:00:00+03 – 2026-11-22 00:00:00+03"),
    Line(
      name: "a number with a point is no month", points: [("2026.05", "1"), ("2026.10", "2")],
      runs: [[1, 2]],
      labels: ["2026.05", "2026.06", "2026.07", "2026.08", "2026.09", "2026.10"]),
  ]

  @Test("lines are drawn in the order of x, with gaps, at their values", arguments: lines.indices)
  func line(_ index: Int) async throws {
    let line = Self.lines[index]
    let chart = try await draw(
      Spec(type: .line, x: "x", y: "y", missing: line.missing),
      line.points.map { ChartPoint(x: $0.0, y: $0.1) })
    let panel = try #require(chart.panels.first)
    #expect(panel.lines().map { $0.map(\.value) } == line.runs, "\(line.name)")
    #expect(panel.lines().allSatisfy { $0.map(\.across) == $0.map(\.across).sorted() }, "\(line.name)")
    #expect(panel.dots().map(\.value) == line.dots, "\(line.name)")
    #expect(panel.placeTicks.map(\.label) == line.labels, "\(line.name)")
    #expect(chart.notes[0] == line.note, "\(line.name)")
  }

  @Test("a point lies above its tick")
  func places() async throws {
    let chart = try await draw(
      Spec(type: .line, x: "x", y: "y"),
      (1...9).map { ChartPoint(x: "2026-11-0\($0)", y: "\($0 * $0)") })
    let panel = chart.panels[0]
    let points = panel.lines()[0]
    for tick in panel.placeTicks {
      let day = try #require(Double(tick.label.dropLast(4)))
      #expect(points.contains { abs($0.across - tick.at) < 0.001 && $0.value == day * day })
    }
  }

  @Test("series follow the same x, whichever of them comes first in the rows")
  func seriesOrder() async throws {
    let points = [("b", "2", "B"), ("a", "1", "A"), ("b", "4", "A"), ("a", "3", "B")]
    let chart = try await draw(
      Spec(type: .line, x: "x", y: "y", series: "s"),
      points.map { ChartPoint(x: $0.0, y: $0.1, series: $0.2) })
    #expect(chart.panels[0].lines(0).map { $0.map(\.value) } == [[2, 3]])
    #expect(chart.panels[0].lines(1).map { $0.map(\.value) } == [[4, 1]])
  }

  @Test("a series in steps of its own is not broken by those of another")
  func ownSteps() async throws {
    let daily = (1...28).filter { !(10...12).contains($0) }.map {
      ChartPoint(x: "2026-02-\($0 < 10 ? "0" : "")\($0)", y: "\($0)", series: "daily")
    }
    let weekly = ["02", "09", "16", "23"].map { ChartPoint(x: "2026-02-\($0)", y: "5", series: "weekly") }
    let chart = try await draw(Spec(type: .line, x: "x", y: "y", series: "s"), daily + weekly)
    #expect(chart.panels[0].lines(0).map(\.count) == [9, 16])
    #expect(chart.panels[0].lines(1).map(\.count) == [4])
  }

  @Test("where the period of the report is known, a sparse series is single points")
  func period() async throws {
    var content = ChartContent(
      spec: Spec(type: .line, x: "x", y: "y"),
      points: ["02", "09", "16"].map { ChartPoint(x: "2026-02-\($0)", y: "5") })
    content.period = .day
    content.interval = Interval(start: CalendarDate("2026-02-18")!, end: CalendarDate("2026-02-19")!)
    let panel = try await draw(content).panels[0]
    #expect(panel.lines().isEmpty)
    #expect(panel.dots().map(\.value) == [5, 5, 5])
    // The page's own day is shown although it has no value.
    let own = try #require(panel.spans("own").first)
    #expect(abs(own.left + own.width - 1) < 0.001)
    content.spec.missing = .zero
    let zero = try await draw(content).panels[0]
    #expect(zero.lines().map { $0.map(\.value) } == [[5, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 5, 0, 0]])
  }

  @Test("weekends are shaded on an axis of days, and the page's own interval is marked")
  func shading() async throws {
    let points = (1...14).map { ChartPoint(x: "2026-11-\($0 < 10 ? "0" : "")\($0)", y: "1") }
    var content = ChartContent(spec: Spec(type: .bar, x: "x", y: "y"), points: points)
    content.interval = Interval(start: CalendarDate("2026-11-14")!, end: CalendarDate("2026-11-15")!)
    content.period = .day
    let panel = try await draw(content).panels[0]
    // November 1 was a Sunday, 7 and 8 a weekend, 14 a Saturday.
    #expect(panel.spans("weekend").map { ($0.left * 14).rounded() } == [0, 6, 13])
    #expect(panel.spans("weekend").map { ($0.width * 14).rounded() } == [1, 2, 1])
    #expect(panel.spans("own").map { ($0.left * 14).rounded() } == [13])
    let names = try await draw(Spec(type: .bar, x: "x", y: "y"), [ChartPoint(x: "a", y: "1")]).panels[0]
    #expect(names.spans("weekend").isEmpty)
  }

  @Test("the newest value stands at the end of its line, and two do not lie on each other")
  func ends() async throws {
    let points = (1...3).flatMap { day in
      ["A", "B"].map { ChartPoint(x: "2026-11-0\(day)", y: $0 == "A" ? "100.10" : "100.20", series: $0) }
    }
    let panel = try await draw(Spec(type: .line, x: "x", y: "y", series: "s"), points).panels[0]
    #expect(panel.texts("value") == ["100.10", "100.20"])
    let down = panel.elements.filter { $0.attributes["class"] == "value" }.map {
      Drawing.fraction($0.attributes["y"])
    }
    #expect(abs(down[0] - down[1]) >= EndLabels.distance - 0.001)
    let hours = try await draw(
      Spec(type: .line, x: "x", y: "y"), [ChartPoint(x: "1", y: "1"), ChartPoint(x: "2", y: "2")])
    #expect(hours.panels[0].texts("value") == [])
  }

  @Test("no axis of dates shows hours", arguments: 1...10)
  func noHours(_ days: Int) async throws {
    let points = (0..<days).map { ChartPoint(x: Samples.day($0), y: "1") }
    for mark in [Spec.Mark.line, .bar, .area] {
      let panel = try await draw(Spec(type: mark, x: "x", y: "y"), points).panels[0]
      #expect(!panel.placeTicks.isEmpty)
      #expect(panel.placeTicks.allSatisfy { !$0.label.contains(":") })
    }
  }

  func draw(_ spec: Spec, _ points: [ChartPoint], format: Column.Format? = nil) async throws -> Drawing {
    try await draw(ChartContent(spec: spec, points: points), format: format)
  }

  func draw(_ chart: ChartContent, format: Column.Format? = nil) async throws -> Drawing {
    let columns = [
      PageColumn(name: "x", isNumeric: false), PageColumn(name: "y", format: format, isNumeric: true),
    ]
    return Drawing(try await page(Samples.plain(columns: columns, totalRows: 0, charts: [chart]), ""))
  }
}
