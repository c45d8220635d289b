import ReportModel
import Testing

@testable import ReportExport

/// Bars, stacks, areas, pies and lists, read back from the SVG.
@Suite struct ChartKindTests {
  typealias Spec = HTMLSettings.Chart

  @Test("bars stand at their values, the negative ones below zero")
  func bars() async throws {
    let chart = try await draw(
      Spec(type: .bar, x: "x", y: "y"), [("2026-11-01", "-5", nil), ("2026-11-02", "10", nil)])
    let bars = chart.panels[0].bars()
    #expect(bars.map(\.to) == [-5, 10])
    #expect(bars.map(\.from) == [0, 0])
    #expect(bars[0].right < bars[1].left)
  }

  @Test("one pair of close moments does not make all bars thin")
  func closePair() async throws {
    let days = (1...30).map { ("2026-11-\($0 < 10 ? "0" : "")\($0) 00:00:00", "100", String?.none) }
    let chart = try await draw(Spec(type: .bar, x: "x", y: "y"), days + [("2026-11-05 00:00:01", "80", nil)])
    let bars = chart.panels[0].bars()
    #expect(bars.count == 31)
    #expect(bars.allSatisfy { $0.right - $0.left > 0.02 })
  }

  @Test("no bar is thinner than a part of the drawing that a phone shows")
  func thinBars() async throws {
    let moments = (0..<20).map { ("2026-11-01 00:00:\($0 < 10 ? "0" : "")\($0)", "1", String?.none) }
    let chart = try await draw(
      Spec(type: .bar, x: "x", y: "y"), moments + [("2027-11-01 00:00:01", "1", nil)])
    #expect(chart.panels[0].bars().allSatisfy { $0.right - $0.left >= 0.8 * PlotFrame.minSlot - 0.0002 })
    #expect(!chart.panels[0].paths("fill s0 thin").isEmpty)
  }

  @Test(
    "bars follow x where it has an order of its own, and the key says otherwise",
    arguments: [
      (Spec.Sort?.none, ["Q1", "Q2", "Q3"], false), (.x, ["Q1", "Q2", "Q3"], false),
      (.value, ["Q2", "Q3", "Q1"], true),
    ])
  func sort(_ sort: Spec.Sort?, expected: [String], isList: Bool) async throws {
    let chart = try await draw(
      Spec(type: .bar, x: "x", y: "y", sort: sort), [("Q3", "2", nil), ("Q1", "1", nil), ("Q2", "3", nil)])
    let panel = chart.panels[0]
    #expect((isList ? panel.names : panel.placeTicks.map(\.label)) == expected)
  }

