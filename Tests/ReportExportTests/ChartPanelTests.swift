import Foundation
import ReportModel
import Testing

@testable import ReportExport

/// What several drawings of a chart share, and what awkward series draw, read back from the SVG.
@Suite struct ChartPanelTests {
  typealias Spec = HTMLSettings.Chart

  /// A series of every day, one that begins in the middle, and rare rows without a name: none shares a scale with another.
  private static let currencies: [ChartPoint] =
    (0..<90).map { ChartPoint(x: Samples.day($0), y: "\(60_000 + $0)", series: "RUB") }
    + (45..<90).map { ChartPoint(x: Samples.day($0), y: "\(100 + $0)", series: "EUR") }
    + [50, 57, 80].map { ChartPoint(x: Samples.day($0), y: "\($0 % 7 + 1)", series: nil) }

  @Test("drawings of one chart have one range and the same ticks of x", arguments: [Spec.Mark.line, .bar])
  func sharedRange(_ mark: Spec.Mark) async throws {
    let html = try await page(Spec(type: mark, x: "x", y: "y", series: "s"), Self.currencies)
    let drawing = Drawing(html)
    #expect(drawing.headings == ["RUB", "EUR", "s: —"])
    let ticks = drawing.panels.map { $0.placeTicks.map { "\($0.label) \($0.at)" } }
    #expect(ticks[0].count > 1 && ticks[1] == ticks[0] && ticks[2] == ticks[0])
    // The places of the third series, as the first one has them.
    let daily = places(drawing.panels[0], mark, 0)
    let rare = places(drawing.panels[2], mark, 2)
    #expect(rare.count == 3)
    for (place, day) in zip(rare, [50, 57, 80]) { #expect(abs(place - daily[day]) < 0.0003) }
    // The newest value of bars is above them, with its day.
    let newest = html.matches(of: /<span class="note newest">([^<]*)<\/span>/).map { String($0.output.1) }
    let days = [89, 89, 80].map(Samples.day)
    #expect(
      newest
        == (mark == .bar ? ["\(days[0]): 60\u{202F}089", "\(days[1]): 189", "\(days[2]): 4"] : []))
    // On a phone the axes are below each other.
    let margins = html.matches(of: /<div class="plot" style="([^"]*)"/).map { String($0.output.1) }
    #expect(margins.count == 3 && Set(margins).count == 1)
  }

  private func places(_ panel: Drawing.Panel, _ mark: Spec.Mark, _ series: Int) -> [Double] {
    mark == .bar
      ? panel.bars(series).map { ($0.left + $0.right) / 2 }
      : (panel.lines(series).flatMap { $0 } + panel.dots(series)).map(\.across).sorted()
  }

  @Test("the newest value of bars is beside the last one, and on no other")
  func labelOfBars() async throws {
    let points = (0..<40).map { ChartPoint(x: Samples.day($0), y: "\($0 == 39 ? 10 : 100)") }
    let panel = try await draw(Spec(type: .bar, x: "x", y: "y"), points).panels[0]
    let label = try #require(panel.elements.first { $0.attributes["class"] == "value" })
    #expect(label.text == "10")
    #expect(label.attributes["text-anchor"] == nil)
    #expect(Drawing.fraction(label.attributes["x"]) >= panel.bars()[39].right - 0.001)
  }

  @Test("bars of two days that are years apart do not cover the years between")
  func twoDays() async throws {
    let points = [ChartPoint(x: "2020-01-05", y: "3"), ChartPoint(x: "2026-11-22", y: "7")]
    let panel = try await draw(Spec(type: .bar, x: "x", y: "y"), points).panels[0]
    #expect(panel.bars().map(\.to) == [3, 7])
    #expect(panel.bars().allSatisfy { $0.right - $0.left < 0.15 })
    #expect(panel.placeTicks.map(\.label) == ["2020", "2022", "2024", "2026"])
  }

  @Test("long names at the ends of an axis have room")
  func longNames() async throws {
    let days = ["понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье"]
    let html = try await page(
      Spec(type: .line, x: "x", y: "y"), days.map { ChartPoint(x: $0, y: "1") })
    #expect(html.contains("style=\"padding-left:6ch;padding-right:6ch\""))
    #expect(Drawing(html).panels[0].placeTicks.map(\.label).first == "понедельник")
  }

  @Test("names without letters are in quotes, and stay different")
  func blankNames() async throws {
    let points = ["", "   ", "a"].map { ChartPoint(x: $0, y: "1") } + [ChartPoint(x: nil, y: "2")]
    for mark in [Spec.Mark.bar, .list] {
      let panel = try await draw(Spec(type: mark, x: "x", y: "y"), points).panels[0]
      #expect(Set(panel.names) == ["—", "\"\"", "\"   \"", "a"])
    }
  }

  @Test("a pie without positive values, and a list without values, have no data", arguments: [nil, "-5"])
  func emptyShares(_ value: String?) async throws {
    let points = [ChartPoint(x: "a", y: value), ChartPoint(x: nil, y: value, otherX: 40)]
    let pie = try await page(Spec(type: .pie, x: "x", y: "y"), points)
    #expect(pie.contains("<p class=\"none\">No data</p>") && !pie.contains("Total"))
    let list = try await page(Spec(type: .list, x: "x", y: "y"), points)
    #expect(list.contains("<p class=\"none\">No data</p>") == (value == nil))
  }

  @Test("what a pie adds up as other and cannot draw is told, and no range of days that leaves it out")
  func rest() async throws {
    let points = [ChartPoint(x: "2026-11-01", y: "9"), ChartPoint(x: nil, y: "-72.69", otherX: 46)]
    let drawing = try await draw(Spec(type: .pie, x: "x", y: "y"), points)
    #expect(drawing.notes == ["other (46): -72.69"])
    #expect(try await draw(Spec(type: .list, x: "x", y: "y"), points).notes == [""])
  }

  @Test("what is added up as other is grey, and nothing else among seven")
  func otherIsGrey() async throws {
    let lines = (1...7).map { ChartPoint(x: "2026-11-01", y: "\($0)", series: "\($0)") }
    let series = try await draw(
      Spec(type: .bar, x: "x", y: "y", series: "s"),
      lines + [ChartPoint(x: "2026-11-01", y: "9", otherSeries: 5)]
    ).panels[0]
    #expect(series.bars(ChartColours.other).map(\.to) == [9])
    let slices = (1...7).map { ChartPoint(x: "\($0)", y: "\($0)") } + [ChartPoint(x: nil, y: "1", otherX: 5)]
    let pie = try await draw(Spec(type: .pie, x: "x", y: "y"), slices).panels[0]
    let colours = pie.elements.compactMap { $0.attributes["class"] }.filter { $0.hasPrefix("fill slice") }
    #expect(colours.last == "fill slice s6" && Set(colours).count == 8)
    #expect(Set((0..<8).map(ChartColours.own)) == Set(0..<8))
  }

  /// Each is one way in which a chart has come out wrong elsewhere.
  private static let awkward: [(name: String, points: [(String?, String?)])] = [
    ("constant", (0..<20).map { (Samples.day($0), "5") }),
    ("one point", [("2026-11-22", "5")]),
    ("both signs", (0..<30).map { (Samples.day($0), "\(Samples.wave($0, 40, 3) - 40)") }),
    ("12 orders of magnitude", [("2026-11-01", "1e-12"), ("2026-11-02", "1e15"), ("2026-11-03", "3")]),
    ("before 1970", (0..<40).map { ("\(1890 + $0)-01-01", "\($0)") }),
    ("after 2100", (0..<40).map { ("\(2095 + $0)-01-01", "\($0)") }),
    ("weeks over a year's end", ["2026-W52", "2026-W53", "2027-W01", "2027-W02"].map { ($0, "3") }),
    ("quarters", ["2023-Q4", "2024-Q1", "2024-Q2"].map { ($0, "3") }),
    ("60 long names", (1...60).map { ("Отдел розничных продаж / номер \($0) / Санкт-Петербург", "\($0)") }),
    ("emoji and RTL", ["👩‍👩‍👧‍👦 Семья", "שלום (42)!", "مرحبا 100%", "🇷🇺🇩🇪"].map { ($0, "3") }),
    (
      "the hour that comes twice",
      ["02:00:00+02", "02:30:00+02", "02:00:00+01"].map { ("2026-10-25 \($0)", "1") }
    ),
  ]

  @Test("awkward series are drawn within their drawing, with all of their values", arguments: awkward.indices)
  func awkwardSeries(_ index: Int) async throws {
    let (name, rows) = Self.awkward[index]
    let points = rows.map { ChartPoint(x: $0.0, y: $0.1) }
    for mark in Spec.Mark.allCases where mark != .stacked {
      let html = try await page(Spec(type: mark, x: "x", y: "y"), points)
      let panel = try #require(Drawing(html).panels.first, "\(name) \(mark)")
      #expect(!html.contains("NaN%") && !html.contains("inf%") && !html.contains("e+"), "\(name) \(mark)")
      let bars = panel.bars()
      #expect(bars.allSatisfy { $0.left >= -0.001 && $0.right <= 1.001 && $0.right > $0.left }, "\(name)")
      let across = (panel.lines().flatMap { $0 } + panel.dots()).map(\.across)
      #expect(across.allSatisfy { (-0.001...1.001).contains($0) }, "\(name) \(mark)")
      let ticks = panel.placeTicks
      #expect(ticks.map(\.at) == ticks.map(\.at).sorted(), "\(name)")
      // Only an hour that comes twice has its label twice.
      #expect(Set(ticks.map(\.label)).count == ticks.count || name.contains("twice"), "\(name)")
      if mark == .line { #expect(across.count == rows.count, "\(name)") }
      if mark == .bar {
        #expect(bars.count == rows.count || panel.lying.count == min(40, rows.count), "\(name)")
      }
    }
  }

  @Test("a value between two gaps is a dot of a small line")
  func sparkDots() {
    #expect(SparkLine.path(["1", nil, "3", nil, "2", "1"]) == "M0 220h0M400 20h0M800 120L1000 220")
    #expect(SparkLine.path(["1", nil]) == nil)
  }

  private func draw(_ spec: Spec, _ points: [ChartPoint]) async throws -> Drawing {
    Drawing(try await page(spec, points))
  }

  private func page(_ spec: Spec, _ points: [ChartPoint]) async throws -> String {
    let columns = [PageColumn(name: "x", isNumeric: false), PageColumn(name: "y", isNumeric: true)]
    let chart = ChartContent(spec: spec, points: points)
    return try await ReportExportTests.page(
      Samples.plain(columns: columns, totalRows: 0, charts: [chart]), "")
  }
}
