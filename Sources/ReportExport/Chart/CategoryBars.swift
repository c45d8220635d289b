import ReportModel

/// Horizontal bars, one group for each category. The name of a category has a line of its own, so that it can be long.
struct CategoryBars {
  static let maxCategories = 40
  private static let nameHeight = 20
  private static let barHeight = 10
  /// The height of a row, when a category has several bars.
  private static let rowHeight = 18
  private static let gap = 14

  let figure: ChartFigure
  private let low: Double
  private let high: Double

  init(figure: ChartFigure) {
    self.figure = figure
    low = min(0, figure.data.values.min() ?? 0)
    let greatest = max(0, figure.data.values.max() ?? 0)
    high = greatest == low ? 1 : greatest
  }

  /// The position of a value between the least and the greatest. Each bar shows its number, so there are no ticks.
  private func fraction(_ value: Double) -> Double { (value - low) / (high - low) }

  func write(into page: XMLWriter) {
    let names = figure.data.categories.prefix(Self.maxCategories)
    let groups = names.indices.map { index in
      figure.data.series.enumerated().flatMap { number, series in
        series.points.filter { $0.x == Double(index) }.map { (number, $0) }
      }
    }
    // A single number is written beside the name, several numbers beside their bars.
    let isSingle = groups.allSatisfy { $0.count <= 1 }
    let values = groups.flatMap { $0 }.map { figure.shown($0.1.source.y).count }.max() ?? 0
    let style = isSingle ? "" : "padding-right:\(values + 2)ch"
    page.element("div", ["class": "bars", "style": style]) {
      let heights = groups.map {
        Self.nameHeight + $0.count * Self.rowHeight + Self.gap
      }
      figure.writeDrawing(style: "height:\(heights.reduce(0, +))px", into: page) {
        var top = 0
        for (index, group) in groups.enumerated() {
          write(names[index], group, top: top, isSingle: isSingle, into: page)
          top += heights[index]
        }
      }
    }
    if figure.data.categories.count > names.count {
      page.element(
        "p", ["class": "note"], text: "The first \(names.count) of \(figure.data.categories.count).")
    }
  }

  private func write(
    _ name: String, _ group: [(Int, ChartData.Point)], top: Int, isSingle: Bool, into page: XMLWriter
  ) {
    writeName(name, y: top + 14, into: page)
    for (row, (number, point)) in group.enumerated() {
      let y = top + Self.nameHeight + row * Self.rowHeight
      let value = figure.shown(point.source.y)
      let label: KeyValuePairs =
        isSingle
        ? ["class": "value", "x": "100%", "y": "\(top + 14)", "text-anchor": "end"]
        : ["class": "value", "x": "100%", "dx": "\(8)", "y": "\(y + 10)"]
      page.element("text", label, text: value)
      guard let length = point.y else { continue }
      page.empty(
        "rect", ["class": "track", "y": "\(y)", "width": "100%", "height": "\(Self.barHeight)"])
      let zero = fraction(0)
      let end = fraction(length)
      page.element(
        "rect",
        [
          "class": "fill s\(number)", "x": percent(min(zero, end)), "y": "\(y)",
          "width": percent(abs(end - zero)),
          "height": "\(Self.barHeight)",
        ]
      ) { page.element("title", text: "\(name): \(value)") }
    }
  }

  /// Text in SVG does not wrap, so a narrow screen shows a shorter part of a long name.
  private func writeName(_ name: String, y: Int, into page: XMLWriter) {
    let long = name.shortened(to: 60)
    let short = name.shortened(to: 22)
    guard long != short else {
      return page.element("text", ["class": "name", "x": "0", "y": "\(y)"], text: long)
    }
    page.element("text", ["class": "name wide", "x": "0", "y": "\(y)"], text: long)
    page.element("text", ["class": "name narrow", "x": "0", "y": "\(y)"], text: short)
  }
}