  @Test("bars of names lie, the greatest first, or in the order of the rows by key; ids are names")
  func names() async throws {
    let rows: [(String?, String?, String?)] = [("b", "2", nil), (nil, "3", nil), ("c", "1", nil)]
    let byValue = try await draw(Spec(type: .bar, x: "x", y: "y"), rows).panels[0]
    #expect(byValue.names == ["—", "b", "c"])
    #expect(byValue.lying.map { ($0.width * 100).rounded() } == [100, 67, 33])
    #expect(
      try await draw(Spec(type: .bar, x: "x", y: "y", sort: .x), rows).panels[0].names == ["b", "—", "c"])
    let ids = try await draw(Spec(type: .bar, x: "x", y: "y"), [("1000", "1", nil), ("17", "2", nil)]).panels[
      0]
    #expect(ids.names == ["17", "1000"])
  }

  @Test("bars beyond 40 are counted in words")
  func manyBars() async throws {
    let rows = (0..<50).map { ("name \($0)", "\($0)", String?.none) }
    let chart = try await draw(Spec(type: .bar, x: "x", y: "y"), rows)
    #expect(chart.panels[0].names.count == 40)
    #expect(chart.panels[0].names.first == "name 49")
    #expect(chart.notes[0] == "the 40 greatest of 50")
  }

  @Test("series that differ by more than an order of magnitude have a drawing and a scale each")
  func currencies() async throws {
    let rows = (1...9).flatMap { day in
      [("RUB", 60_000), ("EUR", 100), ("USD", 120)].map { name, base in
        ("2026-11-0\(day)", "\(base + day)", name)
      }
    }
    for mark in [Spec.Mark.bar, .line] {
      let chart = try await draw(Spec(type: mark, x: "x", y: "y", series: "s"), rows)
      #expect(chart.headings == ["RUB", "EUR", "USD"])
      #expect(chart.notes[0] == "2026-11-01 – 2026-11-09; each with a scale of its own")
      for (index, base) in [60_000, 100, 120].enumerated() {
        let values =
          mark == .bar
          ? chart.panels[index].bars(index).map(\.to)
          : chart.panels[index].lines(index).flatMap { $0 }.map(\.value)
        #expect(zip(values, 1...9).allSatisfy { abs($0 - Double(base + $1)) <= Double(base) / 1000 })
        let heights = chart.panels[index].valueTicks.map(\.at)
        #expect(heights == heights.sorted())
      }
    }
  }

  @Test("series of one size share a drawing; NULLs and zeros have no size")
  func oneScale() async throws {
    let rows = [
      ("2026-11-01", "100", "a"), ("2026-11-01", "11", "b"), ("2026-11-01", "0", "c"),
      ("2026-11-01", nil, "d"),
    ]
    let chart = try await draw(Spec(type: .bar, x: "x", y: "y", series: "s"), rows)
    #expect(chart.panels.count == 1)
  }

  @Test("on a logarithmic scale equal distances are equal factors, and zeros are counted in words")
  func logarithmic() async throws {
    let rows: [(String?, String?, String?)] = [
      ("2026-11-01", "10", "a"), ("2026-11-02", "1000", "a"), ("2026-11-03", "100000", "a"),
      ("2026-11-04", "0", "a"),
    ]
    let chart = try await draw(Spec(type: .line, x: "x", y: "y", series: "s", logarithmic: true), rows)
    let points = Drawing.runs(chart.panels[0].paths("ln s0")[0])[0]
    #expect(points.map(\.1) == [0, 0.5, 1])
    #expect(
      chart.panels[0].valueTicks.map(\.label) == [
        "10", "100", "1\u{202F}000", "10\u{202F}000", "100\u{202F}000",
      ])
    #expect(chart.notes[0] == "2026-11-01 – 2026-11-04; logarithmic scale; 1 value of zero or less not shown")
  }

  @Test("stacked bars begin where the one below ends, negative ones go down")
  func stacked() async throws {
    let chart = try await draw(
      Spec(type: .stacked, x: "x", y: "y", series: "s"),
      [
        ("2026-11-01", "3", "a"), ("2026-11-01", "4", "b"), ("2026-11-01", "-2", "c"),
        ("2026-11-02", "5", "b"),
      ])
    let panel = chart.panels[0]
    #expect(panel.bars(0).map { [$0.from, $0.to] } == [[0, 3]])
    #expect(panel.bars(1).map { [$0.from, $0.to] } == [[3, 7], [0, 5]])
    #expect(panel.bars(2).map { [$0.from, $0.to] } == [[0, -2]])
  }

  @Test("areas stand on each other, and a missing day breaks them")
  func area() async throws {
    let days = ["01", "02", "03", "06", "07"]
    let rows = days.flatMap { [("2026-11-\($0)", "1", "a"), ("2026-11-\($0)", "3", "b")] }
    let chart = try await draw(Spec(type: .area, x: "x", y: "y", series: "s"), rows)
    let runs = Drawing.runs(chart.panels[0].paths("area s1")[0])
    #expect(runs.map(\.count) == [6, 4])
    // The upper edge from left to right, then the lower edge back.
    #expect(runs[0].map(\.1) == [1, 1, 1, 0.25, 0.25, 0.25])
  }

  @Test("a pie has shares that add up, a total, and says what it left out")
  func pie() async throws {
    var content = ChartContent(
      spec: Spec(type: .pie, x: "x", y: "y", limit: 2),
      points: [
        ChartPoint(x: "a", y: "50.10"), ChartPoint(x: "b", y: "24.9"), ChartPoint(x: "c", y: "-1"),
        ChartPoint(x: nil, y: "25", otherX: 3),
      ])
    let html = try await page(content)
    let slices = Drawing(html).panels[0].elements.filter {
      ($0.attributes["class"] ?? "").hasPrefix("fill slice")
    }
    #expect(
      slices.map { $0.attributes["d"] ?? "" } == [
        "M0 0L0.00 -100.00A100 100 0 1 1 -0.63 100.00z", "M0 0L-0.63 100.00A100 100 0 0 1 -100.00 0.00z",
        "M0 0L-100.00 0.00A100 100 0 0 1 0.00 -100.00z",
      ])
    #expect(
      html.contains(
        "<span dir=\"auto\">other (3)</span><span class=\"number\">25</span><span class=\"number\">25.0\u{202F}%</span>"
      ))
    #expect(html.contains("<span dir=\"auto\">Total</span><span class=\"number\">100.00</span>"))
    #expect(Drawing(html).notes[0] == "1 value of zero or less not shown")
    content.points = [ChartPoint(x: "a", y: "1")]
    #expect(try await page(content).contains("<circle class=\"fill slice s0\" r=\"100\">"))
  }

  @Test("a list has the greatest bars and one for the others")
  func list() async throws {
    let content = ChartContent(
      spec: Spec(type: .list, x: "x", y: "y", limit: 2),
      points: [
        ChartPoint(x: "2026-11-01", y: "5"), ChartPoint(x: "2026-11-02", y: "10"),
        ChartPoint(x: nil, y: "20", otherX: 1200),
      ])
    let panel = Drawing(try await page(content)).panels[0]
    #expect(panel.names == ["2026-11-02", "2026-11-01", "other (1\u{202F}200)"])
    #expect(panel.lying.map(\.width) == [0.5, 0.25, 1])
  }

  @Test("summed series are the last ones, with their number")
  func otherSeries() async throws {
    let points = [
      ChartPoint(x: "2026-11-01", y: "9", otherSeries: 5), ChartPoint(x: "2026-11-01", y: "4", series: "a"),
      ChartPoint(x: "2026-11-01", y: "5", series: nil),
    ]
    let html = try await page(
      ChartContent(spec: Spec(type: .line, x: "x", y: "y", series: "s"), points: points))
    let names = html.components(separatedBy: "</svg><span dir=\"auto\">").dropFirst().map {
      $0.prefix { $0 != "<" }
    }
    #expect(names == ["a", "s: —", "other (5)"])
  }

  @Test(
    "a chart without numbers shows \"No data\"",
    arguments: [[], [nil], ["NaN", "Infinity"], ["abc", ""], ["1e301"]] as [[String?]])
  func noData(values: [String?]) async throws {
    let points = values.enumerated().map { ChartPoint(x: "2026-11-0\($0.0 + 1)", y: $0.1, series: "a") }
    for mark in Spec.Mark.allCases {
      let html = try await page(ChartContent(spec: Spec(type: mark, x: "x", y: "y"), points: points))
      #expect(html.contains("<p class=\"none\">No data</p>"), "\(mark)")
    }
  }

  @Test("the table of values is closed, open or left out by key")
  func table() async throws {
    let points = (0..<140).map { ChartPoint(x: Samples.day($0), y: "1234.5") }
    func html(_ count: Int, _ table: Bool?) async throws -> String {
      try await page(
        ChartContent(
          spec: Spec(type: .line, x: "x", y: "y", table: table), points: Array(points.prefix(count))))
    }
    #expect(try await html(2, nil).contains("<details class=\"values\"><summary>"))
    #expect(try await html(2, true).contains("<details class=\"values\" open=\"\"><summary>"))
    #expect(
      try await html(2, true).contains(
        "<tr><th scope=\"row\">2026-08-26</th><td class=\"right\">1\u{202F}234.5</td></tr><tr><th scope=\"row\">2026-08-25</th>"
      ))
    #expect(try await !html(2, false).contains("<details class=\"values\""))
    #expect(try await !html(140, nil).contains("<details class=\"values\""))
    #expect(try await html(140, true).contains("<details class=\"values\" open"))
  }

  @Test("2,000 points take less than 40 kB")
  func size() async throws {
    let points = (0..<2000).map { ChartPoint(x: Samples.day($0), y: "\(Samples.wave($0, 1000, 3)).55") }
    let without = try await page(ChartContent(spec: Spec(type: .line, x: "x", y: "y"), points: [])).utf8.count
    for (mark, limit) in [(Spec.Mark.line, 40_000), (.area, 60_000), (.bar, 80_000)] {
      let html = try await page(ChartContent(spec: Spec(type: mark, x: "x", y: "y"), points: points))
      #expect(html.utf8.count - without < limit)
    }
  }

  @Test("the description has the digits of the data")
  func summary() async throws {
    let html = try await page(
      ChartContent(
        spec: Spec(type: .line, x: "x", y: "y"),
        points: [ChartPoint(x: "2026-11-01", y: "1234567.10"), ChartPoint(x: "2026-11-02", y: "9999999.99")]))
    #expect(
      html.contains(
        "Line chart of y by x, 2 points. Lowest 1\u{202F}234\u{202F}567.10 (2026-11-01), highest 9\u{202F}999\u{202F}999.99 (2026-11-02)."
      ))
  }

  private func draw(_ spec: Spec, _ rows: [(String?, String?, String?)]) async throws -> Drawing {
    Drawing(
      try await page(
        ChartContent(spec: spec, points: rows.map { ChartPoint(x: $0.0, y: $0.1, series: $0.2) })))
  }

  private func page(_ chart: ChartContent) async throws -> String {
    let columns = [PageColumn(name: "x", isNumeric: false), PageColumn(name: "y", isNumeric: true)]
    return try await ReportExportTests.page(
      Samples.plain(columns: columns, totalRows: 0, charts: [chart]), "")
  }
}
